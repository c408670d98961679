import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../model/object.ts';
import type { Verdict } from '../../model/verdict.ts';
import { yaml } from '../example.ts';
import { defaultInputs } from '../inputs.ts';
import { judge } from '../judge-once.ts';
import { customControls, describeProblem, mostCustomControls } from './custom-controls.ts';

function objectsIn(...texts: readonly string[]): KubeObject[] {
  return texts.flatMap((text) => parseAllDocuments(text).map((doc) => doc.toJS() as KubeObject));
}

/** A policy on Deployments, bound, with more of its spec. */
function policy(spec: string, binding = ''): KubeObject[] {
  const indented = spec
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  const objects = objectsIn(
    yaml`
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: bound}
    spec:
      policyName: replicas
      validationActions: [Deny]
  `.concat(binding === '' ? '' : `\n${binding}`),
    [
      'apiVersion: admissionregistration.k8s.io/v1',
      'kind: ValidatingAdmissionPolicy',
      'metadata: {name: replicas}',
      'spec:',
      indented.includes('matchConstraints')
        ? ''
        : '  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]}',
      indented,
    ].join('\n'),
  );
  return objects;
}

const deployment = (name: string, replicas: number, more = ''): KubeObject[] =>
  objectsIn(
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: shop${more}}\nspec: {replicas: ${replicas}}`,
  );

function verdictsOn(objects: readonly KubeObject[]): Verdict[] {
  const { controls } = customControls(objects);
  const engine = judge({
    controls,
    inputs: defaultInputs,
    objects,
    view: {
      get: (kind, namespace, name) =>
        objects.find(
          (o) => o.kind === kind && (o.metadata.namespace ?? '') === namespace && o.metadata.name === name,
        ),
      list: (kind, namespace) =>
        objects.filter(
          (o) => o.kind === kind && (namespace === undefined || (o.metadata.namespace ?? '') === namespace),
        ),
    },
  });
  return [...engine.verdicts({ states: ['pass', 'fail', 'unknown'] })];
}

const saidOf = (objects: readonly KubeObject[]) =>
  verdictsOn(objects).map(({ object, state, evidence, reason }) => [
    object.name,
    state,
    evidence[0]?.message ?? reason ?? '',
  ]);

it('judges as admission would, with the message and the field that is read', () => {
  const objects = [
    ...policy('validations: [{expression: object.spec.replicas <= 5, message: at most five}]'),
    ...deployment('small', 3),
    ...deployment('large', 7),
  ];
  const verdicts = verdictsOn(objects);
  expect(verdicts.map(({ object, state }) => [object.name, state])).toEqual([
    ['small', 'pass'],
    ['large', 'fail'],
  ]);
  expect(verdicts[1]?.evidence).toEqual([
    { path: 'spec.replicas', stablePath: 'spec.replicas', message: 'at most five', value: '7' },
  ]);
});

it('says the expression where no message is given, and what the message expression makes where one is', () => {
  expect(
    saidOf([...policy('validations: [{expression: object.spec.replicas <= 5}]'), ...deployment('web', 7)]),
  ).toEqual([['web', 'fail', 'failed expression: object.spec.replicas <= 5']]);
  const spec = yaml`
    variables: [{name: most, expression: '2 + 3'}]
    validations:
      - expression: object.spec.replicas <= variables.most
        messageExpression: '"at most " + string(variables.most) + ", not " + string(object.spec.replicas)'
  `;
  expect(saidOf([...policy(spec), ...deployment('web', 7)])).toEqual([['web', 'fail', 'at most 5, not 7']]);
});

it('goes by the failure policy where an expression goes wrong', () => {
  const validation = 'validations: [{expression: object.spec.nope == 1}]';
  expect(saidOf([...policy(validation), ...deployment('web', 1)])).toEqual([
    ['web', 'fail', "expression 'object.spec.nope == 1' resulted in error: no such key: nope"],
  ]);
  expect(saidOf([...policy(`failurePolicy: Ignore\n${validation}`), ...deployment('web', 1)])).toEqual([
    ['web', 'pass', ''],
  ]);
});

describe('matching', () => {
  const validations = 'validations: [{expression: "false"}]';
  const rule = (more: string) =>
    `matchConstraints:\n  resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]\n  ${more}\n${validations}`;
  const names = (objects: readonly KubeObject[]) =>
    saidOf(objects).map(([name, state]) => `${name} ${state}`);

  it('leaves out what no rule takes, what is excluded, and operations other than creation', () => {
    const pod = objectsIn(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: []}',
    );
    expect(names([...policy(validations), ...pod])).toEqual([]);
    expect(
      names([
        ...policy(
          rule(
            'excludeResourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"], resourceNames: [web]}]',
          ),
        ),
        ...deployment('web', 1),
        ...deployment('api', 1),
      ]),
    ).toEqual(['api fail']);
    const update = rule('matchPolicy: Exact').replace('[CREATE]', '[UPDATE, DELETE]');
    expect(names([...policy(update), ...deployment('web', 1)])).toEqual([]);
  });

  it('takes other versions of the resource unless it is to be exact', () => {
    const older = rule('matchPolicy: Equivalent').replace('[v1]', '[v1beta1]');
    expect(names([...policy(older), ...deployment('web', 1)])).toEqual(['web fail']);
    expect(names([...policy(older.replace('Equivalent', 'Exact')), ...deployment('web', 1)])).toEqual([]);
  });

  it('goes by labels of the object, and of the namespace where it is there', () => {
    const selecting = rule('objectSelector: {matchLabels: {tier: web}}');
    expect(
      names([...policy(selecting), ...deployment('a', 1, ', labels: {tier: web}'), ...deployment('b', 1)]),
    ).toEqual(['a fail']);
    const inTeam = policy(rule('namespaceSelector: {matchLabels: {team: a}}'));
    expect(saidOf([...inTeam, ...deployment('web', 1)])).toEqual([
      ['web', 'unknown', 'it depends on the labels of Namespace shop, which is not among the objects here'],
    ]);
    const namespace = (team: string) =>
      objectsIn(`apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: ${team}}}`);
    expect(names([...inTeam, ...namespace('a'), ...deployment('web', 1)])).toEqual(['web fail']);
    expect(names([...inTeam, ...namespace('b'), ...deployment('web', 1)])).toEqual([]);
    const byName = policy(rule('namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}'));
    expect(names([...byName, ...deployment('web', 1)])).toEqual(['web fail']);
  });

  it('goes by conditions, of which one that is false is enough', () => {
    const conditions = (text: string) => `matchConditions:\n${text}\n${validations}`;
    const isWeb = '  - {name: web, expression: object.metadata.name == "web"}';
    expect(names([...policy(conditions(isWeb)), ...deployment('web', 1), ...deployment('api', 1)])).toEqual([
      'web fail',
    ]);
    const wrong = '  - {name: wrong, expression: object.nope == 1}';
    expect(saidOf([...policy(conditions(`${wrong}\n${isWeb}`)), ...deployment('api', 1)])).toEqual([]);
    expect(saidOf([...policy(conditions(wrong)), ...deployment('api', 1)])).toEqual([
      ['api', 'fail', 'the match condition "wrong" resulted in error: no such key: nope'],
    ]);
  });

  it('is about what a binding takes, too', () => {
    const binding = '  matchResources: {objectSelector: {matchLabels: {tier: web}}}';
    expect(
      names([
        ...policy(validations, binding),
        ...deployment('a', 1, ', labels: {tier: web}'),
        ...deployment('b', 1),
      ]),
    ).toEqual(['a fail']);
  });

  it('judges pods that another workload made: the API server was asked to create each', () => {
    const onPods = policy(
      `matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}\n${validations}`,
    );
    const owned = objectsIn(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}\nspec: {containers: []}',
    );
    expect(names([...onPods, ...deployment('web', 1), ...owned])).toEqual(['web-1 fail']);
  });
});

describe('parameters', () => {
  const spec =
    'paramKind: {apiVersion: v1, kind: ConfigMap}\nvalidations: [{expression: object.spec.replicas <= int(params.data.most)}]';
  const limits = (most: string, namespace = 'shop') =>
    objectsIn(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits, namespace: ${namespace}}\ndata: {most: "${most}"}`,
    );
  const byName = '  paramRef: {name: limits, parameterNotFoundAction: Deny}';

  it('come from the object in the namespace of what is judged', () => {
    expect(saidOf([...policy(spec, byName), ...limits('5'), ...deployment('web', 7)])[0]?.[1]).toBe('fail');
    expect(saidOf([...policy(spec, byName), ...limits('9'), ...deployment('web', 7)])[0]?.[1]).toBe('pass');
  });

  it('deny where they are missing, or let in, as the binding says', () => {
    expect(saidOf([...policy(spec, byName), ...deployment('web', 7)])).toEqual([
      ['web', 'fail', 'no params found: there is no ConfigMap "limits" in shop'],
    ]);
    expect(saidOf([...policy(spec, byName.replace('Deny', 'Allow')), ...deployment('web', 7)])).toEqual([]);
  });

  it('are unknown where their values are not kept', () => {
    expect(saidOf([...policy(spec, byName), ...limits('<withheld>'), ...deployment('web', 7)])).toEqual([
      ['web', 'unknown', 'spec.validations[0]: values of Secrets and ConfigMaps are not kept here'],
    ]);
  });
});

