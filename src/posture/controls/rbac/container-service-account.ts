import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { bindingCheck, derived, subjectName, subjectsOf } from '../../rbac.ts';

export const containerServiceAccount = defineControl({
  id: 'C-0053',
  name: 'Access container service account',
  baseScore: 6,
  category: 'Access control',
  why: 'Whoever breaks into a container has the rights of its ServiceAccount. Every right that the account has should be one that the application uses.',
  fix: 'Look at each binding of a ServiceAccount: drop it where the application does not use the API, and narrow its role where it does.',

  checks: [
    bindingCheck('access-container-service-account-v1', (binding, role) =>
      subjectsOf(binding)
        .filter(({ item }) => item.kind === 'ServiceAccount')
        .map(({ item }) => ({
          message: `${subjectName(item)} has the rights of ${role.kind} ${role.metadata.name}: does it need them?`,
          failedPaths: [],
          fixPaths: [],
          ...derived(item, binding, role),
        })),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: role }
        rules:
          - { apiGroups: [''], resources: [pods], verbs: [get] }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: binding }
        subjects: [{ kind: Group, name: developers, apiGroup: rbac.authorization.k8s.io }]
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
          subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
          roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
        `,
        paths: [],
      },
    ],
  },
});
