import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grantCheck } from '../../rbac.ts';

export const deleteEvents = defineControl({
  id: 'C-0031',
  name: 'Delete Kubernetes events',
  baseScore: 4,
  category: 'Access control',
  why: 'Events tell what happened in the cluster. An intruder who may delete them can hide.',
  fix: 'Take `delete` and `deletecollection` of events out of the role.',

  checks: [
    grantCheck({
      rule: 'rule-can-delete-k8s-events-v1',
      grant: { verbs: ['delete', 'deletecollection', '*'], apiGroups: ['', '*'], resources: ['events', '*'] },
      means: 'may delete events',
    }),
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
            - { apiGroups: [''], resources: [events], verbs: [delete] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: binding }
          subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
          roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
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
