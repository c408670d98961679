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
  textOf,
  withoutEmpty,
} from './object-labels.ts';

/** A target for each port of each container; a container without ports gives its pod's address alone. */
export function podTargets(pod: KubeObject, attached: Attached, lookup: Lookup): Omit<TargetGroup, 'source'> {
  const ip = textOf(fields(pod['status'])['podIP']);
  // A pod that starts, or was evicted, has none.
  if (ip === '') return { labels: {}, targets: [] };
  const node = textOf(fields(pod['spec'])['nodeName']);
  return {
    labels: {
      ...podLabels(pod, attached, lookup),
      ...namespaceLabels(pod, attached, lookup),
      ...(attached.node ? attachedNode(node, lookup) : {}),
    },
    targets: containersOf(pod).flatMap(({ container, isInit }) => {
      const ports = listOf(container['ports']);
      const common = {
        ...containerLabels(container, isInit),
        [`${meta}pod_container_id`]: containerId(pod, textOf(container['name']), isInit),
      };
      if (ports.length === 0) return [withoutEmpty({ __address__: ip, ...common })];
      return ports.map((port) =>
        withoutEmpty({
          __address__: joinHostPort(ip, textOf(port['containerPort'])),
          ...common,
          ...portLabels(port),
        }),
      );
    }),
  };
}

/** What is known of a pod, its namespace left out. */
export function podLabels(pod: KubeObject, attached: Attached, lookup: Lookup): Mutable {
  const status = fields(pod['status']);
  const spec = fields(pod['spec']);
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const labels: Mutable = {
    [`${meta}pod_ip`]: textOf(status['podIP']),
    [`${meta}pod_ready`]: readiness(status),
    [`${meta}pod_phase`]: textOf(status['phase']),
    [`${meta}pod_node_name`]: textOf(spec['nodeName']),
    [`${meta}pod_host_ip`]: textOf(status['hostIP']),
    [`${meta}pod_uid`]: textOf(pod.metadata.uid),
    [`${meta}pod_controller_kind`]: owner?.kind ?? '',
    [`${meta}pod_controller_name`]: owner?.name ?? '',
  };
  if (owner !== undefined) Object.assign(labels, ownerLabels(pod, owner, attached, lookup));
  return { ...withoutEmpty(labels), ...objectLabels(pod, 'pod') };
}

/** The workload above the pod's controller. */
function ownerLabels(
  pod: KubeObject,
  owner: { readonly kind: string; readonly name: string },
  attached: Attached,
  lookup: Lookup,
): Mutable {
  const namespace = pod.metadata.namespace ?? 'default';
  const ownerOf = (kind: string, of: string): string =>
    lookup(of, namespace, owner.name)?.metadata.ownerReferences?.find(
      (one) => one.controller === true && one.kind === kind,
    )?.name ?? '';
  const labels: Mutable = {};
  if (attached.deployment && owner.kind === 'ReplicaSet')
    labels[`${meta}pod_deployment_name`] = ownerOf('Deployment', 'ReplicaSet');
  if (owner.kind === 'Job') {
    if (attached.job) labels[`${meta}pod_job_name`] = owner.name;
    if (attached.cronjob) labels[`${meta}pod_cronjob_name`] = ownerOf('CronJob', 'Job');
  }
  return labels;
}

export function containersOf(pod: KubeObject): readonly { container: Fields; isInit: boolean }[] {
  const spec = fields(pod['spec']);
  return [
    ...listOf(spec['containers']).map((container) => ({ container, isInit: false })),
    ...listOf(spec['initContainers']).map((container) => ({ container, isInit: true })),
  ];
}

export function containerLabels(container: Fields, isInit: boolean): Mutable {
  return {
    [`${meta}pod_container_name`]: textOf(container['name']),
    [`${meta}pod_container_image`]: textOf(container['image']),
    [`${meta}pod_container_init`]: String(isInit),
  };
}

export function portLabels(port: Fields): Mutable {
  return {
    [`${meta}pod_container_port_name`]: textOf(port['name']),
    [`${meta}pod_container_port_number`]: textOf(port['containerPort']),
    [`${meta}pod_container_port_protocol`]: textOf(port['protocol']) || 'TCP',
  };
}

function containerId(pod: KubeObject, name: string, isInit: boolean): string {
  const statuses = listOf(fields(pod['status'])[isInit ? 'initContainerStatuses' : 'containerStatuses']);
  return textOf(statuses.find((status) => status['name'] === name)?.['containerID']);
}

function readiness(status: Fields): string {
  const ready = listOf(status['conditions']).find(({ type }) => type === 'Ready');
  return textOf(ready?.['status']).toLowerCase() || 'unknown';
}
