import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const nakedPods = defineControl({
  id: 'C-0073',
  name: 'Naked pods',
  baseScore: 3,
  category: 'Workload',
  why: 'A pod that nothing manages is gone for good when its node fails or is drained, and nobody updates it.',
  fix: 'Let a Deployment, StatefulSet, DaemonSet or Job make the pod.',

  checks: [
    {
      rule: 'naked-pods',
      kinds: ['Pod'],
      judge({ metadata }) {
        if ((metadata?.ownerReferences ?? undefined) !== undefined) return [];
        return [{ message: 'no workload manages the pod', failedPaths: [], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop, ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: shop-1, controller: true }] }
        spec: { containers: [{ name: web, image: nginx }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: [],
      },
    ],
  },
});
