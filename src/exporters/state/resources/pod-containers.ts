import { emitKnown, gauge } from '../families.ts';
import type { Emit, Family } from '../family.ts';
import { at, type Fields, fieldsAt, hasAt, listAt, numberAt, secondsAt, textAt } from '../fields.ts';
import { emitAmounts } from '../resource-amounts.ts';

/** Where a pod says of its containers what they are to be, and what they are. */
interface Place {
  /** How names of metrics go on after `kube_pod_`. */
  readonly prefix: 'container' | 'init_container';
  readonly spec: 'containers' | 'initContainers';
  readonly status: 'containerStatuses' | 'initContainerStatuses';
  readonly what: string;
}

/** The metrics of the containers of a pod. */
export const containerFamilies: readonly Family[] = familiesOf({
  prefix: 'container',
  spec: 'containers',
  status: 'containerStatuses',
  what: 'container',
});

/** The same of its init containers. */
export const initContainerFamilies: readonly Family[] = familiesOf({
  prefix: 'init_container',
  spec: 'initContainers',
  status: 'initContainerStatuses',
  what: 'init container',
});

type EachStatus = (status: Fields, emit: Emit, container: string) => void;

function familiesOf(place: Place): readonly Family[] {
  const { what } = place;
  const each = (end: string, help: string, emitOne: EachStatus): Family =>
    gauge(`kube_pod_${place.prefix}_${end}`, help, (pod, emit) => {
      for (const status of listAt(pod, 'status', place.status)) emitOne(status, emit, textAt(status, 'name'));
    });
  const inState = (name: 'waiting' | 'running' | 'terminated'): Family =>
    each(`status_${name}`, `Whether the ${what} is ${name}.`, (status, emit, container) =>
      emit(hasAt(status, 'state', name) ? 1 : 0, 'container', container),
    );
  const reason = (end: string, help: string, ...path: readonly string[]): Family =>
    each(`status_${end}`, help, (status, emit, container) => {
      const state = at(status, ...path);
      if (state !== undefined) emit(1, 'container', container, 'reason', textAt(state, 'reason'));
    });
  return [
    info(place),
    each('state_started', `When the ${what} was started, in Unix seconds.`, (status, emit, container) => {
      const path = hasAt(status, 'state', 'running') ? 'running' : 'terminated';
      emitKnown(emit, secondsAt(status, 'state', path, 'startedAt'), 'container', container);
    }),
    inState('waiting'),
    reason('waiting_reason', `Why the ${what} is waiting.`, 'state', 'waiting'),
    inState('running'),
    inState('terminated'),
    reason('terminated_reason', `Why the ${what} is terminated.`, 'state', 'terminated'),
    reason('last_terminated_reason', `Why the ${what} was terminated last.`, 'lastState', 'terminated'),
    each('status_last_terminated_exitcode', `What the ${what} ended with last.`, (status, emit, container) =>
      emitKnown(emit, numberAt(status, 'lastState', 'terminated', 'exitCode'), 'container', container),
    ),
    each(
      'status_last_terminated_timestamp',
      `When the ${what} was terminated last, in Unix seconds.`,
      (status, emit, container) =>
        emitKnown(emit, secondsAt(status, 'lastState', 'terminated', 'finishedAt'), 'container', container),
    ),
    each('status_ready', `Whether the ${what} is ready.`, (status, emit, container) =>
      emit(at(status, 'ready') === true ? 1 : 0, 'container', container),
    ),
    {
      ...each('status_restarts_total', `How often the ${what} was restarted.`, (status, emit, container) =>
        emit(numberAt(status, 'restartCount') ?? 0, 'container', container),
      ),
      type: 'counter',
    },
    amounts(place, 'requests'),
    amounts(place, 'limits'),
  ];
}

function info({ prefix, spec, status, what }: Place): Family {
  const help = `What the ${what} is made of.`;
  return gauge(`kube_pod_${prefix}_info`, help, (pod, emit) => {
    const statuses = listAt(pod, 'status', status);
    for (const container of listAt(pod, 'spec', spec)) {
      const name = textAt(container, 'name');
      const running = statuses.find((one) => one['name'] === name);
      if (running === undefined) continue;
      emit(
        1,
        ...['container', name, 'image_spec', textAt(container, 'image'), 'image', textAt(running, 'image')],
        ...['image_id', textAt(running, 'imageID'), 'container_id', textAt(running, 'containerID')],
        ...(prefix === 'container' ? [] : ['restart_policy', textAt(container, 'restartPolicy')]),
      );
    }
  });
}

function amounts({ prefix, spec, what }: Place, field: 'requests' | 'limits'): Family {
  const help = `What the ${what} ${field}, by resource.`;
  return gauge(`kube_pod_${prefix}_resource_${field}`, help, (pod, emit) => {
    const node = textAt(pod, 'spec', 'nodeName');
    for (const container of listAt(pod, 'spec', spec))
      emitAmounts(emit, fieldsAt(container, 'resources', field), {
        labels: ['container', textAt(container, 'name'), 'node', node],
      });
  });
}
