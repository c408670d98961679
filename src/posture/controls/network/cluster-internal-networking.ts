import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { hasPolicy } from '../../network-policies.ts';

export const clusterInternalNetworking = defineControl({
  id: 'C-0054',
  name: 'Cluster internal networking',
  baseScore: 4,
  category: 'Network',
  why: 'In a namespace without network policies every pod is open to the whole cluster, so an intruder moves on from wherever they got in.',
  fix: 'Add at least a NetworkPolicy to the namespace that denies ingress by default, and allow what is needed.',

  checks: [
    {
      rule: 'internal-networking',
      kinds: ['Namespace'],
      judge(object, { view }) {
        if (hasPolicy(view, object.metadata.name)) return [];
        return [{ message: 'no network policy is defined in the namespace', failedPaths: [], fixPaths: [] }];
      },
    },
  ],

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
