import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grantCheck } from '../../rbac.ts';

export const clusterAdminRole = defineControl({
  id: 'C-0185',
  name: 'Ensure that the cluster-admin role is only used where required',
  baseScore: 8,
  category: 'Access control',
  why: 'The role cluster-admin may do everything. Each of its holders is a way to lose the cluster.',
  fix: 'Bind a role that allows what is needed. Keep cluster-admin for a break-glass group, and except that.',

  checks: [
    grantCheck({
      rule: 'cluster-admin-role',
      grant: { verbs: ['*'], apiGroups: ['*', ''], resources: ['*'] },
      applies: (binding, role) =>
        role.metadata.name === 'cluster-admin' && binding.kind === 'ClusterRoleBinding',
      means: 'may do everything in the cluster',
      isDeletable: true,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: cluster-admin }
        rules:
          - { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: binding, namespace: shop }
        subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
        roleRef: { kind: ClusterRole, name: cluster-admin, apiGroup: rbac.authorization.k8s.io }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRole
          metadata: { name: cluster-admin }
          rules:
            - { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: binding }
          subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
          roleRef: { kind: ClusterRole, name: cluster-admin, apiGroup: rbac.authorization.k8s.io }
        `,
        paths: [
          'relatedObjects[1].rules[0].resources[0]',
          'relatedObjects[1].rules[0].verbs[0]',
          'relatedObjects[1].rules[0].apiGroups[0]',
          'relatedObjects[0].subjects[0]',
          'relatedObjects[0].roleRef.name',
        ],
      },
    ],
  },
});
