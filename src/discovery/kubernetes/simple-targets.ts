import type { KubeObject } from '../../model/object.ts';
import type { TargetGroup } from '../target-group.ts';
import {
  type Attached,
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

/** Which of a node's addresses is asked first. */
const addressTypes = ['InternalIP', 'InternalDNS', 'ExternalIP', 'ExternalDNS', 'LegacyHostIP', 'Hostname'];

/** The kubelet of a node. */
export function nodeTargets(node: KubeObject): Omit<TargetGroup, 'source'> {
  const status = fields(node['status']);
  const addresses = listOf(status['addresses']);
  const address = addressTypes
    .map((type) => addresses.find((one) => one['type'] === type))
    .find((found) => found !== undefined);
  if (address === undefined) return { labels: {}, targets: [] };
  const port = fields(fields(status['daemonEndpoints'])['kubeletEndpoint'])['Port'];
  const target: Mutable = {
    __address__: joinHostPort(textOf(address['address']), textOf(port) || '10250'),
    instance: node.metadata.name,
  };
  for (const one of addresses)
    target[`${meta}node_address_${sanitized(textOf(one['type']))}`] ??= textOf(one['address']);
  const labels: Mutable = {
    [`${meta}node_provider_id`]: textOf(fields(node['spec'])['providerID']),
    ...objectLabels(node, 'node'),
  };
  for (const condition of listOf(status['conditions']))
    labels[`${meta}node_condition_${sanitized(textOf(condition['type']))}`] = textOf(condition['status']);
  return { labels: withoutEmpty(labels), targets: [withoutEmpty(target)] };
}

/** A target for each port of a Service, by its name in the cluster. */
export function serviceTargets(
  service: KubeObject,
  attached: Attached,
  lookup: Lookup,
): Omit<TargetGroup, 'source'> {
  const spec = fields(service['spec']);
  const { name, namespace = 'default' } = service.metadata;
  const type = textOf(spec['type']) || 'ClusterIP';
  return {
    labels: { ...namespaceLabels(service, attached, lookup), ...objectLabels(service, 'service') },
    targets: listOf(spec['ports']).map((port) =>
      withoutEmpty({
        __address__: joinHostPort(`${name}.${namespace}.svc`, textOf(port['port'])),
        [`${meta}service_port_name`]: textOf(port['name']),
        [`${meta}service_port_number`]: textOf(port['port']),
        [`${meta}service_port_protocol`]: textOf(port['protocol']) || 'TCP',
        [`${meta}service_type`]: type,
        ...(type === 'ExternalName'
          ? { [`${meta}service_external_name`]: textOf(spec['externalName']) }
          : { [`${meta}service_cluster_ip`]: textOf(spec['clusterIP']) }),
        ...(type === 'LoadBalancer'
          ? { [`${meta}service_loadbalancer_ip`]: textOf(spec['loadBalancerIP']) }
          : {}),
      }),
    ),
  };
}

/** A target for each path of each host of an Ingress. */
export function ingressTargets(
  ingress: KubeObject,
  attached: Attached,
  lookup: Lookup,
): Omit<TargetGroup, 'source'> {
  const spec = fields(ingress['spec']);
  const secure = listOf(spec['tls']).flatMap((tls) =>
    Array.isArray(tls['hosts']) ? tls['hosts'].map(textOf) : [],
  );
  return {
    labels: withoutEmpty({
      ...namespaceLabels(ingress, attached, lookup),
      ...objectLabels(ingress, 'ingress'),
      [`${meta}ingress_class_name`]: textOf(spec['ingressClassName']),
    }),
    targets: listOf(spec['rules']).flatMap((rule) => {
      const host = textOf(rule['host']);
      const scheme = secure.some((one) => covers(one, host)) ? 'https' : 'http';
      const paths = listOf(fields(rule['http'])['paths']).map(({ path }) => textOf(path) || '/');
      return (paths.length === 0 ? ['/'] : paths).map((path) => ({
        __address__: host,
        [`${meta}ingress_scheme`]: scheme,
        [`${meta}ingress_host`]: host,
        [`${meta}ingress_path`]: path,
      }));
    }),
  };
}

/** Whether a host of a certificate, maybe with a star as its first part, covers a rule's host. */
function covers(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  return pattern.startsWith('*.') && host.includes('.') && pattern.slice(1) === host.slice(host.indexOf('.'));
}
