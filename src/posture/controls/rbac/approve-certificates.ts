import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grantCheck } from '../../rbac.ts';

export const approveCertificates = defineControl({
  id: 'C-0280',
  name: 'Minimize access to the approval sub-resource of certificatesigningrequests objects',
  baseScore: 5,
  category: 'Access control',
  why: 'Who may approve certificate requests can make a certificate for any name, a cluster administrator’s too, and it stays valid until it expires.',
  fix: 'Take `certificatesigningrequests/approval` out of the role; leave approval to the controller manager or to one controller that you trust.',

  checks: [
    grantCheck({
      rule: 'rule-can-approve-cert-signing-request',
      grant: {
        verbs: ['update', '*'],
        apiGroups: ['certificates.k8s.io', '*'],
        resources: ['certificatesigningrequests/approval', '*'],
      },
      means: 'may approve certificate requests',
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
            - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update] }
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
