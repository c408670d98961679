import { resourceCheck } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const cpuLimitAndRequest = defineControl({
  id: 'C-0050',
  name: 'Resources CPU limit and request',
  baseScore: 8,
  category: 'Workload',
  why: 'Without a request the scheduler cannot tell how busy a node will be; without a limit one container in a loop, or one that mines coins, takes the CPU from all others on it.',
  fix: 'Set `resources.requests.cpu` and `resources.limits.cpu`; what is too much or too little is set by the inputs `cpu_request_max`, `cpu_request_min`, `cpu_limit_max` and `cpu_limit_min`.',

  checks: [
    resourceCheck({
      rule: 'resources-cpu-limit-and-request',
      resource: 'cpu',
      lists: ['requests', 'limits'],
      isBounded: true,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, resources: { limits: { cpu: 500m, memory: 128Mi }, requests: { cpu: 100m, memory: 64Mi } } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, resources: { limits: { cpu: 500m } } }] }
        `,
        paths: ['spec.containers[0].resources.requests.cpu'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, resources: { requests: { cpu: 100m } } }] }
        `,
        paths: ['spec.containers[0].resources.limits.cpu'],
      },
    ],
  },
});
