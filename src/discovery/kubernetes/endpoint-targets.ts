import type { KubeObject } from '../../model/object.ts';
import type { TargetGroup } from '../target-group.ts';
import {
  type Attached,
  attachedNode,
  type Fields,
  fields,
  joinHostPort,
  type Lookup,
  listOf,
  type Mutable,
  meta,
  namespaceLabels,
  objectLabels,
  sanitized,
  textOf,
  withoutEmpty,
} from './object-labels.ts';
import { containerLabels, containersOf, podLabels, portLabels } from './pod-targets.ts';

/** One address and port of an endpoint, before what its pod adds. */
interface Endpoint {
  readonly labels: Mutable;
  readonly port: number | undefined;
  readonly targetRef: Fields;
  readonly nodeName: string;
}

/** A target for each address and port of an Endpoints object, and for each further port of the pods behind it. */
export function endpointsTargets(
  object: KubeObject,
  attached: Attached,
  lookup: Lookup,
): Omit<TargetGroup, 'source'> {
  const found: Endpoint[] = [];
  for (const subset of listOf(object['subsets'])) {
    for (const port of listOf(subset['ports'])) {
      for (const address of listOf(subset['addresses'])) found.push(endpointOf(address, port, 'true'));
      for (const address of listOf(subset['notReadyAddresses']))
        found.push(endpointOf(address, port, 'false'));
    }
  }
  return {
    labels: {
      ...namespaceLabels(object, attached, lookup),
      ...objectLabels(object, 'endpoints'),
      ...serviceOf(object.metadata.name, object, lookup),
    },
    targets: withPods(found, object, attached, lookup),
  };
}

function endpointOf(address: Fields, port: Fields, ready: string): Endpoint {
  const targetRef = fields(address['targetRef']);
  return {
    labels: {
      __address__: joinHostPort(textOf(address['ip']), textOf(port['port'])),
      [`${meta}endpoint_port_name`]: textOf(port['name']),
      [`${meta}endpoint_port_protocol`]: textOf(port['protocol']) || 'TCP',
      [`${meta}endpoint_ready`]: ready,
      [`${meta}endpoint_address_target_kind`]: textOf(targetRef['kind']),
      [`${meta}endpoint_address_target_name`]: textOf(targetRef['name']),
      [`${meta}endpoint_node_name`]: textOf(address['nodeName']),
      [`${meta}endpoint_hostname`]: textOf(address['hostname']),
    },
    port: typeof port['port'] === 'number' ? port['port'] : undefined,
    targetRef,
    nodeName: textOf(address['nodeName']),
  };
}

/** The same of an EndpointSlice. */
export function endpointSliceTargets(
  object: KubeObject,
  attached: Attached,
  lookup: Lookup,
): Omit<TargetGroup, 'source'> {
  const found: Endpoint[] = [];
  for (const port of listOf(object['ports']))
    for (const endpoint of listOf(object['endpoints']))
      for (const address of Array.isArray(endpoint['addresses']) ? endpoint['addresses'] : [])
        found.push(sliceEndpoint(textOf(address), endpoint, port));
  return {
    labels: {
      ...namespaceLabels(object, attached, lookup),
      [`${meta}endpointslice_address_type`]: textOf(object['addressType']),
      ...objectLabels(object, 'endpointslice'),
      ...serviceOf(object.metadata.labels?.['kubernetes.io/service-name'] ?? '', object, lookup),
    },
    targets: withPods(found, object, attached, lookup),
  };
}

