import {
  count,
  created,
  deletionTimestamp,
  emitCondition,
  flag,
  gauge,
  generation,
  labelsAndAnnotations,
  maybe,
  namespaced,
  owners,
} from '../families.ts';
import type { Family, StateResource } from '../family.ts';
import { at, listAt, numberAt, textAt } from '../fields.ts';

/** Reasons that the controller gives; any other is told as `unknown`, so that series stay few. */
const conditionReasons = [
  'DeploymentPaused',
  'DeploymentResumed',
  'FailedCreate',
  'FailedDelete',
  'FoundNewReplicaSet',
  'MinimumReplicasAvailable',
  'MinimumReplicasUnavailable',
  'NewReplicaSetAvailable',
  'NewReplicaSetCreated',
  'ProgressDeadlineExceeded',
  'ReplicaSetCreateError',
  'ReplicaSetUpdated',
];

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/deployment-metrics.md */
export const deployments: StateResource = {
  resource: 'deployments',
  identity: namespaced('deployment'),
  families: [
    ...labelsAndAnnotations('kube_deployment'),
    created('kube_deployment'),
    count('kube_deployment_status_replicas', 'Pods that there are.', 'status', 'replicas'),
    count('kube_deployment_status_replicas_ready', 'Pods that are ready.', 'status', 'readyReplicas'),
    count(
      'kube_deployment_status_replicas_available',
      'Pods that have been ready for long enough.',
      ...['status', 'availableReplicas'],
    ),
    count(
      'kube_deployment_status_replicas_unavailable',
      'Pods that are still missing.',
      ...['status', 'unavailableReplicas'],
    ),
    count(
      'kube_deployment_status_replicas_updated',
      'Pods of the newest template.',
      ...['status', 'updatedReplicas'],
    ),
    maybe(
      'kube_deployment_status_terminating_replicas',
      'Pods that are on their way out.',
      ...['status', 'terminatingReplicas'],
    ),
    count(
      'kube_deployment_status_observed_generation',
      'The generation that the controller has seen.',
      ...['status', 'observedGeneration'],
    ),
    gauge('kube_deployment_status_condition', 'Conditions of the deployment.', (deployment, emit) => {
      for (const condition of listAt(deployment, 'status', 'conditions')) {
        const reason = textAt(condition, 'reason');
        const told = reason === '' || conditionReasons.includes(reason) ? reason : 'unknown';
        emitCondition(
          emit,
          condition['status'],
          ...(['status', 'reason', told, 'condition', textAt(condition, 'type')] as const),
        );
      }
    }),
    maybe('kube_deployment_spec_replicas', 'Pods that are wanted.', 'spec', 'replicas'),
    flag('kube_deployment_spec_paused', 'Whether changes are held back.', 'spec', 'paused'),
    rolling('max_unavailable', 'maxUnavailable', Math.floor, 'Pods that may be missing during an update.'),
    rolling('max_surge', 'maxSurge', Math.ceil, 'Pods that may be too many during an update.'),
    generation('kube_deployment'),
    deletionTimestamp('kube_deployment'),
    owners('kube_deployment_owner', { isControllerLabel: false }),
  ],
};

/** A number, or a part of the pods that are wanted. */
function rolling(end: string, field: string, round: (value: number) => number, help: string): Family {
  return gauge(`kube_deployment_spec_strategy_rollingupdate_${end}`, help, (deployment, emit) => {
    const value = at(deployment, 'spec', 'strategy', 'rollingUpdate', field);
    if (typeof value === 'number') emit(value);
    const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
    if (percent === undefined) return;
    emit(round((Number(percent) * (numberAt(deployment, 'spec', 'replicas') ?? 1)) / 100));
  });
}
