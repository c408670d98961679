import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { namespaceOf } from '../../namespaces.ts';
import { isSelected } from '../../network-policies.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const missingNetworkPolicy = defineControl({
  id: 'C-0260',
  name: 'Missing network policy',
  baseScore: 5,
  category: 'Network',
  why: 'A pod that no network policy selects takes connections from anywhere and opens them to anywhere.',
  fix: 'Add a NetworkPolicy whose `podSelector` selects the pods, or one with an empty selector for the whole namespace.',

  checks: [
    {
      rule: 'ensure_network_policy_configured_in_labels',
      kinds: workloadKinds,
      judge(object, { view }) {
        if (isSelected(view, namespaceOf(object), podOf(object)?.labels ?? {})) return [];
        return [{ message: 'no network policy selects its pods', failedPaths: [], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop, namespace: shop }
        spec:
          selector: { matchLabels: { app: shop } }
          template:
            metadata: { labels: { app: shop } }
            spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: deny-by-default, namespace: shop }
        spec: { podSelector: {}, policyTypes: [Ingress] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop, namespace: shop }
          spec:
            selector: { matchLabels: { app: shop } }
            template:
              metadata: { labels: { app: shop } }
              spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
        `,
        paths: [],
      },
    ],
  },
});