function sliceEndpoint(address: string, endpoint: Fields, port: Fields): Endpoint {
  const targetRef = fields(endpoint['targetRef']);
  const conditions = fields(endpoint['conditions']);
  const nodeName = textOf(endpoint['nodeName']);
  const labels: Mutable = {
    __address__: port['port'] === undefined ? address : joinHostPort(address, textOf(port['port'])),
    [`${meta}endpointslice_port_name`]: textOf(port['name']),
    [`${meta}endpointslice_port_protocol`]: textOf(port['protocol']),
    [`${meta}endpointslice_port`]: textOf(port['port']),
    [`${meta}endpointslice_port_app_protocol`]: textOf(port['appProtocol']),
    [`${meta}endpointslice_endpoint_conditions_ready`]: textOf(conditions['ready']),
    [`${meta}endpointslice_endpoint_conditions_serving`]: textOf(conditions['serving']),
    [`${meta}endpointslice_endpoint_conditions_terminating`]: textOf(conditions['terminating']),
    [`${meta}endpointslice_endpoint_hostname`]: textOf(endpoint['hostname']),
    [`${meta}endpointslice_endpoint_node_name`]: nodeName,
    [`${meta}endpointslice_endpoint_zone`]: textOf(endpoint['zone']),
    [`${meta}endpointslice_address_target_kind`]: textOf(targetRef['kind']),
    [`${meta}endpointslice_address_target_name`]: textOf(targetRef['name']),
  };
  for (const [name, value] of Object.entries(
    fields(endpoint['deprecatedTopology'] ?? endpoint['topology']),
  )) {
    labels[`${meta}endpointslice_endpoint_topology_${sanitized(name)}`] = textOf(value);
    labels[`${meta}endpointslice_endpoint_topology_present_${sanitized(name)}`] = 'true';
  }
  return { labels, port: typeof port['port'] === 'number' ? port['port'] : undefined, targetRef, nodeName };
}

function serviceOf(name: string, object: KubeObject, lookup: Lookup): Mutable {
  const service = name === '' ? undefined : lookup('Service', object.metadata.namespace ?? 'default', name);
  return service === undefined ? {} : objectLabels(service, 'service');
}

interface Seen {
  readonly pod: KubeObject;
  /** Ports that the endpoint has; undefined stands for all. */
  readonly ports: Set<number>;
}

/** The endpoints with what their pods add; ports of those pods that no endpoint has are targets of their own. */
function withPods(
  endpoints: readonly Endpoint[],
  object: KubeObject,
  attached: Attached,
  lookup: Lookup,
): Mutable[] {
  const seen = new Map<string, Seen>();
  const targets = endpoints.map((endpoint) => {
    const target: Mutable = { ...endpoint.labels };
    const { kind, name, namespace } = endpoint.targetRef;
    if (attached.node)
      Object.assign(target, attachedNode(kind === 'Node' ? textOf(name) : endpoint.nodeName, lookup));
    const home = textOf(namespace) || (object.metadata.namespace ?? 'default');
    const pod = kind === 'Pod' ? lookup('Pod', home, textOf(name)) : undefined;
    if (pod === undefined) return withoutEmpty(target);
    const key = `${home}/${textOf(name)}`;
    const held = seen.get(key) ?? { pod, ports: new Set<number>() };
    seen.set(key, held);
    if (endpoint.port !== undefined) held.ports.add(endpoint.port);
    Object.assign(target, podLabels(pod, attached, lookup));
    const match = portsOf(pod).find(({ port }) => port['containerPort'] === endpoint.port);
    if (match !== undefined)
      Object.assign(target, containerLabels(match.container, match.isInit), portLabels(match.port));
    return withoutEmpty(target);
  });
  for (const { pod, ports } of seen.values()) {
    const ip = textOf(fields(pod['status'])['podIP']);
    if (ip === '') continue;
    for (const { container, isInit, port } of portsOf(pod)) {
      if (ports.has(Number(port['containerPort']))) continue;
      targets.push(
        withoutEmpty({
          __address__: joinHostPort(ip, textOf(port['containerPort'])),
          ...containerLabels(container, isInit),
          ...portLabels(port),
          ...podLabels(pod, attached, lookup),
        }),
      );
    }
  }
  return targets;
}

function portsOf(pod: KubeObject): { container: Fields; isInit: boolean; port: Fields }[] {
  return containersOf(pod).flatMap(({ container, isInit }) =>
    listOf(container['ports']).map((port) => ({ container, isInit, port })),
  );
}
