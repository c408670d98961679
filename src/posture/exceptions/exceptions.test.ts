import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/object.ts';
import { controls } from '../controls/index.generated.ts';
import { defaultInputs } from '../inputs.ts';
import { judge } from '../judge-once.ts';
import { ExceptionSet } from './exception-set.ts';
import type { PostureException } from './posture-exception.ts';
import { exceptionsSchema, kubescapeExceptionsSchema } from './read-exceptions.ts';
import { exceptionOf } from './security-exception.ts';

const privileged = controls.filter(({ id }) => id === 'C-0057');

function pod(
  name: string,
  containers: readonly string[] = ['app'],
  labels: Record<string, string> = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels },
    spec: { containers: containers.map((one) => ({ name: one, securityContext: { privileged: true } })) },
  };
}

function engine(exceptions: readonly PostureException[], ...objects: KubeObject[]) {
  const view = {
    get: (kind: string, _namespace: string, name: string) =>
      objects.find((one) => one.kind === kind && one.metadata.name === name),
    list: (kind: string) => objects.filter((one) => one.kind === kind),
  };
  return judge({ controls: privileged, inputs: defaultInputs, view, objects, exceptions: setOf(exceptions) });
}

function setOf(exceptions: readonly PostureException[]): ExceptionSet {
  return new ExceptionSet(exceptions, {
    cluster: 'prod',
    frameworksOf: (id) => (id === 'C-0057' ? ['NSA', 'MITRE'] : []),
  });
}

const exception = (parts: Partial<PostureException>): PostureException => ({
  name: 'known',
  scopes: [{ kind: 'Pod' }],
  policies: [],
  source: 'test',
  ...parts,
});

function statesWith(parts: Partial<PostureException>, ...objects: KubeObject[]): readonly string[] {
  const states = ['fail', 'excepted', 'pass'] as const;
  return [...engine([exception(parts)], ...objects).verdicts({ states })].map(
    ({ object, state }) => `${object.name} ${state}`,
  );
}

describe('an exception', () => {
  it.each([
    ['a name as a pattern of the whole, whatever its case', { scopes: [{ name: 'WEB.*' }] }, 'excepted'],
    ['a part of a name', { scopes: [{ name: 'we' }] }, 'fail'],
    ['all that a scope says', { scopes: [{ kind: 'Pod', namespace: 'blog' }] }, 'fail'],
    ['any of its scopes', { scopes: [{ namespace: 'blog' }, { namespace: 'shop' }] }, 'excepted'],
    ['a label with its exact value', { scopes: [{ labels: { app: 'web' } }] }, 'excepted'],
    ['a label with another value', { scopes: [{ labels: { app: 'we.' } }] }, 'fail'],
    ['the cluster', { scopes: [{ cluster: 'prod' }] }, 'excepted'],
    ['a scope that says nothing, which is for nothing', { scopes: [{}] }, 'fail'],
    ['no scope, which is for nothing', { scopes: [] }, 'fail'],
    ['a control', { policies: [{ controlId: 'c-0057' }] }, 'excepted'],
    ['another control', { policies: [{ controlId: 'C-0058' }] }, 'fail'],
    ['a framework that has the control', { policies: [{ framework: 'nsa' }] }, 'excepted'],
    ['a framework that has it not', { policies: [{ framework: 'SOC2' }] }, 'fail'],
  ] as const)('goes by %s', (_, parts, state) => {
    expect(statesWith(parts, pod('web-1', ['app'], { app: 'web' }))).toEqual([`web-1 ${state}`]);
  });

  it('for one container leaves what is wrong with the others', () => {
    const one = engine([exception({ scopes: [{ container: 'sidecar' }] })], pod('web', ['app', 'sidecar']));
    const [verdict] = [...one.verdicts()];
    expect(verdict?.evidence.map(({ path }) => path)).toEqual([
      'spec.containers[0].securityContext.privileged',
    ]);
    const both = exception({ scopes: [{ container: 'sidecar' }, { container: 'app' }] });
    expect([...engine([both], pod('web', ['app', 'sidecar'])).verdicts()]).toEqual([]);
  });

  it('says who, why and until when, and what is wrong all the same; the object counts as passed', () => {
    const parts = { owner: 'ann', reason: 'needs the host', expiresAtMs: Date.parse('2027-01-31') };
    const judged = engine([exception(parts)], pod('web'));
    const [verdict] = [...judged.verdicts({ states: ['excepted'] })];
    expect(verdict).toMatchObject({
      reason: 'excepted by ann until 2027-01-31 (known): needs the host',
      exception: 'known',
      evidence: [{ path: 'spec.containers[0].securityContext.privileged' }],
    });
    expect(judged.countsAt('C-0057', 'shop')?.states).toMatchObject({ fail: 0, excepted: 1 });
  });

  it('that comes or goes changes the verdicts it is about, and no other', () => {
    const judged = engine([], pod('web'), pod('db'));
    const changes = judged.setExceptions(setOf([exception({ scopes: [{ name: 'web' }] })]));
    expect(changes.map(({ verdict, before }) => [verdict.object.name, before, verdict.state])).toEqual([
      ['web', 'fail', 'excepted'],
    ]);
    expect(
      judged.setExceptions(undefined).map(({ verdict }) => [verdict.object.name, verdict.state]),
    ).toEqual([['web', 'fail']]);
  });
});

