import { boundRoleCheck } from '../../checks/service-accounts.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grants } from '../../rbac.ts';

export const clusterTakeoverRoles = defineControl({
  id: 'C-0267',
  name: 'Workload with cluster takeover roles',
  baseScore: 6,
  category: 'Workload',
  why: 'A workload whose account may read Secrets or create pods is as good as the whole cluster to whoever breaks into it.',
  fix: 'Give the account a role that names what the application uses, or take its token out of the pods.',

  checks: [
    boundRoleCheck({
      rule: 'workload-with-cluster-takeover-roles',
      isWrong: (role) => takeovers.some((grant) => grants(role, grant)),
      means: 'may read Secrets, or create or change pods',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: web, namespace: shop }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: role }
        rules:
          - { apiGroups: [''], resources: [services], verbs: [get] }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: binding }
        subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
        roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { serviceAccountName: web, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: ServiceAccount
          metadata: { name: web, namespace: shop }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRole
          metadata: { name: role }
          rules:
            - { apiGroups: [''], resources: [secrets], verbs: [get] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: binding }
          subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
          roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { serviceAccountName: web, containers: [{ name: web }] }
        `,
        paths: [],
      },
    ],
  },
});

const takeovers = [
  { apiGroups: ['', '*'], resources: ['pods', '*'], verbs: ['create', 'update', 'patch', '*'] },
  { apiGroups: ['', '*'], resources: ['secrets', '*'], verbs: ['get', 'list', 'watch', '*'] },
];
