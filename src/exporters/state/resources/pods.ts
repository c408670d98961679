import {
  created,
  deletionTimestamp,
  emitKnown,
  gauge,
  labelsAndAnnotations,
  namespacedWithUid,
  owners,
  phase,
  time,
} from '../families.ts';
import type { StateResource } from '../family.ts';
import { at, fieldsAt, flagAt, listAt, numberAt, secondsAt, textAt } from '../fields.ts';
import { labelsOfKeys } from '../label-names.ts';
import { coresOf, wholeOf } from '../quantity.ts';
import { podConditionFamilies } from './pod-conditions.ts';
import { containerFamilies, initContainerFamilies } from './pod-containers.ts';
import { podVolumeFamilies } from './pod-volumes.ts';

const qosClasses = ['BestEffort', 'Burstable', 'Guaranteed'];

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/pod-metrics.md */
export const pods: StateResource = {
  resource: 'pods',
  identity: namespacedWithUid('pod'),
  families: [
    gauge('kube_pod_info', 'Where the pod runs, and what made it.', (pod, emit) => {
      const owner = listAt(pod, 'metadata', 'ownerReferences').find((one) => one['controller'] === true);
      emit(
        1,
        ...['host_ip', textAt(pod, 'status', 'hostIP'), 'pod_ip', textAt(pod, 'status', 'podIP')],
        ...['node', textAt(pod, 'spec', 'nodeName')],
        ...['created_by_kind', textAt(owner, 'kind'), 'created_by_name', textAt(owner, 'name')],
        ...['priority_class', textAt(pod, 'spec', 'priorityClassName')],
        ...['host_network', String(flagAt(pod, 'spec', 'hostNetwork') === true)],
      );
    }),
    gauge('kube_pod_ips', 'The addresses of the pod.', (pod, emit) => {
      for (const { ip } of listAt(pod, 'status', 'podIPs')) {
        const family = familyOf(ip);
        if (family !== undefined) emit(1, 'ip', String(ip), 'ip_family', family);
      }
    }),
    time('kube_pod_start_time', 'When the pod was started, in Unix seconds.', 'status', 'startTime'),
    gauge('kube_pod_completion_time', 'When the last container ended, in Unix seconds.', (pod, emit) => {
      const ends = listAt(pod, 'status', 'containerStatuses').map(
        (one) => secondsAt(one, 'state', 'terminated', 'finishedAt') ?? 0,
      );
      const last = Math.max(0, ...ends);
      if (last > 0) emit(last);
    }),
    owners('kube_pod_owner', { isControllerLabel: true }),
    ...labelsAndAnnotations('kube_pod'),
    {
      ...gauge('kube_pod_nodeselectors', 'Labels of nodes that the pod asks for.', (pod, emit) =>
        emit(1, ...labelsOfKeys('nodeselector', fieldsAt(pod, 'spec', 'nodeSelector'), () => true)),
      ),
      isOptIn: true,
    },
    phase('kube_pod_status_phase', 'The phase that the pod is in.', [
      ...['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running'],
    ]),
    gauge('kube_pod_status_qos_class', 'How soon the pod has to go when memory runs short.', (pod, emit) => {
      const now = textAt(pod, 'status', 'qosClass');
      if (now !== '') for (const one of qosClasses) emit(one === now ? 1 : 0, 'qos_class', one);
    }),
    ...podConditionFamilies,
    ...containerFamilies,
    gauge('kube_pod_overhead_cpu_cores', 'Cores that the sandbox of the pod takes.', (pod, emit) =>
      emitKnown(emit, coresOf(at(pod, 'spec', 'overhead', 'cpu'))),
    ),
    gauge('kube_pod_overhead_memory_bytes', 'Memory that the sandbox of the pod takes.', (pod, emit) =>
      emitKnown(emit, wholeOf(at(pod, 'spec', 'overhead', 'memory'))),
    ),
    gauge('kube_pod_runtimeclass_name_info', 'The runtime class that the pod asks for.', (pod, emit) => {
      const name = at(pod, 'spec', 'runtimeClassName');
      if (typeof name === 'string') emit(1, 'runtimeclass_name', name);
    }),
    created('kube_pod'),
    deletionTimestamp('kube_pod'),
    gauge('kube_pod_restart_policy', 'When containers of the pod are started again.', (pod, emit) =>
      emit(1, 'type', textAt(pod, 'spec', 'restartPolicy')),
    ),
    ...initContainerFamilies,
    ...podVolumeFamilies,
    gauge('kube_pod_tolerations', 'Taints of nodes that the pod bears.', (pod, emit) => {
      for (const toleration of listAt(pod, 'spec', 'tolerations')) {
        const seconds = numberAt(toleration, 'tolerationSeconds');
        const pairs = ['key', 'operator', 'value', 'effect'].flatMap((name) => {
          const value = textAt(toleration, name);
          return value === '' ? [] : [name, value];
        });
        if (seconds !== undefined) pairs.push('toleration_seconds', String(seconds));
        if (pairs.length > 0) emit(1, ...pairs);
      }
    }),
    gauge('kube_pod_service_account', 'The service account that the pod runs as.', (pod, emit) =>
      emit(1, 'service_account', textAt(pod, 'spec', 'serviceAccountName')),
    ),
    gauge('kube_pod_scheduler', 'Who gives the pod its node.', (pod, emit) =>
      emit(1, 'name', textAt(pod, 'spec', 'schedulerName')),
    ),
    gauge('kube_pod_resourceclaim_info', 'Claims of devices that the pod refers to.', (pod, emit) => {
      const made = listAt(pod, 'status', 'resourceClaimStatuses');
      for (const claim of listAt(pod, 'spec', 'resourceClaims')) {
        const name = textAt(claim, 'name');
        const ofTemplate = made.find((one) => one['name'] === name);
        emit(
          1,
          ...['claim_name', name],
          ...[
            'resourceclaim_name',
            textAt(claim, 'resourceClaimName') || textAt(ofTemplate, 'resourceClaimName'),
          ],
          ...['resourceclaim_template_name', textAt(claim, 'resourceClaimTemplateName')],
        );
      }
    }),
  ],
};

function familyOf(ip: unknown): '4' | '6' | undefined {
  if (typeof ip !== 'string') return undefined;
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(ip)) return '4';
  return /^[0-9a-fA-F:.]+$/.test(ip) && ip.includes(':') ? '6' : undefined;
}
