import { fieldsOf } from '../../checks/pod-security-policies.ts';
import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { type ContainerPlace, containersOf, workloadKinds } from '../../pod-spec.ts';

export const seccompProfile = defineControl({
  id: 'C-0210',
  name: 'Ensure that the seccomp profile is set to docker/default in your pod definitions',
  baseScore: 4,
  category: 'Workload',
  why: 'Without a seccomp profile a container may make every system call, those included that only exploits of the kernel use.',
  fix: 'Set `seccompProfile: { type: RuntimeDefault }` in the security context of the pod or of each container.',

  checks: [
    {
      rule: 'set-seccomp-profile-RuntimeDefault',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object).flatMap((place): Breach[] => {
          const setting = settingOf(place);
          if (setting?.type === wanted) return [];
          if (setting === undefined) {
            const path = `${place.path}.securityContext.seccompProfile.type`;
            const message = `${place.label} has no seccomp profile`;
            return [{ message, reviewPaths: [], failedPaths: [], fixPaths: [{ path, value: wanted }] }];
          }
          const message = `${place.label} has the seccomp profile ${String(setting.type)}`;
          return [{ message, reviewPaths: [setting.path], failedPaths: [setting.path], fixPaths: [] }];
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
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: ['spec.containers[0].securityContext.seccompProfile.type'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, securityContext: { seccompProfile: { type: Unconfined } } }] }
        `,
        paths: ['spec.containers[0].securityContext.seccompProfile.type'],
      },
    ],
  },
});

const wanted = 'RuntimeDefault';

/** What the container says goes before what the pod says. */
function settingOf({ container, path, pod }: ContainerPlace) {
  const own = fieldsOf(container.securityContext?.seccompProfile)['type'] ?? undefined;
  if (own !== undefined) return { type: own, path: `${path}.securityContext.seccompProfile.type` };
  const shared = fieldsOf(pod.spec.securityContext?.seccompProfile)['type'] ?? undefined;
  if (shared !== undefined) return { type: shared, path: `${pod.path}.securityContext.seccompProfile.type` };
  return undefined;
}
