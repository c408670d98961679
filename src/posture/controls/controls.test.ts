import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../model/object.ts';
import type { Breach, ClusterView, Control } from '../control.ts';
import { frameworks } from '../frameworks/index.ts';
import { defaultInputs } from '../inputs.ts';
import { controls } from './index.generated.ts';

/** Controls that report every object of a kind, so that nothing can pass. */
const reportsAll: ReadonlySet<string> = new Set(['C-0026', 'C-0036', 'C-0039']);

/** Only a person can answer, whatever objects there are. */
function isManual({ checks }: Control): boolean {
  return checks.every(({ manual }) => manual !== undefined);
}

describe.each(controls.map((control) => [control.id, control] as const))('%s', (id, control) => {
  it('says what it is, why it matters and how to mend it', () => {
    expect(id).toMatch(/^[CP]-\d{4}$/);
    expect(control.name).not.toBe('');
    expect(control.category).not.toBe('');
    expect(control.baseScore).toBeGreaterThan(0);
    expect(control.baseScore).toBeLessThanOrEqual(10);
    expect(control.why.length).toBeGreaterThan(60);
    expect(control.why).toMatch(/\.$/);
    expect(control.fix.length).toBeGreaterThan(40);
    expect(control.fix).toMatch(/\.$/);
  });

  it('has checks that name an upstream rule and kinds', () => {
    expect(control.checks).not.toHaveLength(0);
    for (const { rule, kinds, manual } of control.checks) {
      expect(rule).not.toBe('');
      if (manual === undefined) expect(kinds).not.toHaveLength(0);
      else expect(manual).toMatch(/^somebody has to look at it: /);
    }
  });

  it.skipIf(isManual(control))(
    'has one passing and one failing example at least, or one that is for a person to judge',
    () => {
      const { pass, fail, unknown = [] } = control.examples;
      if (!reportsAll.has(id)) expect([...pass, ...unknown]).not.toHaveLength(0);
      expect([...fail, ...unknown]).not.toHaveLength(0);
    },
  );

  it.each((control.examples.unknown ?? []).map((yaml, i) => [i, yaml] as const))(
    'leaves its example %i to a person',
    (_, yaml) => {
      const { breaches } = judgeExample(control, yaml);
      expect(breaches.map(({ undecided, unknown }) => undecided ?? unknown)).toEqual([true]);
    },
  );

  it.each(control.examples.pass.map((yaml, i) => [i, yaml] as const))('passes its example %i', (_, yaml) => {
    const { judged, breaches } = judgeExample(control, yaml);
    expect(judged).toBeGreaterThan(0);
    expect(breaches).toEqual([]);
  });

  it.each(control.examples.fail.map((example, i) => [i, example] as const))(
    'fails its example %i',
    (_, { yaml, paths }) => {
      const { breaches } = judgeExample(control, yaml);
      expect(breaches).not.toEqual([]);
      expect([...new Set(breaches.flatMap(pathsOf))]).toEqual(paths);
      for (const breach of breaches) expect(breach.message).not.toBe('');
    },
  );

  it.skipIf(isManual(control))('does not throw on fields of any shape', () => {
    const kinds = [...new Set(control.checks.flatMap((check) => check.kinds))];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), roughObject, roughCluster, (kind, rough, others) => {
        const object = { ...rough, kind } as unknown as KubeObject;
        const context = { view: viewOf([object, ...others]), inputs: defaultInputs };
        for (const check of control.checks) {
          if (!check.kinds.includes(kind)) continue;
          check.applies?.(object, context);
          for (const { message } of check.judge(object, context)) expect(message).toEqual(expect.any(String));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the list of controls', () => {
  it('has each id once', () => {
    const ids = controls.map(({ id }) => id);
    expect([...new Set(ids)]).toEqual(ids);
  });

  it('is what the folder holds', () => {
    execFileSync(process.execPath, [join(import.meta.dirname, '../../../scripts/generate.mjs'), '--check']);
  }, 120_000);

  it.each(frameworks.map((framework) => [framework.name, framework] as const))(
    'has every control of %s, each once',
    (_, framework) => {
      const ids = controls.map(({ id }) => id);
      expect(framework.controls.filter((id) => !ids.includes(id))).toEqual([]);
      expect(new Set(framework.controls).size).toBe(framework.controls.length);
    },
  );
});

/** Every document is judged, with all of them as the cluster. */
function judgeExample(control: Control, yaml: string): { judged: number; breaches: Breach[] } {
  const objects = parseAllDocuments(yaml).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as KubeObject;
  });
  const context = { view: viewOf(objects), inputs: { ...defaultInputs, ...control.examples.inputs } };
  let judged = 0;
  const breaches: Breach[] = [];
  for (const check of control.checks) {
    if (check.needs?.some((kind) => context.view.list(kind).length === 0)) continue;
    for (const object of objects) {
      if (!check.kinds.includes(object.kind) || check.applies?.(object, context) === false) continue;
      judged++;
      breaches.push(...check.judge(object, context));
    }
  }
  return { judged, breaches };
}

function pathsOf({ failedPaths = [], reviewPaths = [], deletePaths = [], fixPaths = [] }: Breach): string[] {
  return [...failedPaths, ...reviewPaths, ...deletePaths, ...fixPaths.map(({ path }) => path)];
}

function viewOf(objects: readonly KubeObject[]): ClusterView {
  return {
    get: (kind, namespace, name) =>
      objects.find(
        (o) => o.kind === kind && (o.metadata?.namespace ?? '') === namespace && o.metadata?.name === name,
      ),
    list: (kind, namespace) =>
      objects.filter(
        (o) => o.kind === kind && (namespace === undefined || (o.metadata?.namespace ?? '') === namespace),
      ),
  };
}

/** What a person may have written where a control looks for something else. */
const rough: fc.Arbitrary<unknown> = fc.constantFrom(
  null,
  true,
  false,
  0,
  1,
  '',
  'x',
  'kube-apiserver',
  '*',
  [],
  {},
  [null],
  ['x'],
  [0],
  [{}],
  { name: 'x' },
  { x: null },
);

/** An object with any of these fields, each as it should be or rough. */
function maybe(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const either = Object.entries(fields).map(([name, right]) => [name, fc.oneof(right, rough)] as const);
  return fc.record(Object.fromEntries(either), { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>;
}

const roughs = (...names: string[]) => maybe(Object.fromEntries(names.map((name) => [name, rough])));

const container = maybe({
  name: rough,
  image: fc.constantFrom('ingress-nginx/controller:v1.0.0', 'a@sha256:b', ':'),
  command: fc.array(rough, { maxLength: 2 }),
  args: rough,
  env: fc.array(roughs('name', 'value'), { maxLength: 2 }),
  envFrom: fc.array(roughs('secretRef'), { maxLength: 2 }),
  ports: fc.array(roughs('hostPort'), { maxLength: 2 }),
  volumeMounts: fc.array(roughs('subPath', 'subPathExpr'), { maxLength: 2 }),
  securityContext: maybe({
    capabilities: roughs('add', 'drop'),
    privileged: rough,
    runAsUser: rough,
    seccompProfile: rough,
  }),
  resources: maybe({ limits: roughs('cpu', 'memory') }),
});

const podSpec = maybe({
  containers: fc.array(fc.oneof(container, rough), { maxLength: 2 }),
  initContainers: fc.array(container, { maxLength: 1 }),
  ephemeralContainers: fc.array(container, { maxLength: 1 }),
  securityContext: roughs('runAsUser', 'runAsGroup', 'seccompProfile'),
  serviceAccountName: rough,
  automountServiceAccountToken: rough,
  hostPID: rough,
});

const podTemplate = maybe({ metadata: roughs('labels', 'annotations'), spec: podSpec });

/** Of an object only that it has a name can be relied on. */
const roughObject = fc
  .tuple(
    maybe({
      apiVersion: fc.constantFrom(
        'v1',
        'eks.amazonaws.com/v1',
        'management.azure.com/v1',
        'container.googleapis.com/v1',
      ),
      spec: fc.oneof(
        podSpec,
        maybe({ template: podTemplate }),
        maybe({ jobTemplate: maybe({ spec: maybe({ template: podTemplate }) }) }),
      ),
      data: roughs('cmdLine', 'configFile', 'Cluster', 'properties', 'password'),
      subjects: fc.array(roughs('kind', 'name', 'namespace'), { maxLength: 2 }),
      roleRef: fc.constant({ kind: 'ClusterRole', name: 'x' }),
      rules: fc.array(roughs('verbs', 'resources', 'apiGroups'), { maxLength: 2 }),
    }),
    fc.constantFrom('kube-system', 'shop'),
    fc.constantFrom('eks', 'aks', 'gke'),
  )
  .map(([object, namespace, provider]) => ({ ...object, metadata: { name: 'x', namespace, provider } }));

const policySpec = maybe({
  podSelector: roughs('matchLabels', 'matchExpressions'),
  policyTypes: rough,
  endpointSelector: maybe({
    matchLabels: rough,
    matchExpressions: fc.array(roughs('key', 'operator', 'values'), { maxLength: 1 }),
  }),
  ingress: rough,
  enableDefaultDeny: rough,
});

/** What controls look up besides the object, one of each kind, as badly written. */
const roughCluster = fc.tuple(
  ...[
    'NetworkPolicy',
    'CiliumNetworkPolicy',
    'CiliumClusterwideNetworkPolicy',
    'PodSecurityPolicy',
    'Node',
    'ConfigMap',
    'ServiceAccount',
    'ClusterRole',
  ].map((kind) =>
    maybe({
      spec: policySpec,
      specs: fc.array(policySpec, { maxLength: 1 }),
      status: roughs('nodeInfo'),
      data: rough,
      rules: fc.array(roughs('verbs', 'resources', 'apiGroups'), { maxLength: 2 }),
    }).map((object) => {
      const isClusterWide = /Cluster|Node$|Security/.test(kind);
      const metadata = { name: 'x', ...(isClusterWide ? {} : { namespace: 'shop' }) };
      return { ...object, kind, metadata } as unknown as KubeObject;
    }),
  ),
);
