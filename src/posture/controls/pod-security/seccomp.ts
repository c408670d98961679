import { forbidden, podSecurityCheck, securityContextsOf } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecuritySeccomp = defineControl({
  id: 'P-0010',
  name: 'Pod Security: seccomp is not turned off',
  baseScore: 5,
  category: 'Workload',
  why: 'Without a seccomp profile a container may make every system call, those included that only exploits of the kernel use.',
  fix: 'Take `Unconfined` out, or make the profile `RuntimeDefault` or `Localhost`; before 1.19, of annotations, `runtime/default` or `localhost/<name>`.',

  checks: [
    podSecurityCheck(
      'seccomp',
      (pod, _version, object) =>
        securityContextsOf(pod, object).flatMap(({ context, path, label }) => {
          const type = context.seccompProfile?.type;
          return type === undefined || type === null || type === 'RuntimeDefault' || type === 'Localhost'
            ? []
            : [forbidden(`${label} has the seccomp profile ${type}`, `${path}.seccompProfile.type`)];
        }),
      { since: 19 },
    ),
    podSecurityCheck(
      'seccomp-annotations',
      (pod) =>
        Object.entries(pod.annotations).flatMap(([key, value]) =>
          !annotations.test(key) || /^(?:(?:runtime|docker)\/default$|localhost\/)/.test(value)
            ? []
            : [
                forbidden(
                  `an annotation gives the seccomp profile ${value}`,
                  `${pod.metadataPath}.annotations[${key}]`,
                ),
              ],
        ),
      { before: 19 },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { securityContext: { seccompProfile: { type: Localhost, localhostProfile: web.json } }, containers: [{ name: web }] }
      `,
    ],
    fail: [
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

/** Of the pod, and of a container by its name; how profiles were set before 1.19. */
const annotations =
  /^(?:seccomp\.security\.alpha\.kubernetes\.io\/pod$|container\.seccomp\.security\.alpha\.kubernetes\.io\/)/;
