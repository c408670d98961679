import {
  count,
  created,
  deletionTimestamp,
  gauge,
  generation,
  labelsAndAnnotations,
  maybe,
  namespaced,
} from '../families.ts';
import type { Family, StateResource } from '../family.ts';
import { hasAt, textAt } from '../fields.ts';

function status(end: string, field: string, help: string): Family {
  return count(`kube_statefulset_status_${end}`, help, 'status', field);
}

function revision(which: 'current' | 'update', help: string): Family {
  return gauge(`kube_statefulset_status_${which}_revision`, help, (set, emit) =>
    emit(1, 'revision', textAt(set, 'status', `${which}Revision`)),
  );
}

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/statefulset-metrics.md */
export const statefulsets: StateResource = {
  resource: 'statefulsets',
  identity: namespaced('statefulset'),
  families: [
    ...labelsAndAnnotations('kube_statefulset'),
    status('replicas', 'replicas', 'Pods that there are.'),
    status('replicas_current', 'currentReplicas', 'Pods of the revision before the update.'),
    status('replicas_ready', 'readyReplicas', 'Pods that are ready.'),
    status('replicas_available', 'availableReplicas', 'Pods that have been ready for long enough.'),
    status('replicas_updated', 'updatedReplicas', 'Pods of the newest revision.'),
    status('observed_generation', 'observedGeneration', 'The generation that the controller has seen.'),
    maybe('kube_statefulset_replicas', 'Pods that are wanted.', 'spec', 'replicas'),
    maybe('kube_statefulset_ordinals_start', 'Number of the first pod.', 'spec', 'ordinals', 'start'),
    generation('kube_statefulset'),
    gauge(
      'kube_statefulset_persistentvolumeclaim_retention_policy',
      'What becomes of claims when the set is deleted or made smaller.',
      (set, emit) => {
        const path = ['spec', 'persistentVolumeClaimRetentionPolicy'];
        if (!hasAt(set, ...path)) return;
        emit(
          1,
          ...['when_deleted', textAt(set, ...path, 'whenDeleted')],
          ...['when_scaled', textAt(set, ...path, 'whenScaled')],
        );
      },
    ),
    created('kube_statefulset'),
    revision('current', 'The revision before the update.'),
    revision('update', 'The newest revision.'),
    deletionTimestamp('kube_statefulset'),
  ],
};
