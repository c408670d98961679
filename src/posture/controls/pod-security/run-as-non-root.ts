import { hasOwnUsers, inherited, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityRunAsNonRoot = defineControl({
  id: 'P-0014',
  name: 'Pod Security: containers must run as non-root',
  baseScore: 6,
  category: 'Workload',
  why: 'Unless it is forbidden, an image may run as root, and root in the container is root on the node as soon as it gets out.',
  fix: 'Set `runAsNonRoot: true` for the pod, or for each container. From 1.35 on not asked of pods with `hostUsers: false`.',

  checks: [
    podSecurityCheck('run-as-non-root', (pod, version, object) =>
      hasOwnUsers(pod, version)
        ? []
        : inherited(pod, object, {
            field: 'runAsNonRoot',
            wanted: 'true',
            read: (context) => context?.runAsNonRoot ?? undefined,
            isRight: (value) => value === true,
            said: (label, value) =>
              value === undefined ? `${label} may run as root` : `${label} says that it may run as root`,
          }),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { securityContext: { runAsNonRoot: true }, containers: [{ name: web }] }
      `,
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, securityContext: { runAsNonRoot: true } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web }] }
        `,
        paths: ['spec.containers[0].securityContext.runAsNonRoot'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { securityContext: { runAsNonRoot: false }, containers: [{ name: web, securityContext: { runAsNonRoot: true } }] }
        `,
        paths: ['spec.securityContext.runAsNonRoot'],
      },
    ],
  },
});