it("reads Kubescape's", () => {
  const written = [
    {
      name: 'system',
      policyType: 'postureExceptionPolicy',
      actions: ['alertOnly'],
      resources: [
        { designatorType: 'Attributes', attributes: { kind: 'Pod', namespace: 'kube-.*', app: 'web' } },
      ],
      posturePolicies: [{ frameworkName: 'NSA', controlID: 'C-0057' }],
      expirationDate: '2027-01-31T00:00:00Z',
    },
  ];
  expect(kubescapeExceptionsSchema.parse(written)).toEqual([
    {
      name: 'system',
      scopes: [{ kind: 'Pod', namespace: 'kube-.*', labels: { app: 'web' } }],
      policies: [{ framework: 'NSA', controlId: 'C-0057' }],
      expiresAtMs: Date.parse('2027-01-31'),
    },
  ]);
});

it('reads ours, and refuses one without an end or a reason', () => {
  const one = {
    name: 'gpu',
    owner: 'team-ml',
    reason: 'the driver needs it',
    expires: '2027-01-31',
    controls: ['C-0057'],
    resources: [{ namespace: 'ml', labels: { app: 'gpu' } }],
  };
  expect(exceptionsSchema.parse({ exceptions: [one] })).toMatchObject([
    {
      name: 'gpu',
      policies: [{ controlId: 'C-0057' }],
      scopes: [{ namespace: 'ml', labels: { app: 'gpu' } }],
    },
  ]);
  for (const key of ['owner', 'reason', 'expires', 'resources']) {
    const { [key as keyof typeof one]: _, ...rest } = one;
    expect(exceptionsSchema.safeParse({ exceptions: [rest] }).success, key).toBe(false);
  }
});

it('takes SecurityException objects, whose names are no patterns', () => {
  const object = {
    apiVersion: 'kubescape.io/v1beta1',
    kind: 'SecurityException',
    metadata: { name: 'known', namespace: 'shop' },
    spec: {
      author: 'ann',
      reason: 'r',
      match: { resources: [{ kind: 'Pod', name: 'web.1' }] },
      posture: [{ controlID: 'C-0057', action: 'ignore' }],
    },
  };
  const found = exceptionOf(object);
  const states = found === undefined ? [] : statesWith(found, pod('web.1'), pod('web-1'));
  expect(states).toEqual(['web.1 excepted', 'web-1 fail']);
  expect(exceptionOf({ ...object, spec: { match: {} } })).toBeUndefined();
});
