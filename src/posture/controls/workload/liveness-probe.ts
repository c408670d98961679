import { isSet } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, workloadKinds } from '../../pod-spec.ts';

export const livenessProbe = defineControl({
  id: 'C-0056',
  name: 'Configured liveness probe',
  baseScore: 4,
  category: 'Workload',
  why: 'Without a liveness probe a container that hangs stays as it is until somebody notices, and so does one that an intruder has brought to a halt.',
  fix: 'Set a `livenessProbe` that fails when only a restart helps.',

  checks: [
    {
      rule: 'configured-liveness-probe',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object).flatMap(({ container, path, label }) => {
          if (isSet(container.livenessProbe)) return [];
          const fixPaths = [{ path: `${path}.livenessProbe`, value: 'YOUR_VALUE' }];
          return [{ message: `${label} has no liveness probe`, failedPaths: [], fixPaths }];
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
        spec: { containers: [{ name: web, livenessProbe: { httpGet: { path: /healthz, port: 8080 } } }] }
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
        paths: ['spec.containers[0].livenessProbe'],
      },
    ],
  },
});
