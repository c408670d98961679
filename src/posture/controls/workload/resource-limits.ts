import { isSet } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, workloadKinds } from '../../pod-spec.ts';

export const resourceLimits = defineControl({
  id: 'C-0009',
  name: 'Resource limits',
  baseScore: 7,
  category: 'Workload',
  why: 'A container that may take any amount of CPU and memory can bring down its whole node, by a fault, by load or on purpose.',
  fix: 'Set `resources.limits.cpu` and `resources.limits.memory` of every container.',

  checks: [
    {
      rule: 'resource-policies',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object).flatMap(({ container, path, label }) => {
          const lacking = (['cpu', 'memory'] as const).filter(
            (resource) => !isSet(container.resources?.limits?.[resource]),
          );
          if (lacking.length === 0) return [];
          return [
            {
              message: `${label} has no limit of ${lacking.join(' and ')}`,
              failedPaths: [],
              fixPaths: lacking.map((resource) => ({
                path: `${path}.resources.limits.${resource}`,
                value: 'YOUR_VALUE',
              })),
            },
          ];
        });
      },
    },
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
        paths: ['spec.containers[0].resources.limits.cpu'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: ['spec.containers[0].resources.limits.cpu', 'spec.containers[0].resources.limits.memory'],
      },
    ],
  },
});
