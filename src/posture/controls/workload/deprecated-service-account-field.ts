import { isSet } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const deprecatedServiceAccountField = defineControl({
  id: 'C-0294',
  name: 'Deprecated serviceAccount field',
  baseScore: 3,
  category: 'Workload',
  why: 'The field `serviceAccount` is an old name; tools that read only the new one take such a pod for one that runs as `default`.',
  fix: 'Name the account in `serviceAccountName` instead.',

  checks: [
    {
      rule: 'deprecated-service-account-field',
      kinds: workloadKinds,
      judge(object) {
        const pod = podOf(object);
        const account = pod?.spec.serviceAccount;
        if (pod === undefined || typeof account !== 'string') return [];
        // The API server itself writes both.
        if (account === pod.spec.serviceAccountName) return [];
        const places = [`${pod.path}.serviceAccount`];
        const isNamed = isSet(pod.spec.serviceAccountName);
        const fixPaths = isNamed ? [] : [{ path: `${pod.path}.serviceAccountName`, value: account }];
        const message = 'it names its ServiceAccount by the old field';
        return [{ message, deletePaths: places, failedPaths: places, fixPaths }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
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
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { serviceAccount: web, containers: [{ name: web }] }
        `,
        paths: ['spec.serviceAccount', 'spec.serviceAccountName'],
      },
    ],
  },
});
