import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { clusterInternalNetworking } from './cluster-internal-networking.ts';

export const namespacePolicies = defineControl({
  id: 'C-0206',
  name: 'Ensure that all Namespaces have Network Policies defined',
  baseScore: 4,
  category: 'Network',
  why: 'Without network policies all pods may talk to all others, whatever the architecture says.',
  fix: 'Add a NetworkPolicy to each namespace that denies by default in both directions, and allow what is needed.',

  checks: clusterInternalNetworking.checks,

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Namespace
        metadata: { name: shop }
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: deny-by-default, namespace: shop }
        spec: { podSelector: {}, policyTypes: [Ingress] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Namespace
          metadata: { name: shop }
        `,
        paths: [],
      },
    ],
  },
});
