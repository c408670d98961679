import { defaultAccountToken } from '../../checks/default-service-accounts.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { isAnyIndexed, ownAccountKey } from '../../index-keys.ts';

export const defaultServiceAccounts = defineControl({
  id: 'C-0189',
  name: 'Ensure that default service accounts are not actively used',
  baseScore: 5,
  category: 'Workload',
  why: 'The account `default` is what pods get that name none: its token is mounted in all of them, and a right of it is a right of all.',
  fix: 'Make a ServiceAccount for each application, and set `automountServiceAccountToken: false` in `default`.',

  checks: [
    defaultAccountToken,
    {
      rule: 'namespace-without-service-account',
      kinds: ['Namespace'],
      judge(namespace, { view }) {
        if (isAnyIndexed(view, 'ServiceAccount', [ownAccountKey(namespace.metadata.name)])) return [];
        const message = 'the namespace has no ServiceAccount but default';
        return [{ message, failedPaths: [], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Namespace
        metadata: { name: shop }
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: web, namespace: shop }
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: default, namespace: shop }
        automountServiceAccountToken: false
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Namespace
          metadata: { name: shop }
        `,
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: ServiceAccount
          metadata: { name: default, namespace: shop }
          automountServiceAccountToken: true
        `,
        paths: ['automountServiceAccountToken'],
      },
    ],
  },
});
