import { allContainersOf, forbidden, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityPrivileged = defineControl({
  id: 'P-0002',
  name: 'Pod Security: no privileged containers',
  baseScore: 8,
  category: 'Workload',
  why: 'A privileged container has the devices of its node and nearly all of its kernel.',
  fix: 'Take `privileged: true` out, and give the one device or capability that is needed.',

  checks: [
    podSecurityCheck('privileged', (_pod, _version, object) =>
      allContainersOf(object).flatMap(({ container, path, label }) =>
        container.securityContext?.privileged === true
          ? [forbidden(`${label} is privileged`, `${path}.securityContext.privileged`)]
          : [],
      ),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, securityContext: { capabilities: { add: [SYS_ADMIN] } } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop, namespace: shop }
          spec:
            template:
              spec: { containers: [{ name: web }], initContainers: [{ name: init, securityContext: { privileged: true } }] }
        `,
        paths: ['spec.template.spec.initContainers[0].securityContext.privileged'],
      },
    ],
  },
});
