import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/model/object.ts';
import { customControls } from '../../src/posture/custom/custom-controls.ts';
import { defaultInputs } from '../../src/posture/inputs.ts';
import { judge } from '../../src/posture/judge-once.ts';
import { binaries, KubeCluster } from './support/kube-cluster.ts';

const { folder, missing } = binaries();
const admission = 'admissionregistration.k8s.io';
const deployments = '/apis/apps/v1/namespaces/shop/deployments?dryRun=All';

const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    namespace: 'shop',
    labels: { app: 'web', 'app.kubernetes.io/name': 'web', tier: 'front' },
    annotations: { 'example.org/weight': '12', 'example.org/list': 'b,a,c' },
  },
  spec: {
    replicas: 3,
    paused: false,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        hostNetwork: false,
        containers: [
          {
            name: 'web',
            image: 'registry.example.org/shop/web:1.2.3',
            ports: [{ containerPort: 8080, name: 'http' }],
            resources: { limits: { memory: '512Mi', cpu: '500m' }, requests: { memory: '256Mi' } },
            securityContext: { runAsUser: 1000, capabilities: { drop: ['ALL'] } },
          },
          { name: 'side', image: 'side@sha256:abc', securityContext: { privileged: true } },
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
      },
    },
  },
};

const containers = 'object.spec.template.spec.containers';

