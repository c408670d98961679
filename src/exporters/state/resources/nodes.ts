import {
  clusterWide,
  conditions,
  created,
  deletionTimestamp,
  flag,
  gauge,
  labelsAndAnnotations,
} from '../families.ts';
import type { StateResource } from '../family.ts';
import { at, fieldsAt, listAt, textAt, textsAt } from '../fields.ts';
import { emitAmounts } from '../resource-amounts.ts';

const rolePrefix = 'node-role.kubernetes.io/';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/node-metrics.md */
export const nodes: StateResource = {
  resource: 'nodes',
  identity: clusterWide('node'),
  families: [
    ...labelsAndAnnotations('kube_node'),
    gauge('kube_node_info', 'What the node runs, and where it is.', (node, emit) => {
      const info = at(node, 'status', 'nodeInfo');
      const internal = listAt(node, 'status', 'addresses').findLast(({ type }) => type === 'InternalIP');
      emit(
        1,
        ...['kernel_version', textAt(info, 'kernelVersion'), 'os_image', textAt(info, 'osImage')],
        ...['container_runtime_version', textAt(info, 'containerRuntimeVersion')],
        ...['kubelet_version', textAt(info, 'kubeletVersion')],
        ...['kubeproxy_version', 'deprecated'],
        ...['provider_id', textAt(node, 'spec', 'providerID'), 'pod_cidr', textAt(node, 'spec', 'podCIDR')],
        ...['system_uuid', textAt(info, 'systemUUID'), 'internal_ip', textAt(internal, 'address')],
      );
    }),
    created('kube_node'),
    deletionTimestamp('kube_node'),
    gauge('kube_node_role', 'Roles of the node.', (node, emit) => {
      for (const label of Object.keys(fieldsAt(node, 'metadata', 'labels')))
        if (label.startsWith(rolePrefix)) emit(1, 'role', label.slice(rolePrefix.length));
    }),
    gauge('kube_node_spec_pod_cidrs', 'Addresses that pods of the node get.', (node, emit) => {
      for (const cidr of textsAt(node, 'spec', 'podCIDRs')) emit(1, 'pod_cidr', cidr);
    }),
    flag('kube_node_spec_unschedulable', 'Whether the node takes no more pods.', 'spec', 'unschedulable'),
    gauge('kube_node_spec_taint', 'What keeps pods away from the node.', (node, emit) => {
      for (const taint of listAt(node, 'spec', 'taints'))
        emit(
          1,
          ...[
            'key',
            textAt(taint, 'key'),
            'value',
            textAt(taint, 'value'),
            'effect',
            textAt(taint, 'effect'),
          ],
        );
    }),
    gauge('kube_node_status_capacity', 'What the node has, by resource.', (node, emit) =>
      emitAmounts(emit, fieldsAt(node, 'status', 'capacity'), { isNode: true }),
    ),
    gauge('kube_node_status_allocatable', 'What pods may have of the node, by resource.', (node, emit) =>
      emitAmounts(emit, fieldsAt(node, 'status', 'allocatable'), { isNode: true }),
    ),
    gauge('kube_node_status_addresses', 'Addresses of the node.', (node, emit) => {
      for (const address of listAt(node, 'status', 'addresses'))
        emit(1, 'type', textAt(address, 'type'), 'address', textAt(address, 'address'));
    }),
    conditions('kube_node_status_condition', 'Conditions of the node.'),
  ],
};
