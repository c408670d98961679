import { selectsAny } from '../../checks/services.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { namespaceOf } from '../../namespaces.ts';
import { type LabelSelector, selectsEverything } from '../../selectors.ts';

export const danglingNetworkPolicy = defineControl({
  id: 'C-0299',
  name: 'Dangling NetworkPolicy',
  baseScore: 4,
  category: 'Network',
  why: 'A network policy that selects nothing protects nothing, while everybody believes it does.',
  fix: 'Correct `spec.podSelector` to the labels of the pods, or delete the policy.',

  checks: [
    {
      rule: 'dangling-networkpolicy',
      kinds: ['NetworkPolicy'],
      asks: ['ReplicationController'],
      judge(policy, { view }) {
        const selector = (policy['spec'] as { podSelector?: LabelSelector } | null | undefined)?.podSelector;
        if (selector === undefined || selector === null || selectsEverything(selector)) return [];
        if (selectsAny(view, namespaceOf(policy), selector)) return [];
        const message = 'its selector matches no workload of the namespace';
        return [{ message, failedPaths: ['spec.podSelector'], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: deny-by-default, namespace: shop }
        spec: { podSelector: { matchLabels: { app: shop } }, policyTypes: [Ingress] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop, namespace: shop }
        spec:
          selector: { matchLabels: { app: shop } }
          template:
            metadata: { labels: { app: shop } }
            spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: networking.k8s.io/v1
          kind: NetworkPolicy
          metadata: { name: deny-by-default, namespace: shop }
          spec: { podSelector: { matchLabels: { app: gone } }, policyTypes: [Ingress] }
          ---
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop, namespace: shop }
          spec:
            selector: { matchLabels: { app: shop } }
            template:
              metadata: { labels: { app: shop } }
              spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
        `,
        paths: ['spec.podSelector'],
      },
    ],
  },
});
