import type { KubeObject } from '../../model/object.ts';
import type { Breach, ClusterView } from '../control.ts';
import { namespaceOf } from '../namespaces.ts';
import { itemsOf, textsOf } from '../pod-spec.ts';
import { isExposed } from './services.ts';

interface VirtualServiceSpec {
  readonly gateways?: readonly string[];
  readonly http?: readonly {
    readonly route?: readonly { readonly destination?: { readonly host?: unknown } }[];
  }[];
}

/**
 * A breach for each way from a public gateway of Istio to a Service.
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
 */
export function virtualServicesTo(view: ClusterView, service: KubeObject): Breach[] {
  return view.list('VirtualService').flatMap((virtual) => {
    const spec = virtual['spec'] as VirtualServiceSpec | null | undefined;
    const places = itemsOf(spec?.http).flatMap(({ item, index: i }) =>
      itemsOf(item.route).flatMap(({ item: route, index: j }) =>
        isHostOf(service, route.destination?.host, virtual)
          ? [`spec.http[${i}].routes[${j}].destination.host`]
          : [],
      ),
    );
    if (places.length === 0) return [];
    return publicGateways(view, virtual, spec).flatMap(({ gateway, entrance }) =>
      places.map((place) => ({
        message: `VirtualService ${virtual.metadata.name} opens it to the outside by gateway ${gateway.metadata.name}`,
        failedPaths: [],
        fixPaths: [],
        related: [virtual, entrance, gateway, service],
        relatedPlaces: [{ reviewPaths: [place], failedPaths: [place] }, {}, {}, {}],
      })),
    );
  });
}

/** A host may be the name alone, with the namespace, or the whole domain name. */
function isHostOf(service: KubeObject, host: unknown, virtual: KubeObject): boolean {
  if (typeof host !== 'string') return false;
  const [name, namespace = namespaceOf(virtual), ...rest] = host.split('.');
  const isInside = rest.length === 0 || rest[0] === 'svc';
  return isInside && name === service.metadata.name && namespace === namespaceOf(service);
}

interface Entrance {
  readonly gateway: KubeObject;
  /** The Service of the gateway’s pods. */
  readonly entrance: KubeObject;
}

function publicGateways(
  view: ClusterView,
  virtual: KubeObject,
  spec: VirtualServiceSpec | null | undefined,
): Entrance[] {
  return textsOf(spec?.gateways).flatMap(({ text }) => {
    const slash = text.indexOf('/');
    const namespace = slash < 0 ? namespaceOf(virtual) : text.slice(0, slash);
    const gateway = view.get('Gateway', namespace, text.slice(slash + 1));
    if (gateway === undefined) return [];
    const entrance = entranceOf(view, gateway);
    return entrance === undefined ? [] : [{ gateway, entrance }];
  });
}

/** The Service in front of the gateway when it is open to the outside, or the gateway says in its name that it is. */
function entranceOf(view: ClusterView, gateway: KubeObject): KubeObject | undefined {
  const { selector } = (gateway['spec'] ?? {}) as { selector?: unknown };
  const wanted = new Set(Object.values(typeof selector === 'object' && selector !== null ? selector : {}));
  const isNamedPublic = gateway.metadata.name.endsWith('public');
  return view
    .list('Service', 'istio-system')
    .find(
      (service) =>
        Object.values(service.metadata.labels ?? {}).some((value) => wanted.has(value)) &&
        (isNamedPublic || isExposed(service)),
    );
}
