import type { KubeObject } from '../../../model/object.ts';
import { isExposed, serviceSpecOf, servicesOf } from '../../checks/services.ts';
import { type Breach, type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, itemsOf, workloadKinds } from '../../pod-spec.ts';

export const externalFacing = defineControl({
  id: 'C-0256',
  name: 'External facing',
  baseScore: 7,
  category: 'Network',
  why: 'What the internet reaches is attacked from the first minute on; everything else about such a workload matters more.',
  fix: 'Close the way in where nobody needs it: a Service of type ClusterIP, no Ingress rule. Where it is meant, see that the workload’s other findings are mended, and except this one.',

  checks: [
    {
      rule: 'exposure-to-internet',
      kinds: workloadKinds,
      judge(object, { view }) {
        return servicesOf(view, object).flatMap((service) =>
          isExposed(service) ? byService(object, service) : byIngress(view, service),
        );
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
          spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
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
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: { name: shop, namespace: shop }
          spec:
            rules: [{ http: { paths: [{ path: /, backend: { service: { name: shop, port: { number: 80 } } } }] } }]
        `,
        paths: [],
      },
    ],
  },
});

function byService(object: KubeObject, service: KubeObject): Breach[] {
  const ports = itemsOf(serviceSpecOf(service).ports).map(({ item }) => item.targetPort);
  if (!ports.some((port) => typeof port !== 'string' || hasPort(object, port))) return [];
  const places = ['spec.type'];
  return [
    {
      message: `Service ${service.metadata.name} opens it to the outside`,
      failedPaths: [],
      fixPaths: [],
      related: [service],
      relatedPlaces: [{ reviewPaths: places, failedPaths: places }],
    },
  ];
}

/** A named port that no container has leads nowhere. */
function hasPort(object: KubeObject, name: string): boolean {
  return containersOf(object).some(({ container }) =>
    itemsOf(container.ports).some(({ item }) => item.name === name),
  );
}

interface IngressSpec {
  readonly rules?: readonly {
    readonly http?: {
      readonly paths?: readonly { readonly backend?: { readonly service?: { readonly name?: string } } }[];
    };
  }[];
}

function byIngress(view: ClusterView, service: KubeObject): Breach[] {
  const namespace = service.metadata.namespace ?? '';
  return view.list('Ingress', namespace).flatMap((ingress) => {
    const spec = ingress['spec'] as IngressSpec | null | undefined;
    const places = itemsOf(spec?.rules).flatMap(({ item: rule, index: i }) =>
      itemsOf(rule.http?.paths).flatMap(({ item: { backend }, index: j }) =>
        backend?.service?.name === service.metadata.name
          ? [`spec.rules[${i}].http.paths[${j}].backend.service.name`]
          : [],
      ),
    );
    if (places.length === 0) return [];
    return [
      {
        message: `Ingress ${ingress.metadata.name} opens it to the outside, by Service ${service.metadata.name}`,
        failedPaths: [],
        fixPaths: [],
        related: [ingress, service],
        relatedPlaces: [{ reviewPaths: places, failedPaths: places }, {}],
      },
    ];
  });
}
