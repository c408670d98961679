import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { clusterInternalNetworking } from './cluster-internal-networking.ts';

export const networkMapping = defineControl({
  id: 'C-0049',
  name: 'Network mapping',
  baseScore: 3,
  category: 'Network',
  why: 'In a namespace without network policies one broken container can look at every port of every other pod, and so find the next one to break.',
  fix: 'Add at least a NetworkPolicy to the namespace that denies ingress by default, and allow what is needed.',

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
