import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grantCheck } from '../../rbac.ts';

export const administrativeRoles = defineControl({
  id: 'C-0035',
  name: 'Administrative Roles',
  baseScore: 6,
  category: 'Access control',
  why: 'A subject that may do everything to everything is one stolen credential away from losing the namespace or the whole cluster.',
  fix: 'Give the subject a role that names the resources and verbs it uses. Keep full rights for a break-glass group, and list that group in an exception with an owner and an end.',

  checks: [
    grantCheck({
      rule: 'rule-list-all-cluster-admins-v1',
      grant: { verbs: ['*'], apiGroups: ['*', ''], resources: ['*'] },
      means: 'may do everything to everything',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: deployer }
        rules:
          - { apiGroups: [apps], resources: [deployments], verbs: [get, list, update] }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: deployers }
        subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
        roleRef: { kind: ClusterRole, name: deployer, apiGroup: rbac.authorization.k8s.io }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRole
          metadata: { name: everything }
          rules:
            - { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: ci }
          subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
          roleRef: { kind: ClusterRole, name: everything, apiGroup: rbac.authorization.k8s.io }
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
