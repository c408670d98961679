import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../model/object.ts';
import type { ClusterView } from './control.ts';
import { yaml } from './example.ts';
import { hasPolicy, isIsolated } from './network-policies.ts';

function clusterOf(text: string): ClusterView {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
  return {
    get: () => undefined,
    list: (kind, namespace) =>
      objects.filter(
        (o) => o.kind === kind && (namespace === undefined || (o.metadata.namespace ?? '') === namespace),
      ),
  };
}

const policy = (spec: string) =>
  clusterOf(`{kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: ${spec}}`);
const clusterwide = (spec: string) =>
  clusterOf(`{kind: CiliumClusterwideNetworkPolicy, metadata: {name: p}, spec: ${spec}}`);

describe('a network policy', () => {
  it.each([
    ['{podSelector: {}, policyTypes: [Ingress]}', true],
    ['{podSelector: {}, policyTypes: [Egress]}', true],
    ['{podSelector: {}, policyTypes: []}', false],
    // The API server fills in Ingress.
    ['{podSelector: {}}', true],
    ['{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}', true],
    ['{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}', false],
    ['{podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}}', true],
    ['{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}', false],
    ['{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}', true],
    ['{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}', false],
    ['{podSelector: {matchExpressions: [{key: app, operator: Like, values: [web]}]}}', false],
    ['{policyTypes: [Ingress]}', false],
  ])('%s isolates the pod: %s', (spec, isolated) => {
    expect(isIsolated(policy(spec), 'shop', { app: 'web' })).toBe(isolated);
  });

  it('says nothing of other namespaces', () => {
    expect(isIsolated(policy('{podSelector: {}}'), 'other', {})).toBe(false);
    expect(hasPolicy(policy('{podSelector: {}}'), 'shop')).toBe(true);
    expect(hasPolicy(policy('{podSelector: {}}'), 'other')).toBe(false);
  });

  it('without a namespace is in default', () => {
    const cluster = clusterOf('{kind: NetworkPolicy, metadata: {name: p}, spec: {podSelector: {}}}');
    expect(isIsolated(cluster, 'default', {})).toBe(true);
    expect(isIsolated(cluster, 'shop', {})).toBe(false);
  });
});

describe('a Cilium policy for the whole cluster', () => {
  it.each([
    ['{endpointSelector: {}, ingress: [{}]}', true, true],
    ['{endpointSelector: {}}', false, false],
    ['{endpointSelector: {}, egress: []}', true, true],
    [
      '{endpointSelector: {}, ingress: [{}], enableDefaultDeny: {ingress: false, egress: false}}',
      false,
      false,
    ],
    ['{endpointSelector: {}, ingress: [{}], enableDefaultDeny: {ingress: false}}', true, true],
    ['{endpointSelector: {matchLabels: {"k8s:app": web}}, ingress: [{}]}', true, false],
    [
      '{endpointSelector: {matchLabels: {"k8s:io.kubernetes.pod.namespace": shop}}, ingress: [{}]}',
      true,
      true,
    ],
    ['{endpointSelector: {matchLabels: {io.kubernetes.pod.namespace: other}}, ingress: [{}]}', false, false],
    ['{nodeSelector: {}, ingress: [{}]}', false, false],
    ['{endpointSelector: {matchLabels: {"k8s:app": db, "any:app": web}}, ingress: [{}]}', false, false],
  ])('%s isolates the pod: %s, covers the namespace: %s', (spec, isolated, covered) => {
    expect(isIsolated(clusterwide(spec), 'shop', { app: 'web' })).toBe(isolated);
    expect(hasPolicy(clusterwide(spec), 'shop')).toBe(covered);
  });

  it('may hold several rule sets', () => {
    const cluster = clusterOf(yaml`
      kind: CiliumClusterwideNetworkPolicy
      metadata: { name: p }
      specs:
        - { endpointSelector: { matchLabels: { app: db } }, ingress: [{}] }
        - { endpointSelector: {}, egress: [{}] }
    `);
    expect(isIsolated(cluster, 'shop', { app: 'web' })).toBe(true);
  });
});