it('does not know what depends on who asks', () => {
  const spec =
    'validations: [{expression: request.userInfo.username != "bob" && request.operation == "CREATE"}]';
  expect(saidOf([...policy(spec), ...deployment('web', 1)])).toEqual([
    [
      'web',
      'unknown',
      'spec.validations[0]: who makes the request, and what they may do, is known at admission only',
    ],
  ]);
});

it('says what does not compile, with the field, and a caret; the control could not be asked', () => {
  const objects = [
    ...policy('validations: [{expression: objct.spec.replicas <= 5}]'),
    ...deployment('web', 1),
  ];
  const { problems } = customControls(objects);
  expect(problems.map(describeProblem)).toEqual([
    'ValidatingAdmissionPolicy replicas: spec.validations[0].expression does not compile\n' +
      "1:1: undeclared reference to 'objct' (in container '')\n | objct.spec.replicas <= 5\n | ^",
  ]);
  expect(saidOf(objects)[0]?.slice(0, 2)).toEqual(['*', 'unknown']);
});

it.each([
  ['validations: [{expression: object.spec.replicas}]', 'must evaluate to bool but got dyn'],
  ['validations: [{expression: params.x == 1}]', "undeclared reference to 'params'"],
  [
    'matchConditions: [{name: a, expression: variables.x}]\nvalidations: [{expression: "true"}]',
    "undeclared reference to 'variables'",
  ],
  [
    'validations: [{expression: "true", messageExpression: authorizer.path("/").check("get").reason()}]',
    "undeclared reference to 'authorizer'",
  ],
  [
    'variables: [{name: b, expression: variables.a}, {name: a, expression: "1"}]\nvalidations: [{expression: "true"}]',
    "undefined field 'a'",
  ],
  ['validations: [{expression: variables.nope == 1}]', "undefined field 'nope'"],
  ['validations: [{expresion: "true"}]', 'spec.validations[0].expression is missing'],
  [
    'failurePolicy: Perhaps\nvalidations: [{expression: "true"}]',
    'must be one of Fail, Ignore, not "Perhaps"',
  ],
  ['variables: []', 'a policy needs validations or auditAnnotations'],
])('refuses %s', (spec, message) => {
  const said = customControls(policy(spec)).problems.map(describeProblem).join('\n');
  expect(said).toContain(message);
});

