import type { KubeObject } from '../../../model/object.ts';
import { serviceSpecOf } from '../../checks/services.ts';
import { type Breach, type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { listIndexed, loadBalancerKey } from '../../index-keys.ts';

export const azureLoadBalancerTls = defineControl({
  id: 'C-0245',
  name: 'Encrypt traffic to HTTPS load balancers with TLS certificates',
  baseScore: 8,
  category: 'Network',
  why: 'A public load balancer in front of the cluster takes plain HTTP from the internet; an internal one behind Application Gateway can leave TLS to that.',
  fix: 'Use an internal load balancer (the annotation of the Service), and an Ingress with `spec.tls` of the class `azure/application-gateway`.',

  checks: [
    {
      rule: 'encrypt-traffic-to-https-load-balancers-with-tls-certificates',
      kinds: ['Service', 'Ingress'],
      judge: (object, { view }) =>
        object.kind === 'Service' ? serviceBreaches(object) : ingressBreaches(object, view),
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Service
        metadata: { name: shop, namespace: shop, annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true" } }
        spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
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
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop, annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "false" } }
          spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
        `,
        paths: ['metadata.annotations[service.beta.kubernetes.io/azure-load-balancer-internal]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop, annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true" } }
          spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
          ---
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: { name: shop, namespace: shop }
          spec:
            rules: [{ http: { paths: [{ path: /, backend: { service: { name: shop, port: { number: 80 } } } }] } }]
        `,
        paths: ['spec.tls'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop, annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true" } }
          spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
          ---
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: { name: shop, namespace: shop, annotations: { kubernetes.io/ingress.class: nginx } }
          spec:
            rules: [{ http: { paths: [{ path: /, backend: { service: { name: shop, port: { number: 80 } } } }] } }]
            tls: [{ secretName: shop-tls }]
        `,
        paths: ['metadata.annotations[kubernetes.io/ingress.class]'],
      },
    ],
  },
});

const internal = 'service.beta.kubernetes.io/azure-load-balancer-internal';
const ingressClass = 'kubernetes.io/ingress.class';
const gateway = 'azure/application-gateway';

function serviceBreaches(service: KubeObject): Breach[] {
  const { type } = serviceSpecOf(service);
  if (type === undefined) return [];
  if (type !== 'LoadBalancer') return [{ message: 'it is no load balancer', failedPaths: [], fixPaths: [] }];
  if (isInternal(service)) return [];
  const fixPaths = [{ path: `metadata.annotations[${internal}]`, value: 'true' }];
  return [{ message: 'the load balancer is open to the internet', failedPaths: [], fixPaths }];
}

/** Ingresses count where an internal load balancer stands in front. */
function ingressBreaches(ingress: KubeObject, view: ClusterView): Breach[] {
  if (!listIndexed(view, 'Service', loadBalancerKey).some(isInternal)) return [];
  const tls = (ingress['spec'] as { tls?: readonly unknown[] } | null | undefined)?.tls;
  if (!Array.isArray(tls) || tls.length === 0) {
    const places = ['spec.tls'];
    return [{ message: 'it has no TLS', reviewPaths: places, failedPaths: places, fixPaths: [] }];
  }
  const own = ingress.metadata?.annotations?.[ingressClass];
  if (own === undefined || own === gateway) return [];
  const fixPaths = [{ path: `metadata.annotations[${ingressClass}]`, value: gateway }];
  return [{ message: `its class is ${own}`, failedPaths: [], fixPaths }];
}

function isInternal(service: KubeObject): boolean {
  return service.metadata?.annotations?.[internal] === 'true';
}
