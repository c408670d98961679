import { podFlagCheck } from '../../checks/workload-flags.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const hostPid = defineControl({
  id: 'C-0275',
  name: 'Minimize the admission of containers wishing to share the host process ID namespace',
  baseScore: 5,
  category: 'Workload',
  why: 'A pod that sees the node’s processes can read their environment, send them signals, and reach their files through /proc.',
  fix: 'Take `hostPID` out. Where a node agent needs it, except the workload and keep its other rights small.',

  checks: [podFlagCheck('host-pid-privileges', 'hostPID', 'its pods see the processes of their node')],

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
          spec: { hostPID: true, containers: [{ name: web }] }
        `,
        paths: ['spec.hostPID'],
      },
    ],
  },
});
