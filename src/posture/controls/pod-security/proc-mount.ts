import { allContainersOf, forbidden, hasOwnUsers, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityProcMount = defineControl({
  id: 'P-0008',
  name: 'Pod Security: /proc is masked',
  baseScore: 6,
  category: 'Workload',
  why: 'What is masked in /proc tells of the kernel and of the node, and can change both.',
  fix: 'Take `procMount` out, or make it `Default`. From 1.35 on a pod with `hostUsers: false` may have another at the baseline level.',

  checks: [
    podSecurityCheck('proc-mount', (pod, version, object) =>
      hasOwnUsers(pod, version)
        ? []
        : allContainersOf(object).flatMap(({ container, path, label }) => {
            const mount = container.securityContext?.procMount;
            return mount === undefined || mount === null || mount === 'Default'
              ? []
              : [forbidden(`${label} has its /proc ${mount}`, `${path}.securityContext.procMount`)];
          }),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, securityContext: { procMount: Default } }] }
      `,
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { hostUsers: false, containers: [{ name: web, securityContext: { procMount: Unmasked } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, securityContext: { procMount: Unmasked } }] }
        `,
        paths: ['spec.containers[0].securityContext.procMount'],
      },
    ],
  },
});