it('warns of what has no effect, and of more policies than are judged', () => {
  const [binding, one] = policy('validations: [{expression: "true"}]') as [KubeObject, KubeObject];
  expect(customControls([one]).warnings).toEqual([
    'the policy "replicas" has no binding, so it judges nothing',
  ]);
  expect(customControls([binding]).warnings).toEqual([
    'the binding "bound" is for the policy "replicas", which is not there',
  ]);
  const many = Array.from({ length: mostCustomControls + 2 }, (_, i) => ({
    ...one,
    metadata: { name: `p${String(i).padStart(3, '0')}` },
  }));
  const found = customControls(many);
  expect(found.controls).toHaveLength(mostCustomControls);
  expect(found.warnings.at(-1)).toBe('2 policies are left out: at most 100 are judged');
});

it('is told of in the terms of the annotations of the policy', () => {
  const [, one] = policy('validations: [{expression: "true"}]') as [KubeObject, KubeObject];
  const annotations = {
    'skopos.io/severity': 'critical',
    'skopos.io/title': 'Few replicas',
    'skopos.io/fix': 'Ask for fewer.',
  };
  const { controls } = customControls([{ ...one, metadata: { name: 'replicas', annotations } }]);
  expect(controls[0]).toMatchObject({
    id: 'replicas',
    name: 'Few replicas',
    baseScore: 9,
    fix: 'Ask for fewer.',
  });
});
