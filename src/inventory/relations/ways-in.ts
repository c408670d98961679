import { type KubeObject, keyOf, type ObjectRef, refOf } from '../../model/object.ts';
import { type Fields, fieldsAt, fieldsList, textList, textOf } from '../index/fields.ts';
import { type ListeningPort, protocolOf } from './network-policy.ts';
import type { ObjectsView } from './objects-view.ts';

/** How something is reached from outside of the cluster. */
export type WayKind =
  | 'load-balancer'
  | 'node-port'
  | 'external-ip'
  | 'ingress'
  | 'gateway'
  | 'host-network'
  | 'host-port';

/** How far away somebody may be who takes the way. */
export type WayScope =
  /** Whoever can reach an address that is made for the outside. */
  | 'outside'
  /** A load balancer that its annotations keep within a private network. */
  | 'private'
  /** Only these addresses. */
  | { readonly sources: readonly string[] }
  /** Whoever can reach a node. */
  | 'nodes';

/** What a way in ends at, before it is known which pods that is. */
export interface ServiceWay {
  readonly kind: WayKind;
  readonly scope: WayScope;
  /** From outside inwards, the Service last. */
  readonly through: readonly ObjectRef[];
  /** Names that it is asked by; empty for any. */
  readonly hosts: readonly string[];
  /** Ports of the Service that it leads to. */
  readonly ports: readonly ServicePort[];
}

/** A port of a Service, and the number or name of the pods' port behind it. */
export interface ServicePort {
  readonly name: string;
  readonly protocol: ListeningPort['protocol'];
  readonly port: number;
  readonly target: number | string;
}

/** Annotations by which clouds keep a load balancer private, and values that mean it. Source: the providers' documentation. */
const privateAnnotations: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['service.beta.kubernetes.io/aws-load-balancer-internal', ['true', '0.0.0.0/0']],
  ['service.beta.kubernetes.io/aws-load-balancer-scheme', ['internal']],
  ['service.beta.kubernetes.io/azure-load-balancer-internal', ['true']],
  ['networking.gke.io/load-balancer-type', ['internal']],
  ['cloud.google.com/load-balancer-type', ['internal']],
  ['service.beta.kubernetes.io/oci-load-balancer-internal', ['true']],
];

const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;

/** Every way from outside to a Service, by the key of the Service. */
export function serviceWays(view: ObjectsView): ReadonlyMap<string, readonly ServiceWay[]> {
  const services: Services = new Map(view.list('Service').map((service) => [keyOf(refOf(service)), service]));
  const ways = new Map<string, ServiceWay[]>();
  const all = [
    ...[...services.values()].flatMap(ownWays),
    ...view.list('Ingress').flatMap((ingress) => ingressWays(ingress, services)),
    ...routeKinds.flatMap((kind) => view.list(kind).flatMap((route) => routeWays(view, route, services))),
  ];
  for (const way of all) {
    const service = way.through.at(-1);
    if (service === undefined) continue;
    const key = keyOf(service);
    const known = ways.get(key);
    if (known === undefined) ways.set(key, [way]);
    else known.push(way);
  }
  return ways;
}

/** By key. */
type Services = ReadonlyMap<string, KubeObject>;

function ingressWays(ingress: KubeObject, services: Services): readonly ServiceWay[] {
  const ref = refOf(ingress);
  return backendsOf(ingress).flatMap(([name, port, hosts]) =>
    routed('ingress', [ref], hosts, services.get(`/Service/${ref.namespace}/${name}`), port),
  );
}

function routeWays(view: ObjectsView, route: KubeObject, services: Services): readonly ServiceWay[] {
  const through = [...gatewaysOf(route), refOf(route)];
  const hosts = textList(fieldsAt(route, 'spec')['hostnames']);
  return routeBackends(view, route).flatMap(({ service: { namespace, name }, port }) =>
    routed('gateway', through, hosts, services.get(`/Service/${namespace}/${name}`), port),
  );
}

/** None when the Service is not there. */
function routed(
  kind: WayKind,
  through: readonly ObjectRef[],
  hosts: readonly string[],
  service: KubeObject | undefined,
  port: number | string | undefined,
): readonly ServiceWay[] {
  if (service === undefined) return [];
  const ports = servicePorts(service).filter(
    (one) => port === undefined || one.port === port || one.name === port,
  );
  return [{ kind, scope: 'outside', through: [...through, refOf(service)], hosts, ports }];
}

export function servicePorts(service: KubeObject): readonly ServicePort[] {
  return fieldsList(fieldsAt(service, 'spec')['ports']).flatMap((one): readonly ServicePort[] => {
    const { port, targetPort } = one;
    if (typeof port !== 'number') return [];
    const target =
      typeof targetPort === 'number' || (typeof targetPort === 'string' && targetPort !== '')
        ? targetPort
        : port;
    return [{ name: textOf(one['name']), protocol: protocolOf(one['protocol']), port, target }];
  });
}

