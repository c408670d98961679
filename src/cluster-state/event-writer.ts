import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { microTime } from '../kube/lease.ts';
import type { Logger } from '../log/logger.ts';
import { keyOf, type ObjectRef } from '../model/object.ts';

/** A control that an object has come to fail. */
export interface Failure {
  readonly object: ObjectRef;
  /** Of the object as it is, where it is known. */
  readonly apiVersion: string;
  readonly uid: string;
  readonly controlId: string;
  readonly control: string;
  readonly severity: string;
}

export interface EventWriterOptions {
  readonly client: Pick<KubeClient, 'write'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of this process, among its replicas. */
  readonly instance: string;
  /** Whether events about this namespace are ours to write. */
  readonly mayWrite: (namespace: string) => boolean;
  /** Counts events that were not written. */
  readonly dropped: () => void;
}

/** What writing events takes. */
export const eventRules = [
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
] as const;

/** What comes to fail within this time is one event for each object. */
const gatherMs = 10_000;
/** Of one round; the API server keeps all of them for an hour. */
const mostEvents = 25;
const mostWaiting = 1_000;
/** Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ (`note`) */
const noteBytes = 1_024;
/** Where events about cluster-scoped objects are. */
const clusterNamespace = 'default';

/** Writes Kubernetes events about objects that have come to fail controls: one for each object and while, few at a time. */
export class EventWriter implements Component {
  readonly name = 'events';
  readonly #options: EventWriterOptions;
  #waiting = new Map<string, Failure[]>();
  #problem = '';

  constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  /** Why the last event could not be written; '' when it could. */
  get problem(): string {
    return this.#problem;
  }

  /** Never waits. What there is no room for is counted. */
  add(failure: Failure): void {
    if (!this.#options.mayWrite(failure.object.namespace)) return;
    const key = keyOf(failure.object);
    const held = this.#waiting.get(key);
    if (held !== undefined) held.push(failure);
    else if (this.#waiting.size < mostWaiting) this.#waiting.set(key, [failure]);
    else this.#options.dropped();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (await sleep(gatherMs, signal, this.#options.clock)) await this.#round(signal);
  }

  async #round(signal: AbortSignal): Promise<void> {
    const all = [...this.#waiting.values()];
    this.#waiting = new Map();
    for (const [i, failures] of all.entries()) {
      if (i >= mostEvents) this.#options.dropped();
      else await this.#write(failures, signal);
    }
  }

  async #write(failures: readonly Failure[], signal: AbortSignal): Promise<void> {
    const { client, clock, log, instance, dropped } = this.#options;
    const [first] = failures;
    if (first === undefined) return;
    const namespace = first.object.namespace || clusterNamespace;
    const { kind, name } = first.object;
    const body = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { generateName: prefixOf(name), namespace },
      eventTime: microTime(clock.now()),
      reportingController: 'skopos.dev/skopos',
      reportingInstance: instance.slice(0, 128),
      action: 'Judged',
      reason: 'ControlFailed',
      type: 'Warning',
      regarding: {
        apiVersion: first.apiVersion,
        ...{ kind, name, uid: first.uid },
        ...(first.object.namespace === '' ? {} : { namespace }),
      },
      note: noteOf(failures),
    };
    try {
      await client.write({
        method: 'POST',
        path: `/apis/events.k8s.io/v1/namespaces/${namespace}/events`,
        body,
        signal,
      });
      this.#problem = '';
    } catch (error) {
      if (signal.aborted) return;
      dropped();
      const problem = messageOf(error);
      if (problem !== this.#problem) log.warn({ problem }, 'an event could not be written');
      this.#problem = problem;
    }
  }
}

/** Names of roles may have what names of events may not. */
function prefixOf(name: string): string {
  const fit = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .slice(0, 200);
  return `${fit.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'object'}-`;
}

function noteOf(failures: readonly Failure[]): string {
  const lines = failures.map(({ controlId, control, severity }) => `${controlId} ${control} (${severity})`);
  const text = `fails ${[...new Set(lines)].join(', ')}`;
  let cut = text;
  while (Buffer.byteLength(cut) > noteBytes - 3) cut = cut.slice(0, Math.floor(cut.length * 0.9));
  return cut === text ? text : `${cut}…`;
}