/** What policies may say; each becomes a policy of its own. Some hold, some do not, some cannot be evaluated, some are refused. */
const expressions: readonly string[] = [
  'object.spec.replicas <= 5',
  'object.spec.replicas > 5',
  'object.spec.replicas == 3 && !object.spec.paused',
  'has(object.spec.strategy)',
  'has(object.spec.minReadySeconds) && object.spec.minReadySeconds > 3',
  'object.spec.minReadySeconds > 3',
  'object.spec.nothing == 1',
  "object.metadata.labels['app'] == 'web'",
  "object.metadata.labels['none'] == 'web'",
  "'none' in object.metadata.labels",
  "object.metadata.labels.?none.orValue('x') == 'x'",
  "object.metadata.labels[?'tier'].value() == 'front'",
  "object.metadata.annotations['example.org/weight'].size() == 2",
  "int(object.metadata.annotations['example.org/weight']) / 5 == 2",
  "int(object.metadata.annotations['example.org/list']) == 2",
  'object.spec.replicas / 0 == 1',
  'object.spec.replicas / 0 == 1 || true',
  'true || object.spec.replicas / 0 == 1',
  'false && object.spec.replicas / 0 == 1',
  '9223372036854775807 + object.spec.replicas > 0',
  `${containers}.all(c, has(c.image))`,
  `${containers}.all(c, has(c.securityContext) && has(c.securityContext.runAsUser))`,
  `${containers}.exists(c, has(c.securityContext.privileged) && c.securityContext.privileged)`,
  `${containers}.exists_one(c, c.name == 'web')`,
  `${containers}.filter(c, c.name.startsWith('s')).size() == 1`,
  `${containers}.map(c, c.name) == ['web', 'side']`,
  `${containers}.map(c, c.image.contains('@'), c.name) == ['side']`,
  `${containers}.all(i, c, i < 2 && c.name != '')`,
  `${containers}.exists(i, c, i == 1 && c.name == 'side')`,
  `${containers}.transformList(i, c, string(i) + c.name) == ['0web', '1side']`,
  "object.metadata.labels.exists(k, v, k == 'app' && v == 'web')",
  "object.metadata.labels.transformMap(k, v, v + '!')['app'] == 'web!'",
  'object.metadata.labels.all(k, k.size() < 10)',
  `${containers}[0].image.matches('^registry[.]example[.]org/[a-z/]+:[0-9.]+$')`,
  `${containers}[0].image.find('[0-9]+[.][0-9]+') == '1.2'`,
  `${containers}[0].image.findAll('[0-9]+') == ['1', '2', '3']`,
  `${containers}[0].image.split('/').size() == 3`,
  `${containers}[0].image.split(':')[1] == '1.2.3'`,
  `${containers}[0].image.lastIndexOf(':') == 29`,
  `${containers}[5].name == 'x'`,
  "object.metadata.annotations['example.org/list'].split(',').isSorted()",
  "object.metadata.annotations['example.org/list'].split(',').max() == 'c'",
  "object.metadata.annotations['example.org/list'].split(',').indexOf('a') == 1",
  "object.metadata.name.upperAscii() + 'x'.replace('x', 'y') == 'WEBy'",
  "object.metadata.name.charAt(0) == 'w' && object.metadata.name.substring(1) == 'eb'",
  "object.metadata.name.substring(7) == 'eb'",
  "['a', 'b'].join('-') == 'a-b' && '  x '.trim() == 'x'",
  "'%s has %d replicas, %.1f'.format([object.metadata.name, object.spec.replicas, 1.25]) == 'web has 3 replicas, 1.2'",
  "quantity(object.spec.template.spec.containers[0].resources.limits['memory']).isGreaterThan(quantity('500M'))",
  "quantity(object.spec.template.spec.containers[0].resources.limits['cpu']).compareTo(quantity('1')) < 0",
  "quantity('512Mi').sub(quantity(object.spec.template.spec.containers[0].resources.requests['memory'])) == quantity('256Mi')",
  "quantity('nonsense').isInteger()",
  "isQuantity('1.3Gi') && !isQuantity('200K')",
  "quantity('1.5Gi').asInteger() == 1610612736",
  "quantity('1.5Gi').isInteger()",
  "quantity('1000m').isInteger()",
  "quantity('1.0').isInteger()",
  "quantity('0.5k').isInteger()",
  "quantity('500m').add(quantity('500m')).isInteger()",
  "quantity('1500m').sub(quantity('500m')).asInteger() == 1",
  "quantity('1k').add(quantity('1')).asInteger() == 1001",
  "quantity('9Ei').isInteger()",
  "quantity('100Ti').isInteger()",
  "quantity('1e3').asInteger() == 1000",
  "quantity('123456789012345678').isInteger()",
  "quantity('1234567890123456789').isInteger()",
  "'%.1f'.format([1.25]) == '1.2' && '%.0f'.format([2.5]) == '2' && '%.3f'.format([-0.0005]) == '-0.001'",
  "'%.2e'.format([12345.0]) == '1.234500×10⁰⁴'",
  "'%.1e'.format([0.00012]) == '1.200000×10⁻⁰⁴'",
  "'%.3f'.format([1234567.8915]) == '1,234,567.891'",
  "'%f'.format([1.5]) == '1.500000' && '%e'.format([1.5]) == '1.500000×10⁰⁰'",
  "'%s %s'.format([1000000.0, 0.00001]) == '1e+06 1e-05'",
  "'%d %x %X %b %o'.format([255, 255, 255, 5, 8]) == '255 ff FF 101 10'",
  "'%x'.format(['hi']) == '6869'",
  `'%s'.format([[dyn(1), 2.5, 'a', true, null]]) == '[1, 2.500000, "a", true, null]'`,
  `'%s'.format([{'b': dyn(1), 'a': [2]}]) == '{"a":[2], "b":1}'`,
  `'%s'.format([{1: 'a', 2: 'b'}]) == '{1:"a", 2:"b"}' && '%s'.format([{2u: 1}]) == '{2:1}'`,
  `'%s'.format([[timestamp('2024-01-01T00:00:00Z'), duration('90s')]]) == '[timestamp("2024-01-01T00:00:00Z"), duration("90s")]'`,
  `'%s'.format([[b'ab', type(1)]]) == '[b"ab", int]'`,
  "'%f'.format([double('-Infinity')]).size() == 2",
  "'%b %x %o'.format([-5, -255, -8]) == '-101 -ff -10'",
  "'%d'.format([dyn(2.0)]) == '2'",
  "'%f'.format([dyn(2)]) == '2.000000'",
  "'%d'.format([1.5]) == '1'",
  "'%s %s'.format(['a']) == 'a'",
  "'%s'.format(['a', 'b']) == 'a'",
  "'%q'.format(['a']) == 'a'",
  "'%s'.format([quantity('1')]) == '1'",
  "string(100000.0) == '100000' && string(1000000.0) == '1e+06' && string(-0.00001) == '-1e-05'",
  "int('x') == 1",
  "double('x') == 1.0",
  "duration('x') == duration('1s')",
  "string(1e21) == '1e+21' && string(0.1) == '0.1' && string(1e20) == '1e+20' && string(123456789.0) == '1.23456789e+08'",
  "url('https://example.org:8080/a?b=c').getHostname() == 'example.org'",
  "url('https://example.org:8080/a?b=c').getQuery()['b'] == ['c']",
  "url('nonsense').getHost() == ''",
  "ip('10.0.0.1').family() == 4 && !ip('10.0.0.1').isLoopback()",
  "cidr('10.0.0.0/8').containsIP('10.2.3.4') && !isCIDR('10.0.0.0/40')",
  "ip('1.2.3.4.5').family() == 4",
  "semver('1.2.3').isLessThan(semver('1.10.0'))",
  "semver('nonsense').major() == 1",
  "sets.contains(['a', 'b'], ['a']) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 1], [1])",
  '[1, 2, 3].sum() == 6 && [3, 1].min() == 1',
  "timestamp('2024-02-29T12:30:45Z').getFullYear() == 2024",
  "timestamp('2024-01-02T00:00:00Z') - timestamp('2024-01-01T00:00:00Z') == duration('24h')",
  "duration('90m') == duration('1h30m') && duration('90s').getMinutes() == 1",
  "timestamp('nonsense').getFullYear() == 2024",
  'format.dns1123Label().validate(object.metadata.name) == optional.none()',
  "!format.named('uuid').value().validate('x').hasValue()",
  'type(object.spec.replicas) == int && type(object.metadata.name) == string',
  'dyn(object.spec.replicas) == 3.0',
  "string(object.spec.replicas) == '3' && double('1.5') == 1.5 && int(3.9) == 3",
  'object.spec.replicas in [1, 2, 3]',
  'object.spec.template.spec.volumes.all(v, !has(v.hostPath))',
  '!has(object.spec.template.spec.securityContext) || !has(object.spec.template.spec.securityContext.runAsNonRoot)',
  'oldObject == null',
  "request.operation == 'CREATE' && request.kind.kind == 'Deployment' && request.namespace == 'shop'",
  "namespaceObject.metadata.name == 'shop' && namespaceObject.metadata.labels['team'] == 'a'",
  "'none' in namespaceObject.metadata.labels",
  'variables.names.size() == 2',
  "variables.names.exists(n, n == 'web') && variables.first == 'web'",
  'variables.nope == 1',
  'object.spec.replicas',
  'object.spec.replicas <',
  "'a' + 1 == 'a1'",
  'nope(object)',
  'size(object.metadata.labels) == 3',
  'object.metadata.labels.size() == 3 ? true : false',
  '{"a": 1, "b": 2}.size() == 2 && {"a": 1}["a"] == 1 && "a" in {"a": 1}',
  '{"a": 1}["b"] == 1',
  "b'abc'.size() == 3 && bytes('abc') == b'abc'",
  String.raw`'\u00e9'.size() == 1 && "it's" == 'it\'s' && r'\d' == '\\d'`,
  'optional.of(1).optMap(x, x + 1).orValue(0) == 2',
  '[1, 2].first().value() == 1',
  'cel.bind(x, object.spec.replicas, x * x == 9)',
  '1.0 / 3.0 > 0.3 && 7 % 3 == 1 && -7 / 2 == -3',
  '1 == 1.0',
  'uint(3) == 3u && 2u + 1u == 3u',
  'uint(-1) == 3u',
];

