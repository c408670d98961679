import { hasPodsWith, serviceSpecOf } from '../../checks/services.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { namespaceOf } from '../../namespaces.ts';

export const serviceWithoutWorkload = defineControl({
  id: 'C-0293',
  name: 'Service with no workload',
  baseScore: 3,
  category: 'Workload',
  why: 'A Service whose selector matches nothing answers nobody; who finds the name free can put pods with these labels there and take its traffic.',
  fix: 'Correct `spec.selector` to the labels of the pods, or delete the Service.',

  checks: [
    {
      rule: 'service-with-no-workload',
      kinds: ['Service'],
      asks: ['ReplicationController'],
      judge(service, { view }) {
        const { type, selector } = serviceSpecOf(service);
        if (type === 'ExternalName' || Object.keys(selector ?? {}).length === 0) return [];
        if (hasPodsWith(view, namespaceOf(service), selector)) return [];
        const message = 'its selector matches no workload of the namespace';
        return [{ message, failedPaths: ['spec.selector'], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Service
        metadata: { name: shop, namespace: shop }
        spec: { type: ClusterIP, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
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
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop }
          spec: { type: ClusterIP, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
        `,
        paths: ['spec.selector'],
      },
    ],
  },
});
