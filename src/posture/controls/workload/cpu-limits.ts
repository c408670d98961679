import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, workloadKinds } from '../../pod-spec.ts';

export const cpuLimits = defineControl({
  id: 'C-0270',
  name: 'Ensure CPU limits are set',
  baseScore: 8,
  category: 'Workload',
  why: 'A container without a CPU limit can take all of its node’s CPU, by a fault or because somebody mines coins in it, and starve everything else there.',
  fix: 'Set `resources.limits.cpu` to what the container needs at its busiest.',

  checks: [
    {
      rule: 'resources-cpu-limits',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object).flatMap(({ container, path, label }) => {
          if (isSet(container.resources?.limits?.cpu)) return [];
          return [
            {
              message: `${label} has no CPU limit`,
              reviewPaths: [],
              failedPaths: [],
              fixPaths: [{ path: `${path}.resources.limits.cpu`, value: 'YOUR_VALUE' }],
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
        metadata: { name: shop }
        spec: { containers: [{ name: web, resources: { limits: { cpu: 500m, memory: 128Mi } } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec: { containers: [{ name: web, resources: { requests: { cpu: 100m, memory: 64Mi } } }] }
        `,
        paths: ['spec.containers[0].resources.limits.cpu'],
      },
    ],
  },
});

function isSet(quantity: unknown): boolean {
  return quantity !== undefined && quantity !== null && quantity !== '';
}
