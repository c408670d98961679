import { inherited, isForWindows, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecuritySeccompRestricted = defineControl({
  id: 'P-0016',
  name: 'Pod Security: a seccomp profile is set',
  baseScore: 5,
  category: 'Workload',
  why: 'Where no seccomp profile is set a container may make every system call, those included that only exploits of the kernel use.',
  fix: 'Set `seccompProfile: { type: RuntimeDefault }` for the pod, or for each container; `Localhost` will do as well. Asked from 1.19 on; from 1.25 on not of pods for Windows.',

  checks: [
    podSecurityCheck(
      'seccomp-restricted',
      (pod, version, object) =>
        isForWindows(pod, version)
          ? []
          : inherited(pod, object, {
              field: 'seccompProfile.type',
              wanted: 'RuntimeDefault',
              read: (context) => context?.seccompProfile?.type ?? undefined,
              isRight: (type) => type === 'RuntimeDefault' || type === 'Localhost',
              said: (label, type) =>
                type === undefined
                  ? `${label} has no seccomp profile`
                  : `${label} has the seccomp profile ${type}`,
            }),
      { since: 19 },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { securityContext: { seccompProfile: { type: RuntimeDefault } }, containers: [{ name: web }] }
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
        paths: ['spec.containers[0].securityContext.seccompProfile.type'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { securityContext: { seccompProfile: { type: Unconfined } }, containers: [{ name: web }] }
        `,
        paths: ['spec.securityContext.seccompProfile.type'],
      },
    ],
  },
});
