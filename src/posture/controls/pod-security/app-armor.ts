import { forbidden, podSecurityCheck, securityContextsOf } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityAppArmor = defineControl({
  id: 'P-0006',
  name: 'Pod Security: AppArmor is not turned off',
  baseScore: 5,
  category: 'Workload',
  why: 'Without its AppArmor profile a container may read and write what the profile keeps from it.',
  fix: 'Take the profile out, or make it `RuntimeDefault` or `Localhost`; of annotations, `runtime/default` or `localhost/<name>`.',

  checks: [
    podSecurityCheck('app-armor', (pod, _version, object) => [
      ...securityContextsOf(pod, object).flatMap(({ context, path, label }) => {
        const type = context.appArmorProfile?.type;
        return type === undefined || type === null || type === 'RuntimeDefault' || type === 'Localhost'
          ? []
          : [forbidden(`${label} has the AppArmor profile ${type}`, `${path}.appArmorProfile.type`)];
      }),
      ...Object.entries(pod.annotations).flatMap(([key, value]) =>
        !key.startsWith(annotation) || value === '' || /^(?:runtime\/default$|localhost\/)/.test(value)
          ? []
          : [
              forbidden(
                `an annotation gives the AppArmor profile ${value}`,
                `${pod.metadataPath}.annotations[${key}]`,
              ),
            ],
      ),
    ]),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, securityContext: { appArmorProfile: { type: RuntimeDefault } } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { securityContext: { appArmorProfile: { type: Unconfined } }, containers: [{ name: web }] }
        `,
        paths: ['spec.securityContext.appArmorProfile.type'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, annotations: { container.apparmor.security.beta.kubernetes.io/web: unconfined } }
          spec: { containers: [{ name: web }] }
        `,
        paths: ['metadata.annotations[container.apparmor.security.beta.kubernetes.io/web]'],
      },
    ],
  },
});

/** With the container's name behind it; how profiles were set before 1.30. */
const annotation = 'container.apparmor.security.beta.kubernetes.io/';