/** What a Service opens by itself. */
function ownWays(service: KubeObject): readonly ServiceWay[] {
  const spec = fieldsAt(service, 'spec');
  const ref = refOf(service);
  const way = (kind: WayKind, scope: WayScope): ServiceWay => ({
    kind,
    scope,
    through: [ref],
    hosts: [],
    ports: servicePorts(service),
  });
  const ips = textList(spec['externalIPs']);
  const external = ips.length > 0 ? [{ ...way('external-ip', 'outside'), hosts: ips }] : [];
  if (spec['type'] === 'LoadBalancer')
    return [way('load-balancer', balancerScope(service, spec)), ...external];
  return spec['type'] === 'NodePort' ? [way('node-port', 'nodes'), ...external] : external;
}

function balancerScope(service: KubeObject, spec: Fields): WayScope {
  const annotations = fieldsAt(service, 'metadata', 'annotations');
  const isPrivate = privateAnnotations.some(([name, values]) =>
    values.includes(String(annotations[name] ?? '').toLowerCase()),
  );
  if (isPrivate) return 'private';
  const sources = textList(spec['loadBalancerSourceRanges']);
  return sources.length === 0 || sources.includes('0.0.0.0/0') ? 'outside' : { sources };
}

type Backend = readonly [service: string, port: number | string | undefined, hosts: readonly string[]];

function backendsOf(ingress: KubeObject): readonly Backend[] {
  const spec = fieldsAt(ingress, 'spec');
  const general = backendOf(fieldsAt(spec, 'defaultBackend'), []);
  const ruled = fieldsList(spec['rules']).flatMap((rule) =>
    fieldsList(fieldsAt(rule, 'http')['paths']).flatMap((path) =>
      backendOf(fieldsAt(path, 'backend'), textOf(rule['host']) === '' ? [] : [textOf(rule['host'])]),
    ),
  );
  const byService = new Map<string, Backend>();
  for (const [name, port, hosts] of [...general, ...ruled]) {
    const key = `${name} ${port ?? ''}`;
    const known = byService.get(key);
    const all = known === undefined || (known[2].length > 0 && hosts.length > 0);
    byService.set(key, [name, port, all ? [...new Set([...(known?.[2] ?? []), ...hosts])] : []]);
  }
  return [...byService.values()];
}

function backendOf(backend: Fields, hosts: readonly string[]): readonly Backend[] {
  const service = fieldsAt(backend, 'service');
  const name = textOf(service['name']);
  const { number, name: portName } = fieldsAt(service, 'port');
  if (name === '') return [];
  return [[name, typeof number === 'number' ? number : textOf(portName) || undefined, hosts]];
}

function gatewaysOf(route: KubeObject): readonly ObjectRef[] {
  const home = refOf(route).namespace;
  const [first] = fieldsList(fieldsAt(route, 'spec')['parentRefs']);
  if (first === undefined) return [];
  const kind = textOf(first['kind']) || 'Gateway';
  const group = textOf(first['group']) || 'gateway.networking.k8s.io';
  return [{ group, kind, namespace: textOf(first['namespace']) || home, name: textOf(first['name']) }];
}

/**
 * The Services that a route of the Gateway API sends to. One in another namespace counts only where a ReferenceGrant there lets
 * it.
 *
 * Source: https://gateway-api.sigs.k8s.io/api-types/referencegrant/
 */
function routeBackends(
  view: ObjectsView,
  route: KubeObject,
): readonly {
  readonly service: { readonly namespace: string; readonly name: string };
  readonly port: number | undefined;
}[] {
  const { namespace: home, kind, group } = refOf(route);
  return fieldsList(fieldsAt(route, 'spec')['rules'])
    .flatMap((rule) => fieldsList(rule['backendRefs']))
    .flatMap((backend) => {
      const namespace = textOf(backend['namespace']) || home;
      const name = textOf(backend['name']);
      if ((textOf(backend['kind']) || 'Service') !== 'Service' || name === '') return [];
      if (namespace !== home && !isGranted(view, { namespace, name }, { group, kind, namespace: home }))
        return [];
      const { port } = backend;
      return [{ service: { namespace, name }, port: typeof port === 'number' ? port : undefined }];
    });
}

function isGranted(
  view: ObjectsView,
  to: { readonly namespace: string; readonly name: string },
  from: { readonly group: string; readonly kind: string; readonly namespace: string },
): boolean {
  return view.list('ReferenceGrant', to.namespace).some((grant) => {
    const spec = fieldsAt(grant, 'spec');
    return (
      fieldsList(spec['from']).some(
        (one) =>
          one['group'] === from.group && one['kind'] === from.kind && one['namespace'] === from.namespace,
      ) &&
      fieldsList(spec['to']).some(
        (one) => one['kind'] === 'Service' && (textOf(one['name']) === '' || one['name'] === to.name),
      )
    );
  });
}
