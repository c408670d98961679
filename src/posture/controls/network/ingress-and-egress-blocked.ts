import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { namespaceOf } from '../../namespaces.ts';
import { isIsolated } from '../../network-policies.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const ingressAndEgressBlocked = defineControl({
  id: 'C-0030',
  name: 'Ingress and Egress blocked',
  baseScore: 6,
  category: 'Network',
  why: 'A pod that no network policy selects can talk to every other pod and to the internet, and is talked to by all: one break-in reaches everything.',
  fix: 'Add a NetworkPolicy that denies ingress and egress by default in the namespace, and others that allow what the workload needs.',

  checks: [
    {
      rule: 'ingress-and-egress-blocked',
      kinds: workloadKinds,
      judge(object, { view }) {
        const labels = object.kind === 'Pod' ? (object.metadata?.labels ?? {}) : podOf(object)?.labels;
        if (labels === undefined || isIsolated(view, namespaceOf(object), labels)) return [];
        return [{ message: 'no network policy selects the pods', failedPaths: [], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: deny-by-default, namespace: shop }
        spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: web, namespace: shop }
        spec: { containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: networking.k8s.io/v1
          kind: NetworkPolicy
          metadata: { name: database, namespace: shop }
          spec: { podSelector: { matchLabels: { app: db } }, policyTypes: [Ingress, Egress] }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: web, namespace: shop, labels: { app: web } }
          spec: { containers: [{ name: web }] }
        `,
        paths: [],
      },
    ],
  },
});
