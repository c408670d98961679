import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grantCheck } from '../../rbac.ts';

export const deleteRights = defineControl({
  id: 'C-0007',
  name: 'Roles with delete capabilities',
  baseScore: 5,
  category: 'Access control',
  why: 'Whoever may delete workloads, Services or Secrets can bring the application down, and wipe traces of what else they did.',
  fix: 'Take the verbs `delete` and `deletecollection` out of the role, or name the objects that may be deleted in `resourceNames`.',

  checks: [
    grantCheck({
      rule: 'rule-excessive-delete-rights-v1',
      grant: {
        verbs: ['delete', 'deletecollection', '*'],
        apiGroups: ['', '*', 'apps', 'batch'],
        resources: [
          'secrets',
          'pods',
          'services',
          'deployments',
          'replicasets',
          'daemonsets',
          'statefulsets',
          'jobs',
          'cronjobs',
          '*',
        ],
      },
      means: 'may delete workloads, Services or Secrets',
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
            - { apiGroups: [apps], resources: [deployments], verbs: [get, delete] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: binding }
          subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
          roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
        `,
        paths: [
          'relatedObjects[1].rules[0].resources[0]',
          'relatedObjects[1].rules[0].verbs[1]',
          'relatedObjects[1].rules[0].apiGroups[0]',
          'relatedObjects[0].subjects[0]',
          'relatedObjects[0].roleRef.name',
        ],
      },
    ],
  },
});
