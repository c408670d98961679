import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';
import { bindingCheck, derived, subjectName, subjectsOf } from '../../rbac.ts';

export const dashboardAccess = defineControl({
  id: 'C-0014',
  name: 'Access Kubernetes dashboard',
  baseScore: 2,
  category: 'Access control',
  why: 'The account of the Kubernetes dashboard may do much, in old versions everything. Who is bound to its role, or runs as it, may do that without logging in.',
  fix: 'Bind other subjects to a role of their own and let other workloads run as another ServiceAccount; remove the dashboard where nobody needs it.',

  checks: [
    bindingCheck('rule-access-dashboard-subject-v1', (binding, role) => {
      if (role.metadata.name !== dashboard) return [];
      const subjects = subjectsOf(binding);
      return subjects
        .filter(({ item }) => item.name !== dashboard)
        .flatMap(({ item }) =>
          // Upstream names every subject of the binding for each that is not the dashboard.
          subjects.map(({ index }): Breach => {
            const places = [`relatedObjects[0].subjects[${index}]`, 'relatedObjects[0].roleRef.name'];
            return {
              message: `${subjectName(item)} has the role of the dashboard`,
              reviewPaths: places,
              failedPaths: places,
              fixPaths: [],
              ...derived(item, binding, role),
            };
          }),
        );
    }),
    {
      rule: 'rule-access-dashboard-wl-v1',
      kinds: workloadKinds,
      judge(object) {
        const pod = podOf(object);
        if (pod?.spec.serviceAccountName !== dashboard || object.metadata.name.startsWith(dashboard))
          return [];
        const places = [`${pod.path}.serviceAccountName`];
        const message = 'it runs as the dashboard’s ServiceAccount';
        return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: kubernetes-dashboard }
        rules:
          - { apiGroups: [''], resources: [pods], verbs: [get] }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: binding }
        subjects: [{ kind: ServiceAccount, name: kubernetes-dashboard, namespace: tools }]
        roleRef: { kind: ClusterRole, name: kubernetes-dashboard, apiGroup: rbac.authorization.k8s.io }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRole
          metadata: { name: kubernetes-dashboard }
          rules:
            - { apiGroups: [''], resources: [pods], verbs: [get] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: binding }
          subjects: [{ kind: ServiceAccount, name: deployer, namespace: ci }]
          roleRef: { kind: ClusterRole, name: kubernetes-dashboard, apiGroup: rbac.authorization.k8s.io }
        `,
        paths: ['relatedObjects[0].subjects[0]', 'relatedObjects[0].roleRef.name'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { serviceAccountName: kubernetes-dashboard, containers: [{ name: web }] }
        `,
        paths: ['spec.serviceAccountName'],
      },
    ],
  },
});

const dashboard = 'kubernetes-dashboard';
