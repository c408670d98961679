import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { textsOf } from '../../pod-spec.ts';
import { grantCheck } from '../../rbac.ts';

export const coreDnsPoisoning = defineControl({
  id: 'C-0037',
  name: 'CoreDNS poisoning',
  baseScore: 4,
  category: 'Access control',
  why: 'CoreDNS is configured by a ConfigMap. Who may change it can send any name to an address of their own.',
  fix: 'Take `update` and `patch` of ConfigMaps out of the role, or name others than `coredns` in `resourceNames`.',

  checks: [
    grantCheck({
      rule: 'rule-can-update-configmap-v1',
      grant: { verbs: ['update', 'patch', '*'], apiGroups: ['', '*'], resources: ['configmaps', '*'] },
      counts: ({ resourceNames }) =>
        // An empty list names all of them.
        !Array.isArray(resourceNames) ||
        resourceNames.length === 0 ||
        textsOf(resourceNames).some(({ text }) => text === 'coredns'),
      means: 'may change the configuration of CoreDNS',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: role }
        rules:
          - { apiGroups: [''], resources: [configmaps], resourceNames: [shop], verbs: [update] }
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
            - { apiGroups: [''], resources: [configmaps], verbs: [patch] }
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
      {
        yaml: yaml`
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRole
          metadata: { name: role }
          rules:
            - { apiGroups: [''], resources: [configmaps], resourceNames: [coredns], verbs: [update] }
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
