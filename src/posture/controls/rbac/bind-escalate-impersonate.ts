import { type Check, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grantCheck } from '../../rbac.ts';
import { impersonation } from './impersonation.ts';

export const bindEscalateImpersonate = defineControl({
  id: 'C-0191',
  name: 'Limit use of the Bind, Impersonate and Escalate permissions in the Kubernetes cluster',
  baseScore: 6,
  category: 'Access control',
  why: 'With `bind` or `escalate` a subject gives itself rights that it does not have; with `impersonate` it takes somebody else’s.',
  fix: 'Take these verbs out of the role; who hands out rights should have them.',

  checks: [escalationCheck(), ...impersonation.checks],

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
            - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind] }
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
            - { apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate] }
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
            - { apiGroups: [''], resources: [users], verbs: [impersonate] }
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

/** One rule of Kubescape that asks two things, and says so twice where `*` allows both. */
function escalationCheck(): Check {
  const about = ([verb, means]: readonly [string, string]) =>
    grantCheck({
      rule: 'rule-can-bind-escalate',
      grant: {
        verbs: [verb, '*'],
        apiGroups: ['rbac.authorization.k8s.io', '*'],
        resources: ['clusterroles', 'roles', '*'],
      },
      means,
    });
  const bind = about(['bind', 'may bind roles that it does not have']);
  const escalate = about(['escalate', 'may give roles rights that it does not have']);
  return {
    ...bind,
    judge: (object, context) => [...bind.judge(object, context), ...escalate.judge(object, context)],
  };
}
