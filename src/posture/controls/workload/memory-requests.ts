import { resourceCheck } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const memoryRequests = defineControl({
  id: 'C-0269',
  name: 'Ensure memory requests are set',
  baseScore: 3,
  category: 'Workload',
  why: 'The scheduler places pods by what they request: one that requests no memory lands on a full node as readily as on an empty one, and is the first to be evicted there.',
  fix: 'Set `resources.requests.memory` to what the container needs on an ordinary day.',

  checks: [resourceCheck({ rule: 'resources-memory-requests', resource: 'memory', lists: ['requests'] })],

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
          spec: { containers: [{ name: web, resources: { limits: { memory: 128Mi } } }] }
        `,
        paths: ['spec.containers[0].resources.requests.memory'],
      },
    ],
  },
});
