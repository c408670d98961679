import {
  count,
  created,
  deletionTimestamp,
  generation,
  labelsAndAnnotations,
  namespaced,
} from '../families.ts';
import type { Family, StateResource } from '../family.ts';

function nodes(end: string, field: string, help: string): Family {
  return count(`kube_daemonset_status_${end}`, help, 'status', field);
}

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/daemonset-metrics.md */
export const daemonsets: StateResource = {
  resource: 'daemonsets',
  identity: namespaced('daemonset'),
  families: [
    ...labelsAndAnnotations('kube_daemonset'),
    created('kube_daemonset'),
    nodes('current_number_scheduled', 'currentNumberScheduled', 'Nodes that have a pod and should have one.'),
    nodes('desired_number_scheduled', 'desiredNumberScheduled', 'Nodes that should have a pod.'),
    nodes('number_available', 'numberAvailable', 'Nodes whose pod has been ready for long enough.'),
    nodes('number_misscheduled', 'numberMisscheduled', 'Nodes that have a pod and should have none.'),
    nodes('number_ready', 'numberReady', 'Nodes whose pod is ready.'),
    nodes('number_unavailable', 'numberUnavailable', 'Nodes whose pod is missing or not ready.'),
    nodes('observed_generation', 'observedGeneration', 'The generation that the controller has seen.'),
    nodes('updated_number_scheduled', 'updatedNumberScheduled', 'Nodes whose pod is of the newest template.'),
    generation('kube_daemonset'),
    deletionTimestamp('kube_daemonset'),
  ],
};
