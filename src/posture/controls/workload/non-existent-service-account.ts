import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { getIn, namespaceOf } from '../../namespaces.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const nonExistentServiceAccount = defineControl({
  id: 'C-0307',
  name: 'Non-existent service account',
  baseScore: 5,
  category: 'Workload',
  why: 'Pods whose ServiceAccount is not there do not start; who makes an account of that name decides what they may do.',
  fix: 'Make the ServiceAccount, or correct `serviceAccountName`.',

  checks: [
    {
      rule: 'non-existent-service-account',
      kinds: workloadKinds,
      judge(object, { view }) {
        const pod = podOf(object);
        const name = pod?.spec.serviceAccountName;
        if (pod === undefined || typeof name !== 'string' || name === '' || name === 'default') return [];
        const namespace = namespaceOf(object);
        if (getIn(view, 'ServiceAccount', namespace, name) !== undefined) return [];
        const message = `there is no ServiceAccount ${name} in the namespace ${namespace}`;
        return [{ message, failedPaths: [`${pod.path}.serviceAccountName`], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { serviceAccountName: default, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { serviceAccountName: gone, containers: [{ name: web }] }
        `,
        paths: ['spec.serviceAccountName'],
      },
    ],
  },
});
