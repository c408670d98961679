import { resourceCheck } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const cpuRequests = defineControl({
  id: 'C-0268',
  name: 'Ensure CPU requests are set',
  baseScore: 3,
  category: 'Workload',
  why: 'The scheduler places pods by what they request: one that requests no CPU lands on a busy node as readily as on an idle one, and is the first to starve there.',
  fix: 'Set `resources.requests.cpu` to what the container needs on an ordinary day.',

  checks: [resourceCheck({ rule: 'resources-cpu-requests', resource: 'cpu', lists: ['requests'] })],

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
    ],
  },
});
