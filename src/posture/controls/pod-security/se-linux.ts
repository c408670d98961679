import { forbidden, podSecurityCheck, securityContextsOf } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecuritySeLinux = defineControl({
  id: 'P-0007',
  name: 'Pod Security: no SELinux user, role or type of its own',
  baseScore: 5,
  category: 'Workload',
  why: 'Another SELinux type, user or role takes a container out of the confinement that keeps it from the node and from other pods.',
  fix: 'Take `user` and `role` out, and make `type` one of `container_t`, `container_init_t`, `container_kvm_t` and, from 1.31 on, `container_engine_t`.',

  checks: [
    podSecurityCheck('se-linux', (pod, version, object) =>
      securityContextsOf(pod, object).flatMap(({ context, path, label }) => {
        const options = context.seLinuxOptions;
        return (['type', 'user', 'role'] as const).flatMap((field) => {
          const value = options?.[field];
          if (!value || (field === 'type' && isUsualType(value, version))) return [];
          return [
            forbidden(`${label} sets the SELinux ${field} ${value}`, `${path}.seLinuxOptions.${field}`),
          ];
        });
      }),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { securityContext: { seLinuxOptions: { type: container_t, level: "s0:c1" } }, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { securityContext: { seLinuxOptions: { type: spc_t, user: system_u } }, containers: [{ name: web }] }
        `,
        paths: ['spec.securityContext.seLinuxOptions.type', 'spec.securityContext.seLinuxOptions.user'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, securityContext: { seLinuxOptions: { role: sysadm_r } } }] }
        `,
        paths: ['spec.containers[0].securityContext.seLinuxOptions.role'],
      },
    ],
  },
});

function isUsualType(type: string, version: number): boolean {
  return /^container_(?:init_|kvm_)?t$/.test(type) || (type === 'container_engine_t' && version >= 31);
}
