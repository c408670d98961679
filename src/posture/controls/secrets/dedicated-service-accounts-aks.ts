import { defaultAccountRoles } from '../../checks/default-service-accounts.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const dedicatedServiceAccountsAks = defineControl({
  id: 'C-0239',
  name: 'Prefer using dedicated AKS Service Accounts',
  baseScore: 7,
  category: 'Secrets',
  why: 'A right of the account `default` is a right of every pod that names no account of its own.',
  fix: 'Bind the role to a ServiceAccount made for the workload, and let its pods use that one.',

  checks: [defaultAccountRoles],

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
        subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
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
          subjects: [{ kind: ServiceAccount, name: default, namespace: shop }]
          roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
        `,
        paths: ['subjects[0]'],
      },
    ],
  },
});
