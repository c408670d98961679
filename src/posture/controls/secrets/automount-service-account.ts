import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { getIn, namespaceOf } from '../../namespaces.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const automountServiceAccount = defineControl({
  id: 'C-0034',
  name: 'Automatic mapping of service account',
  baseScore: 6,
  category: 'Secrets',
  why: 'A token for the Kubernetes API that lies in a container which never calls the API serves only those who break in.',
  fix: 'Set `automountServiceAccountToken: false` in the pod, or in its ServiceAccount. What does call the API gets a service account of its own with only the rights it needs.',

  checks: [
    {
      rule: 'automount-service-account',
      kinds: workloadKinds,
      judge(object, { view }) {
        const pod = podOf(object);
        if (pod === undefined) return [];
        const { automountServiceAccountToken: own, serviceAccountName, serviceAccount } = pod.spec;
        // What the pod says goes before what its account says.
        if (own === false) return [];
        const path = `${pod.path}.automountServiceAccountToken`;
        const fixPaths = [{ path, value: 'false' }];
        if (own === true) {
          return [{ message: 'the pod has a service account token mounted', failedPaths: [path], fixPaths }];
        }
        const name = serviceAccountName || serviceAccount || 'default';
        const account = getIn(view, 'ServiceAccount', namespaceOf(object), name);
        if (account?.['automountServiceAccountToken'] === false) return [];
        const message = `the token of service account ${name} is mounted, as neither pod nor account says otherwise`;
        return [{ message, failedPaths: [], fixPaths }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { automountServiceAccountToken: false, containers: [{ name: web }] }
      `,
      yaml`
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: web, namespace: shop }
        automountServiceAccountToken: false
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
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { automountServiceAccountToken: true, containers: [{ name: web }] }
        `,
        paths: ['spec.automountServiceAccountToken'],
      },
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop, namespace: shop }
          spec: { template: { spec: { containers: [{ name: web }] } } }
        `,
        paths: ['spec.template.spec.automountServiceAccountToken'],
      },
    ],
  },
});
