import { resourceCheck } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const memoryLimitAndRequest = defineControl({
  id: 'C-0004',
  name: 'Resources memory limit and request',
  baseScore: 8,
  category: 'Workload',
  why: 'Without a request the scheduler puts a container where there is no memory for it; without a limit it may take what its neighbours need, and the kernel then kills whichever it likes.',
  fix: 'Set `resources.requests.memory` and `resources.limits.memory`; what is too much or too little is set by the inputs `memory_request_max`, `memory_request_min`, `memory_limit_max` and `memory_limit_min`.',

  checks: [
    resourceCheck({
      rule: 'resources-memory-limit-and-request',
      resource: 'memory',
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
          spec: { containers: [{ name: web, resources: { limits: { memory: 128Mi } } }] }
        `,
        paths: ['spec.containers[0].resources.requests.memory'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, resources: { requests: { memory: 64Mi } } }] }
        `,
        paths: ['spec.containers[0].resources.limits.memory'],
      },
    ],
  },
});
