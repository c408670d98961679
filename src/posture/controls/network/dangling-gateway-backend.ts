import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { getIn, namespaceOf } from '../../namespaces.ts';
import { itemsOf } from '../../pod-spec.ts';

export const danglingGatewayBackend = defineControl({
  id: 'C-0302',
  name: 'Dangling Gateway API backend',
  baseScore: 4,
  category: 'Network',
  why: 'A route to a Service that is not there answers with an error, and sends users to whoever makes a Service of that name.',
  fix: 'Correct the name or the namespace, make the Service, or take the route out.',

  checks: [
    {
      rule: 'dangling-gateway-backend',
      kinds: ['HTTPRoute', 'TCPRoute', 'UDPRoute'],
      judge(route, { view }) {
        const spec = route['spec'] as RouteSpec | null | undefined;
        return itemsOf(spec?.rules).flatMap(({ item, index: i }) =>
          itemsOf(item.backendRefs).flatMap(({ item: ref, index: j }) => {
            // Other kinds may be anything that a gateway knows.
            if ((ref.kind ?? 'Service') !== 'Service' || (ref.group ?? '') !== '') return [];
            if (typeof ref.name !== 'string') return [];
            const namespace = ref.namespace ?? namespaceOf(route);
            if (getIn(view, 'Service', namespace, ref.name) !== undefined) return [];
            const message = `there is no Service ${ref.name} in the namespace ${namespace}`;
            return [{ message, failedPaths: [`spec.rules[${i}].backendRefs[${j}].name`], fixPaths: [] }];
          }),
        );
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: { name: shop, namespace: shop }
        spec: { rules: [{ backendRefs: [{ kind: Service, name: shop, port: 80 }] }] }
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
          apiVersion: gateway.networking.k8s.io/v1
          kind: HTTPRoute
          metadata: { name: shop, namespace: shop }
          spec: { rules: [{ backendRefs: [{ kind: Service, name: shop, port: 80 }] }] }
        `,
        paths: ['spec.rules[0].backendRefs[0].name'],
      },
    ],
  },
});

interface RouteSpec {
  readonly rules?: readonly {
    readonly backendRefs?: readonly {
      readonly kind?: string;
      readonly group?: string;
      readonly namespace?: string;
      readonly name?: string;
    }[];
  }[];
}
