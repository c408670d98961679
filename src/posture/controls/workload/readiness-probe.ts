import { isSet } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, workloadKinds } from '../../pod-spec.ts';

export const readinessProbe = defineControl({
  id: 'C-0018',
  name: 'Configured readiness probe',
  baseScore: 3,
  category: 'Workload',
  why: 'Without a readiness probe traffic goes to a container that has not started yet or cannot answer, and an attack that overloads it takes the service down with it.',
  fix: 'Set a `readinessProbe` that succeeds when the container can answer.',

  checks: [
    {
      rule: 'configured-readiness-probe',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object).flatMap(({ container, path, label }) => {
          if (isSet(container.readinessProbe)) return [];
          const fixPaths = [{ path: `${path}.readinessProbe`, value: 'YOUR_VALUE' }];
          return [{ message: `${label} has no readiness probe`, failedPaths: [], fixPaths }];
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
        spec: { containers: [{ name: web, readinessProbe: { httpGet: { path: /healthz, port: 8080 } } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: ['spec.containers[0].readinessProbe'],
      },
    ],
  },
});
