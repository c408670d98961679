import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, workloadKinds } from '../../pod-spec.ts';

export const linuxHardening = defineControl({
  id: 'C-0055',
  name: 'Linux hardening',
  baseScore: 4,
  category: 'Workload',
  why: 'Without a seccomp profile a container may make every system call, those included that only exploits of the kernel use.',
  fix: 'Set `seccompProfile: { type: RuntimeDefault }` in the security context of the pod or of each container, or name a narrower profile of your own.',

  checks: [
    {
      rule: 'linux-hardening',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object, ['containers', 'initContainers']).flatMap(
          ({ container, path, label, pod }) => {
            if (pod.spec.securityContext?.seccompProfile || container.securityContext?.seccompProfile)
              return [];
            return [
              {
                message: `${label} runs without a seccomp profile`,
                failedPaths: [],
                fixPaths: [{ path: `${path}.securityContext.seccompProfile`, value: 'YOUR_VALUE' }],
              },
            ];
          },
        );
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec:
          securityContext: { seccompProfile: { type: RuntimeDefault } }
          containers: [{ name: web }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec: { containers: [{ name: web }] }
        `,
        paths: ['spec.containers[0].securityContext.seccompProfile'],
      },
    ],
  },
});
