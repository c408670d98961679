import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { automountServiceAccount } from './automount-service-account.ts';

export const automountWhereNecessary = defineControl({
  id: 'C-0190',
  name: 'Ensure that Service Account Tokens are only mounted where necessary',
  baseScore: 5,
  category: 'Workload',
  why: 'The token of a ServiceAccount lies in every container that does not say otherwise; whoever breaks in may do what the account may.',
  fix: 'Set `automountServiceAccountToken: false` in the account, and `true` in the pods that use the API.',

  checks: automountServiceAccount.checks,

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { automountServiceAccountToken: false, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { automountServiceAccountToken: true, containers: [{ name: web }] }
        `,
        paths: ['spec.automountServiceAccountToken'],
      },
    ],
  },
});
