import { expect, it } from 'vitest';
import type { KubeObject } from '../model/object.ts';
import { unwatchedKinds } from './unwatched-kinds.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';
const watched = [
  { group: 'apps', kind: 'Deployment' },
  { group: '', kind: 'ConfigMap' },
  { group: 'gateway.networking.k8s.io', kind: 'Gateway' },
];

const policy = (name: string, spec: object): KubeObject => ({
  apiVersion,
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec,
});
const binding = (policyName: string): KubeObject => ({
  apiVersion,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: policyName },
  spec: { policyName },
});
const about = (group: string, ...resources: readonly string[]) => ({
  matchConstraints: { resourceRules: [{ apiGroups: [group], resources }] },
});

it('are those that bound policies are about, or take parameters from, and that are not watched', () => {
  const objects = [
    policy('vs', about('networking.istio.io', 'virtualservices')),
    policy('also', about('networking.istio.io', 'virtualservices', 'virtualservices/status')),
    policy('quota', about('', 'resourcequotas')),
    policy('watched', about('gateway.networking.k8s.io', 'gateways')),
    policy('deployments', {
      ...about('apps', 'deployments', 'deployments/scale'),
      paramKind: { apiVersion: 'rules.example.org/v1', kind: 'MostReplicas' },
    }),
    policy('maps', { ...about('apps', 'deployments'), paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }),
    policy('everything', about('*', '*')),
  ];
  const names = objects.map(({ metadata }) => metadata.name);
  expect(unwatchedKinds([...objects, ...names.map(binding)], watched)).toEqual([
    { group: 'networking.istio.io', kind: 'virtualservices', policies: ['also', 'vs'] },
    { group: '', kind: 'ResourceQuota', policies: ['quota'] },
    { group: 'rules.example.org', kind: 'MostReplicas', policies: ['deployments'] },
  ]);
  expect(unwatchedKinds(objects, watched)).toEqual([]);
});

it.each([
  undefined,
  null,
  7,
  { matchConstraints: 7 },
  { matchConstraints: { resourceRules: [null, 7, {}] } },
])('are none of a policy that is written wrongly: %j', (spec) => {
  const odd = { ...policy('odd', {}), spec } as unknown as KubeObject;
  expect(unwatchedKinds([odd, binding('odd')], watched)).toEqual([]);
});
