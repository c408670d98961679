import { count, created, deletionTimestamp, labelsAndAnnotations, namespaced } from '../families.ts';
import type { Family, StateResource } from '../family.ts';

function status(end: string, field: string, help: string): Family {
  return count(`kube_poddisruptionbudget_status_${end}`, help, 'status', field);
}

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/policy/poddisruptionbudget-metrics.md */
export const poddisruptionbudgets: StateResource = {
  resource: 'poddisruptionbudgets',
  identity: namespaced('poddisruptionbudget'),
  families: [
    ...labelsAndAnnotations('kube_poddisruptionbudget'),
    created('kube_poddisruptionbudget'),
    deletionTimestamp('kube_poddisruptionbudget'),
    status('current_healthy', 'currentHealthy', 'Pods that are healthy.'),
    status('desired_healthy', 'desiredHealthy', 'Pods that have to be healthy.'),
    status('pod_disruptions_allowed', 'disruptionsAllowed', 'Pods that may be put off their node now.'),
    status('expected_pods', 'expectedPods', 'Pods that the budget is about.'),
    status('observed_generation', 'observedGeneration', 'The generation that the controller has seen.'),
  ],
};
