import { podsInDefaultNamespaceCheck } from '../../checks/default-namespace.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podsInDefaultNamespace = defineControl({
  id: 'C-0061',
  name: 'Pods in default namespace',
  baseScore: 3,
  category: 'Workload',
  why: 'Everybody’s things end up in the namespace `default`; rights, quotas and network policies cannot be drawn around what has no place of its own.',
  fix: 'Give the workload a namespace of its own.',

  checks: [podsInDefaultNamespaceCheck],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, image: nginx }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: default }
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: ['metadata.namespace'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: ['metadata.namespace'],
      },
    ],
  },
});
