import { allContainersOf, forbidden, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityProcMountRestricted = defineControl({
  id: 'P-0009',
  name: 'Pod Security: /proc is masked in any pod',
  baseScore: 6,
  category: 'Workload',
  why: 'What is masked in /proc tells of the kernel and of the node; the restricted level lets nothing out of the mask, not even in a user namespace.',
  fix: 'Take `procMount` out, or make it `Default`. Asked from Kubernetes 1.35 on.',

  checks: [
    podSecurityCheck(
      'proc-mount-restricted',
      (_pod, _version, object) =>
        allContainersOf(object).flatMap(({ container, path, label }) => {
          const mount = container.securityContext?.procMount;
          return mount === undefined || mount === null || mount === 'Default'
            ? []
            : [forbidden(`${label} has its /proc ${mount}`, `${path}.securityContext.procMount`)];
        }),
      { since: 35 },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { hostUsers: false, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { hostUsers: false, containers: [{ name: web, securityContext: { procMount: Unmasked } }] }
        `,
        paths: ['spec.containers[0].securityContext.procMount'],
      },
    ],
  },
});
