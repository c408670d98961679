import { emitCondition, emitKnown, gauge } from '../families.ts';
import type { Family } from '../family.ts';
import { type Fields, listAt, secondsAt, textAt } from '../fields.ts';

const statusReasons = [
  'Evicted',
  'NodeAffinity',
  'NodeLost',
  'PreemptionByScheduler',
  'SchedulingGated',
  'Shutdown',
  'TerminationByKubelet',
  'UnexpectedAdmissionError',
];

const disruptionReasons = [
  'PreemptionByScheduler',
  'DeletionByTaintManager',
  'EvictionByEvictionAPI',
  'DeletionByPodGC',
  'TerminationByKubelet',
];

/** What the conditions of a pod say. */
export const podConditionFamilies: readonly Family[] = [
  inStates('kube_pod_status_ready', 'Whether the pod can take requests.', 'Ready'),
  inStates('kube_pod_status_scheduled', 'Whether the pod has been given a node.', 'PodScheduled'),
  since('initialized', 'When the init containers were done, in Unix seconds.', 'Initialized', 'True'),
  since('ready', 'When the pod became ready, in Unix seconds.', 'Ready', 'True'),
  since('container_ready', 'When all containers became ready, in Unix seconds.', 'ContainersReady', 'True'),
  since('scheduled', 'When the pod was given a node, in Unix seconds.', 'PodScheduled', 'True'),
  since('unscheduled', 'Since when the pod has no node, in Unix seconds.', 'PodScheduled', 'False'),
  gauge('kube_pod_status_unschedulable', 'There while no node can take the pod.', (pod, emit) => {
    for (const { status } of of(pod, 'PodScheduled')) if (status === 'False') emit(1);
  }),
  gauge('kube_pod_status_reason', 'Why the pod is in its state; only reasons that hold.', (pod, emit) => {
    const reason = textAt(pod, 'status', 'reason');
    const said = new Set([
      reason,
      ...listAt(pod, 'status', 'conditions').map((one) => textAt(one, 'reason')),
      ...listAt(pod, 'status', 'containerStatuses').map((one) =>
        textAt(one, 'state', 'terminated', 'reason'),
      ),
    ]);
    for (const known of statusReasons) if (said.has(known)) emit(1, 'reason', known);
    if (reason !== '' && !statusReasons.includes(reason)) emit(1, 'reason', 'Other');
  }),
  gauge('kube_pod_status_disruption_reason', 'Why the pod is being put off its node.', (pod, emit) => {
    for (const condition of of(pod, 'DisruptionTarget')) {
      if (condition['status'] !== 'True') continue;
      const reason = textAt(condition, 'reason');
      emit(1, 'reason', disruptionReasons.includes(reason) ? reason : 'Other');
    }
  }),
];

function of(pod: Fields, type: string): readonly Fields[] {
  return listAt(pod, 'status', 'conditions').filter((one) => one['type'] === type);
}

function inStates(name: string, help: string, type: string): Family {
  return gauge(name, help, (pod, emit) => {
    for (const { status } of of(pod, type)) emitCondition(emit, status, 'condition');
  });
}

function since(what: string, help: string, type: string, status: 'True' | 'False'): Family {
  return gauge(`kube_pod_status_${what}_time`, help, (pod, emit) => {
    for (const condition of of(pod, type))
      if (condition['status'] === status) emitKnown(emit, secondsAt(condition, 'lastTransitionTime'));
  });
}
