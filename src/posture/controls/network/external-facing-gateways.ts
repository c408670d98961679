import type { KubeObject } from '../../../model/object.ts';
import { virtualServicesTo } from '../../checks/istio.ts';
import { isExposed, servicesOf } from '../../checks/services.ts';
import { type Breach, type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf, workloadKinds } from '../../pod-spec.ts';

export const externalFacingGateways = defineControl({
  id: 'C-0266',
  name: 'Exposure to internet via Gateway API or Istio Ingress',
  baseScore: 7,
  category: 'Network',
  why: 'Gateways open workloads to the internet without an Ingress, and are easily forgotten when somebody asks what is open.',
  fix: 'Take the route out where nobody needs it, or attach it to an internal gateway. Where it is meant, see that the workload’s other findings are mended, and except this one.',

  checks: [
    {
      rule: 'exposure-to-internet-via-gateway-api',
      kinds: workloadKinds,
      judge: (object, { view }) =>
        servicesOf(view, object)
          .filter((service) => !isExposed(service))
          .flatMap((service) => routesTo(view, service)),
    },
    {
      rule: 'exposure-to-internet-via-istio-ingress',
      kinds: workloadKinds,
      judge: (object, { view }) =>
        servicesOf(view, object).flatMap((service) => virtualServicesTo(view, service)),
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
          apiVersion: gateway.networking.k8s.io/v1
          kind: HTTPRoute
          metadata: { name: shop, namespace: shop }
          spec: { rules: [{ backendRefs: [{ kind: Service, name: shop, port: 80 }] }] }
        `,
        paths: [],
      },
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
          apiVersion: networking.istio.io/v1
          kind: VirtualService
          metadata: { name: shop, namespace: shop }
          spec: { gateways: [edge/public], hosts: [shop.example.com], http: [{ route: [{ destination: { host: shop } }] }] }
          ---
          apiVersion: networking.istio.io/v1
          kind: Gateway
          metadata: { name: public, namespace: edge }
          spec: { selector: { istio: ingressgateway } }
          ---
          apiVersion: v1
          kind: Service
          metadata: { name: istio-ingressgateway, namespace: istio-system, labels: { istio: ingressgateway } }
          spec: { type: LoadBalancer }
        `,
        paths: [],
      },
    ],
  },
});

interface RouteSpec {
  readonly rules?: readonly {
    readonly backendRefs?: readonly { readonly kind?: string; readonly name?: string }[];
  }[];
}

function routesTo(view: ClusterView, service: KubeObject): Breach[] {
  const { name, namespace = '' } = service.metadata;
  return ['HTTPRoute', 'TCPRoute', 'UDPRoute'].flatMap((kind) =>
    view.list(kind, namespace).flatMap((route) => {
      const spec = route['spec'] as RouteSpec | null | undefined;
      const places = itemsOf(spec?.rules).flatMap(({ item, index: i }) =>
        itemsOf(item.backendRefs).flatMap(({ item: ref, index: j }) =>
          (ref.kind ?? 'Service') === 'Service' && ref.name === name
            ? [`spec.rules[${i}].backendRefs[${j}].name`]
            : [],
        ),
      );
      if (places.length === 0) return [];
      return [
        {
          message: `${kind} ${route.metadata.name} opens it to the outside, by Service ${name}`,
          failedPaths: [],
          fixPaths: [],
          related: [route, service],
          relatedPlaces: [{ reviewPaths: places, failedPaths: places }, {}],
        },
      ];
    }),
  );
}
