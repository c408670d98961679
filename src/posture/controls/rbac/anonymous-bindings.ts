import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';
import type { Subject } from '../../rbac.ts';

export const anonymousBindings = defineControl({
  id: 'C-0262',
  name: 'Anonymous user has RoleBinding',
  baseScore: 7,
  category: 'Control plane',
  why: 'Rights of `system:anonymous` or `system:unauthenticated` are rights of everybody who reaches the API server, without any login.',
  fix: 'Take these subjects out of the binding. Health checks of the API server need none.',

  checks: [
    {
      rule: 'anonymous-access-enabled',
      kinds: ['RoleBinding', 'ClusterRoleBinding'],
      judge: (binding) =>
        itemsOf(binding['subjects'] as readonly Subject[] | undefined)
          .filter(({ item: { name } }) => name === 'system:anonymous' || name === 'system:unauthenticated')
          .map(({ item: { name }, index }) => {
            const places = [`subjects[${index}]`];
            const message = `it gives rights to ${name}, which is everybody`;
            return { message, deletePaths: places, failedPaths: places };
          }),
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: role }
        rules:
          - { apiGroups: [apps], resources: [deployments/status], verbs: [get] }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: binding }
        subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
        roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRole
          metadata: { name: role }
          rules:
            - { apiGroups: [''], resources: [pods], verbs: [get] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: binding }
          subjects: [{ kind: User, name: system:anonymous, apiGroup: rbac.authorization.k8s.io }]
          roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
        `,
        paths: ['subjects[0]'],
      },
    ],
  },
});
