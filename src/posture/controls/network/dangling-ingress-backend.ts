import type { KubeObject } from '../../../model/object.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { getIn, namespaceOf } from '../../namespaces.ts';
import { itemsOf } from '../../pod-spec.ts';

export const danglingIngressBackend = defineControl({
  id: 'C-0298',
  name: 'Dangling Ingress backend',
  baseScore: 4,
  category: 'Network',
  why: 'A rule for a Service that is not there answers with an error, and sends users to whoever makes a Service of that name.',
  fix: 'Correct the name, make the Service, or take the rule out.',

  checks: [
    {
      rule: 'dangling-ingress-backend',
      kinds: ['Ingress'],
      judge(ingress, { view }) {
        const namespace = namespaceOf(ingress);
        return backendsOf(ingress)
          .filter(({ name }) => getIn(view, 'Service', namespace, name) === undefined)
          .map(({ name, path }) => ({
            message: `there is no Service ${name} in the namespace ${namespace}`,
            failedPaths: [path],
            fixPaths: [],
          }));
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: shop, namespace: shop }
        spec:
          rules: [{ http: { paths: [{ path: /, backend: { service: { name: shop, port: { number: 80 } } } }] } }]
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
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: { name: shop, namespace: shop }
          spec:
            rules: [{ http: { paths: [{ path: /, backend: { service: { name: shop, port: { number: 80 } } } }] } }]
        `,
        paths: ['spec.rules[0].http.paths[0].backend.service.name'],
      },
      {
        yaml: yaml`
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: { name: shop, namespace: shop }
          spec: { defaultBackend: { service: { name: gone, port: { number: 80 } } } }
        `,
        paths: ['spec.defaultBackend.service.name'],
      },
    ],
  },
});

interface Backend {
  readonly service?: { readonly name?: unknown };
}

interface IngressSpec {
  readonly defaultBackend?: Backend;
  readonly rules?: readonly {
    readonly http?: { readonly paths?: readonly { readonly backend?: Backend }[] };
  }[];
}

function backendsOf(ingress: KubeObject): { readonly name: string; readonly path: string }[] {
  const spec = ingress['spec'] as IngressSpec | null | undefined;
  const backends = itemsOf(spec?.rules).flatMap(({ item: rule, index: i }) =>
    itemsOf(rule.http?.paths).map(({ item, index: j }) => ({
      name: item.backend?.service?.name,
      path: `spec.rules[${i}].http.paths[${j}].backend.service.name`,
    })),
  );
  backends.push({ name: spec?.defaultBackend?.service?.name, path: 'spec.defaultBackend.service.name' });
  return backends.flatMap(({ name, path }) => (typeof name === 'string' ? [{ name, path }] : []));
}
