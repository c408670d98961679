import type { KubeObject } from '../../../model/object.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf, textsOf } from '../../pod-spec.ts';
import { bindingCheck, derived, type PolicyRule, subjectsOf } from '../../rbac.ts';

export const authenticatedUsers = defineControl({
  id: 'C-0265',
  name: 'system:authenticated user has elevated roles',
  baseScore: 7,
  category: 'Control plane',
  why: 'The group `system:authenticated` holds everybody with any login, on some clouds everybody with an account of that cloud.',
  fix: 'Bind the role to a group of your own, and leave `system:authenticated` what Kubernetes itself gives it.',

  checks: [
    bindingCheck('system-authenticated-allowed-to-take-over-cluster', (binding, role) => {
      if (!isBound(binding, role) || !reaches(role)) return [];
      return subjectsOf(binding)
        .filter(({ item }) => item.kind === 'Group' && item.name === 'system:authenticated')
        .map(({ item, index }) => {
          const places = ['', `relatedObjects[0].subjects[${index}]`, 'relatedObjects[1].roleRef.name'];
          return {
            message: `every user who is logged in has ${role.kind} ${role.metadata.name}, which reaches workloads, nodes or Secrets`,
            reviewPaths: places,
            failedPaths: places,
            fixPaths: [],
            ...derived(item, binding, role),
          };
        });
    }),
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
            - { apiGroups: [''], resources: [pods], verbs: [get] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: binding }
          subjects: [{ kind: Group, name: system:authenticated, apiGroup: rbac.authorization.k8s.io }]
          roleRef: { kind: ClusterRole, name: role, apiGroup: rbac.authorization.k8s.io }
        `,
        paths: ['', 'relatedObjects[0].subjects[0]', 'relatedObjects[1].roleRef.name'],
      },
    ],
  },
});

/** Upstream looks at bindings of a role of their own sort only: a RoleBinding of a ClusterRole reaches one namespace. */
function isBound(binding: KubeObject, role: KubeObject): boolean {
  return binding.kind === `${role.kind}Binding`;
}

const sensitive: readonly string[] = [
  '*',
  'pods',
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'deployments',
  'statefulsets',
  'statefulset',
  'daemonsets',
  'daemonset',
  'jobs',
  'cronjobs',
  'nodes',
  'secrets',
];

function reaches(role: KubeObject): boolean {
  return itemsOf(role['rules'] as readonly PolicyRule[] | undefined).some(({ item }) =>
    textsOf(item.resources).some(({ text }) => sensitive.includes(text)),
  );
}
