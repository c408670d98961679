import { resourceCheck } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const cpuLimits = defineControl({
  id: 'C-0270',
  name: 'Ensure CPU limits are set',
  baseScore: 8,
  category: 'Workload',
  why: 'A container without a CPU limit can take all of its node’s CPU, by a fault or because somebody mines coins in it, and starve everything else there.',
  fix: 'Set `resources.limits.cpu` to what the container needs at its busiest.',

  checks: [resourceCheck({ rule: 'resources-cpu-limits', resource: 'cpu', lists: ['limits'] })],

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
        paths: ['spec.containers[0].resources.limits.cpu'],
      },
    ],
  },
});
