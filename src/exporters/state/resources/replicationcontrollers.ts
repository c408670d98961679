import { count, created, generation, maybe, namespaced, owners } from '../families.ts';
import type { Family, StateResource } from '../family.ts';

function status(end: string, field: string, help: string): Family {
  return count(`kube_replicationcontroller_status_${end}`, help, 'status', field);
}

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/replicationcontroller-metrics.md */
export const replicationcontrollers: StateResource = {
  resource: 'replicationcontrollers',
  identity: namespaced('replicationcontroller'),
  families: [
    created('kube_replicationcontroller'),
    status('replicas', 'replicas', 'Pods that there are.'),
    status('fully_labeled_replicas', 'fullyLabeledReplicas', 'Pods that have all labels of the template.'),
    status('ready_replicas', 'readyReplicas', 'Pods that are ready.'),
    status('available_replicas', 'availableReplicas', 'Pods that have been ready for long enough.'),
    status('observed_generation', 'observedGeneration', 'The generation that the controller has seen.'),
    maybe('kube_replicationcontroller_spec_replicas', 'Pods that are wanted.', 'spec', 'replicas'),
    generation('kube_replicationcontroller'),
    owners('kube_replicationcontroller_owner', { isControllerLabel: true }),
  ],
};
