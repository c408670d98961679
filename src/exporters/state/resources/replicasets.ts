import { count, created, generation, labelsAndAnnotations, maybe, namespaced, owners } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/replicaset-metrics.md */
export const replicasets: StateResource = {
  resource: 'replicasets',
  identity: namespaced('replicaset'),
  families: [
    ...labelsAndAnnotations('kube_replicaset'),
    count('kube_replicaset_status_replicas', 'Pods that there are.', 'status', 'replicas'),
    count(
      'kube_replicaset_status_fully_labeled_replicas',
      'Pods that have all labels of the template.',
      ...['status', 'fullyLabeledReplicas'],
    ),
    count('kube_replicaset_status_ready_replicas', 'Pods that are ready.', 'status', 'readyReplicas'),
    maybe(
      'kube_replicaset_status_terminating_replicas',
      'Pods that are on their way out.',
      ...['status', 'terminatingReplicas'],
    ),
    count(
      'kube_replicaset_status_observed_generation',
      'The generation that the controller has seen.',
      ...['status', 'observedGeneration'],
    ),
    maybe('kube_replicaset_spec_replicas', 'Pods that are wanted.', 'spec', 'replicas'),
    generation('kube_replicaset'),
    created('kube_replicaset'),
    owners('kube_replicaset_owner', { isControllerLabel: true }),
  ],
};