/** A policy for one expression, that is only about objects with its number. */
function policyOf(expression: string, number: number): readonly [KubeObject, KubeObject] {
  const name = `case-${number}`;
  const rule = {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['deployments'],
  };
  return [
    {
      apiVersion: `${admission}/v1`,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [rule],
          objectSelector: { matchLabels: { case: String(number) } },
        },
        variables: [
          { name: 'names', expression: `${containers}.map(c, c.name)` },
          { name: 'first', expression: 'variables.names[0]' },
        ],
        validations: [{ expression, messageExpression: `'${name} of ' + object.metadata.name` }],
      },
    },
    {
      apiVersion: `${admission}/v1`,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'] },
    },
  ];
}

function numbered(number: number, whole: KubeObject = deployment): KubeObject {
  const { metadata } = deployment;
  return { ...whole, metadata: { ...metadata, labels: { ...metadata.labels, case: String(number) } } };
}

type Outcome = 'allowed' | 'denied' | 'error' | 'refused';

describe.skipIf(missing !== '')(`custom controls, beside what admission decides${missing}`, () => {
  let cluster: KubeCluster;

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder);
    await cluster.request('POST', '/api/v1/namespaces', {
      metadata: { name: 'shop', labels: { team: 'a' } },
    });
  });
  afterAll(async () => await cluster?.close());

  async function create(path: string, body: object): Promise<string> {
    return await cluster.request('POST', path, body).then(
      () => '',
      (error: unknown) => String(error),
    );
  }

  /** What the API server makes of each expression. */
  async function decided(): Promise<readonly Outcome[]> {
    const refused = new Set<number>();
    for (const [number, expression] of expressions.entries()) {
      const [policy, binding] = policyOf(expression, number);
      const problem = await create(`/apis/${admission}/v1/validatingadmissionpolicies`, policy);
      if (problem !== '') {
        expect(problem, expression).toMatch(/422|is invalid/);
        refused.add(number);
      } else await create(`/apis/${admission}/v1/validatingadmissionpolicybindings`, binding);
    }
    await inForce();
    const outcomes: Outcome[] = [];
    for (const number of expressions.keys()) {
      if (refused.has(number)) outcomes.push('refused');
      else outcomes.push(outcomeOf(await create(deployments, numbered(number)), number));
    }
    return outcomes;
  }

  /** Policies are asked some moments after they are there: a last one that denies everything tells when. */
  async function inForce(): Promise<void> {
    const [policy, binding] = policyOf('false', 9999);
    await create(`/apis/${admission}/v1/validatingadmissionpolicies`, policy);
    await create(`/apis/${admission}/v1/validatingadmissionpolicybindings`, binding);
    for (let tries = 0; tries < 300; tries++) {
      if ((await create(deployments, numbered(9999))) !== '') break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }

  function outcomeOf(problem: string, number: number): Outcome {
    if (problem === '') return 'allowed';
    if (problem.includes(`case-${number} of web`)) return 'denied';
    expect(problem).toMatch(/resulted in error/);
    return 'error';
  }

  function ours(expression: string, number: number, whole: KubeObject): Outcome {
    const objects = [...policyOf(expression, number), numbered(number, whole), namespace];
    const { controls, problems } = customControls(objects);
    if (problems.length > 0) return 'refused';
    const find = (kind: string, name: string) =>
      objects.find((object) => object.kind === kind && object.metadata.name === name);
    const engine = judge({
      controls,
      inputs: defaultInputs,
      objects,
      view: {
        get: (kind, _namespace, name) => find(kind, name),
        list: (kind) => objects.filter((object) => object.kind === kind),
      },
    });
    const [verdict] = [...engine.verdicts({ states: ['pass', 'fail', 'unknown'] })];
    if (verdict?.state === 'pass') return 'allowed';
    return verdict?.evidence[0]?.message === `case-${number} of web` ? 'denied' : 'error';
  }

  it('agrees on every expression: what is let in, what is denied, what fails, what is no policy', async () => {
    // Admission sees objects with their defaults filled in.
    const whole = await cluster.request<KubeObject>('POST', deployments, deployment);
    const theirs = await decided();
    const told = (outcomes: readonly Outcome[]) =>
      expressions.map((expression, i) => `${outcomes[i]}: ${expression}`);
    expect(new Set(theirs).size).toBe(4);
    expect(told(expressions.map((one, i) => ours(one, i, whole)))).toEqual(told(theirs));
  });
});

const namespace: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { team: 'a', 'kubernetes.io/metadata.name': 'shop' } },
};
