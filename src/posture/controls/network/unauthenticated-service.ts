import type { KubeObject } from '../../../model/object.ts';
import { servicesOf } from '../../checks/services.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { getIn, namespaceOf } from '../../namespaces.ts';
import { itemsOf, workloadKinds } from '../../pod-spec.ts';

export const unauthenticatedService = defineControl({
  id: 'C-0274',
  name: 'Verify Authenticated Service',
  baseScore: 7,
  category: 'Network',
  why: 'A service that answers anybody is open to every pod of the cluster, and to whoever breaks into one.',
  fix: 'Have the service ask who is there: a password or token of the application, mutual TLS by a service mesh; a network policy besides.',

  checks: [
    {
      rule: 'unauthenticated-service',
      kinds: workloadKinds,
      needs: ['ServiceScanResult'],
      judge: (object, { view }) =>
        servicesOf(view, object)
          .filter((service) =>
            isOpen(getIn(view, 'ServiceScanResult', namespaceOf(service), service.metadata.name)),
          )
          .map((service) => ({
            message: `Service ${service.metadata.name} answers without asking who is there`,
            reviewPaths: [],
            failedPaths: [],
            fixPaths: [],
          })),
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
        apiVersion: v1
        kind: Service
        metadata: { name: shop, namespace: shop }
        spec: { type: ClusterIP, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
        ---
        apiVersion: kubescape.io/v1
        kind: ServiceScanResult
        metadata: { name: shop, namespace: shop }
        spec: { ports: [{ port: 80, authenticated: true }] }
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
          ---
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop }
          spec: { type: ClusterIP, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
          ---
          apiVersion: kubescape.io/v1
          kind: ServiceScanResult
          metadata: { name: shop, namespace: shop }
          spec: { ports: [{ port: 80, authenticated: false }] }
        `,
        paths: [],
      },
    ],
  },
});

/** Whether the scan of a Service found a port that asks for nothing. */
function isOpen(result: KubeObject | undefined): boolean {
  const spec = result?.['spec'] as { ports?: readonly { authenticated?: unknown }[] } | null | undefined;
  return itemsOf(spec?.ports).some(({ item }) => item.authenticated === false);
}
