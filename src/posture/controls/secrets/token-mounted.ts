import type { KubeObject } from '../../../model/object.ts';
import { accountKey, bindingsOf, serviceAccountOf } from '../../checks/service-accounts.ts';
import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { subjectKey } from '../../index-keys.ts';
import { namespaceOf } from '../../namespaces.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const tokenMounted = defineControl({
  id: 'C-0261',
  name: 'ServiceAccount token mounted',
  baseScore: 7,
  category: 'Secrets',
  why: 'A token in a container that has rights is a way from the application into the API.',
  fix: 'Set `automountServiceAccountToken: false` in the pod where the application does not use the API; else give the account no more than it uses.',

  checks: [
    {
      rule: 'serviceaccount-token-mount',
      kinds: workloadKinds,
      judge(object, { view }) {
        const pod = podOf(object);
        if (pod === undefined || pod.spec.automountServiceAccountToken === false) return [];
        const account = serviceAccountOf(object, pod, view);
        if (account === undefined || !hasRights(account, view)) return [];
        const place = `${pod.path}.automountServiceAccountToken`;
        const message = `its pods get the token of ServiceAccount ${account.metadata.name}, which has rights`;
        const isSaid = pod.spec.automountServiceAccountToken === true;
        return [
          {
            message,
            reviewPaths: isSaid ? [place] : [],
            failedPaths: isSaid ? [place] : [],
            fixPaths: isSaid ? [] : [{ path: place, value: 'false' }],
            related: [account],
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: web, namespace: shop }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { serviceAccountName: web, containers: [{ name: web }] }
      `,
      yaml`
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: web, namespace: shop }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { serviceAccountName: web, automountServiceAccountToken: false, containers: [{ name: web }] }
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
            - { apiGroups: [''], resources: [pods], verbs: [get] }
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
        paths: ['spec.automountServiceAccountToken'],
      },
    ],
  },
});

/** By a binding of its own, or of one of the groups that all accounts are in. */
function hasRights(account: KubeObject, view: ClusterView): boolean {
  const groups = [
    'system:authenticated',
    'system:serviceaccounts',
    `system:serviceaccounts:${namespaceOf(account)}`,
  ];
  const keys = [accountKey(account), ...groups.map((group) => subjectKey('Group', '', group))];
  return keys.some((key) => bindingsOf(view, key).length > 0);
}
