import { podFlagCheck } from '../../checks/workload-flags.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const hostIpc = defineControl({
  id: 'C-0276',
  name: 'Minimize the admission of containers wishing to share the host IPC namespace',
  baseScore: 5,
  category: 'Workload',
  why: 'A pod in the node’s IPC namespace can read and write shared memory and queues of the node’s programs.',
  fix: 'Take `hostIPC` out. Where a node agent needs it, except the workload and keep its other rights small.',

  checks: [
    podFlagCheck('host-ipc-privileges', 'hostIPC', 'its pods share memory and queues with their node'),
  ],

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
          metadata: { name: shop, namespace: shop }
          spec: { hostIPC: true, containers: [{ name: web }] }
        `,
        paths: ['spec.hostIPC'],
      },
    ],
  },
});
