import { resourceCheck } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const memoryLimits = defineControl({
  id: 'C-0271',
  name: 'Ensure memory limits are set',
  baseScore: 8,
  category: 'Workload',
  why: 'A container without a memory limit can take all of its node’s memory; the kernel then kills processes, and not always the one at fault.',
  fix: 'Set `resources.limits.memory` to what the container needs at its fullest, with some room.',

  checks: [resourceCheck({ rule: 'resources-memory-limits', resource: 'memory', lists: ['limits'] })],

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
          spec: { containers: [{ name: web, resources: { requests: { cpu: 100m, memory: 64Mi } } }] }
        `,
        paths: ['spec.containers[0].resources.limits.memory'],
      },
    ],
  },
});
