import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { endpointKinds, kindsFor, mergeKinds } from '../src/inventory/cluster/kinds.ts';
import type { KubeObject } from '../src/model/object.ts';
import type { ClusterView, Control } from '../src/posture/control.ts';
import { controls } from '../src/posture/controls/index.generated.ts';
import { policyKinds } from '../src/posture/custom/custom-controls.ts';
import { securityExceptionKinds } from '../src/posture/exceptions/security-exception.ts';
import { defaultInputs } from '../src/posture/inputs.ts';
import { kindsReadBy } from '../src/posture/kinds-read.ts';

/** What controls judge that is no object of Kubernetes' API: host facts, descriptions of clouds, results of scans. */
const facts: ReadonlySet<string> = new Set([
  ...['APIServerInfo', 'CNIInfo', 'ControlPlaneInfo', 'KubeProxyInfo', 'KubeletInfo', 'LinuxKernelVariables'],
  ...[
    'ClusterDescribe',
    'DescribeRepositories',
    'ListEntitiesForPolicies',
    'PolicyVersion',
    'cloudProviderInfo',
  ],
  ...['ImageSignatures', 'ImageVulnerabilities', 'ServiceScanResult'],
]);

/** Every kind that a control judges, or asks for while it judges its own examples. */
function kindsOf({ checks, examples }: Control): ReadonlySet<string> {
  const kinds = new Set(checks.flatMap((check) => check.kinds));
  const texts = [...examples.pass, ...examples.fail.map(({ yaml }) => yaml), ...(examples.unknown ?? [])];
  for (const text of texts) {
    const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
    const ask = (kind: string, is: (object: KubeObject) => boolean) => {
      kinds.add(kind);
      return objects.filter((object) => object.kind === kind && is(object));
    };
    const view: ClusterView = {
      list: (kind, namespace) =>
        ask(kind, ({ metadata }) => namespace === undefined || (metadata?.namespace ?? '') === namespace),
      get: (kind, _namespace, name) => ask(kind, ({ metadata }) => metadata?.name === name)[0],
    };
    const context = { view, inputs: { ...defaultInputs, ...examples.inputs } };
    for (const check of checks)
      for (const object of objects)
        if (check.kinds.includes(object.kind) && (check.applies?.(object, context) ?? true))
          check.judge(object, context);
  }
  return kinds;
}

it.each(controls)(
  'watches in a cluster every kind that $id judges or asks for, so that it does not pass by not being looked at',
  (control) => {
    const watched = new Set(kindsFor(kindsReadBy([control])).map(({ kind }) => kind));
    const missing = [...kindsOf(control)].filter((kind) => !watched.has(kind) && !facts.has(kind));
    expect(missing).toEqual([]);
  },
);

it('knows more than what is always watched', () => {
  expect(new Set(controls.flatMap((control) => [...kindsOf(control)])).size).toBeGreaterThan(40);
});

it('watches what says how to judge: exceptions, and policies that become controls', () => {
  const watched = new Set(kindsFor([]).map(({ kind }) => kind));
  const ruling = [...securityExceptionKinds, ...policyKinds];
  expect(ruling.filter((kind) => !watched.has(kind))).toEqual([]);
});

it('watches a kind whole when anything needs more of it than its name', () => {
  const merged = mergeKinds(kindsFor(['EndpointSlice', 'Endpoints']), endpointKinds);
  const slices = merged.filter(({ kind }) => kind === 'EndpointSlice');
  expect(slices).toEqual([{ group: 'discovery.k8s.io', kind: 'EndpointSlice', optional: true }]);
  expect(new Set(merged.map(({ group, kind }) => `${group}/${kind}`)).size).toBe(merged.length);
});

it('watches little where little is judged', () => {
  const few = new Set(kindsFor(['Pod']).map(({ kind }) => kind));
  expect(few.has('Lease')).toBe(false);
  expect(few.has('Secret')).toBe(false);
  expect(few.has('Pod')).toBe(true);
});
