import type { KubeObject } from '../../../model/object.ts';
import { serviceSpecOf, servicesOf } from '../../checks/services.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf, workloadKinds } from '../../pod-spec.ts';

export const sensitiveInterfaces = defineControl({
  id: 'C-0021',
  name: 'Exposed sensitive interfaces',
  baseScore: 6,
  category: 'Workload',
  why: 'Some tools let whoever reaches them run things in the cluster, many without a password. Scanners look for them all day.',
  fix: 'Take the Service of type LoadBalancer or NodePort away and use `kubectl port-forward`, or put a proxy that asks who is there in front. Names of such tools are in the input `sensitiveInterfaces`.',

  checks: [
    {
      rule: 'exposed-sensitive-interfaces-v1',
      kinds: workloadKinds,
      judge(object, { view, inputs }) {
        const { name, namespace } = object.metadata;
        if (!(inputs['sensitiveInterfaces'] ?? []).some((part) => String(name).includes(part))) return [];
        const places = ['spec.selector.matchLabels', 'spec.selector'];
        return servicesOf(view, object)
          .filter(isReachable)
          .map((service) => ({
            message: `Service ${service.metadata.name} opens it to the outside`,
            reviewPaths: places,
            failedPaths: places,
            fixPaths: [],
            external: { name, namespace, kind: object.kind, relatedObjects: [service] },
            related: [service],
          }));
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: jenkins, namespace: shop }
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
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: jenkins, namespace: shop }
          spec:
            selector: { matchLabels: { app: shop } }
            template:
              metadata: { labels: { app: shop } }
              spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
          ---
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop }
          spec: { type: NodePort, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
        `,
        paths: ['spec.selector.matchLabels', 'spec.selector'],
      },
    ],
  },
});

/** A load balancer counts once it has an address. */
function isReachable(service: KubeObject): boolean {
  const { type } = serviceSpecOf(service);
  if (type !== 'LoadBalancer') return type === 'NodePort';
  const status = service['status'] as
    | { loadBalancer?: { ingress?: readonly { ip?: unknown; hostname?: unknown }[] } | null }
    | null
    | undefined;
  const [first] = itemsOf(status?.loadBalancer?.ingress);
  return (first?.item.ip ?? first?.item.hostname ?? undefined) !== undefined;
}
