import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grantCheck } from '../../rbac.ts';

export const webhookConfigurations = defineControl({
  id: 'C-0281',
  name: 'Minimize access to webhook configuration objects',
  baseScore: 5,
  category: 'Access control',
  why: 'Admission webhooks see and change every object that is written. Who may configure them can read Secrets as they are made, and let anything in.',
  fix: 'Take webhook configurations out of the role; have a pipeline install them.',

  checks: [
    grantCheck({
      rule: 'rule-can-modify-admission-webhooks',
      grant: {
        verbs: ['create', 'update', 'delete', '*'],
        apiGroups: ['admissionregistration.k8s.io', '*'],
        resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations', '*'],
      },
      means: 'may change admission webhooks',
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
            - { apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [update] }
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
