import { BadInputError, messageOf, NotFoundError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { formatDuration } from '../kit/duration.ts';
import type { Logger } from '../log/logger.ts';
import type { Ledger } from '../model/ledger.ts';
import {
  isEnded,
  type Job,
  type JobKind,
  type JobRequest,
  type JobResult,
  type JobSpec,
  type JobState,
} from './job.ts';
import { type JobStore, type KeptJob, mostParts } from './job-store.ts';
import { checkId, newJob } from './new-job.ts';
import { QueueFullError } from './queue-full-error.ts';

/** What the work of a job may use of its runner. */
export interface JobContext {
  readonly job: KeptJob;
  readonly signal: AbortSignal;
  /** Does a part of it at once, as a job of its own with this one as its parent. Never throws: look at the state. */
  part(spec: JobSpec): Promise<Job>;
  /** Keeps the report of a scan with the job. */
  keepReport(pieces: AsyncIterable<string>): Promise<void>;
}

export type DoJob = (context: JobContext) => Promise<JobResult>;

export interface JobRunnerOptions {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly work: DoJob;
  /** How many may wait; 100 when left out. */
  readonly maxQueued?: number;
  /** A job that takes longer fails; an hour when left out. Read anew for each job. */
  readonly timeoutMs?: (kind: JobKind) => number;
  /** How many of a kind run at once; 1 when left out. */
  readonly atOnce?: Partial<Readonly<Record<JobKind, number>>>;
  /** Told of every change of a job. */
  readonly changed?: (job: Job) => void;
}

interface Running {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  /** Why it was stopped, where it was. */
  end?: { readonly state: JobState; readonly reason: string };
}

/** How long who finds the queue full is asked to wait. */
const retryAfterMs = 30_000;
const defaultTimeoutMs = 3_600_000;

/**
 * The queue of jobs: bounded, the oldest first, a few of each kind at once. What is asked for with the id of a job that is known is
 * that job. A job that ran when the process died has failed then; one that waited runs after the start.
 */
export class JobRunner implements Component {
  readonly name = 'jobs';
  readonly #options: JobRunnerOptions;
  readonly #queue: KeptJob[] = [];
  readonly #running = new Map<string, Running>();
  readonly #runningOf = new Map<JobKind, number>();
  readonly #waiters = new Map<string, Set<() => void>>();
  #signal: AbortSignal | undefined;
  #refused = 0;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#queue.push(...options.store.recover());
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#startNext();
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const { stop } of this.#running.values()) stop.abort();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get runningNow(): number {
    return this.#running.size;
  }

  /** Requests that found the queue full. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Puts a job in the queue, or finds the one that has this id.
   *
   * @throws {QueueFullError} when too many wait; {BadInputError} for an id that can be none.
   */
  submit(spec: JobSpec, request: JobRequest): { readonly job: Job; readonly isNew: boolean } {
    const [first] = this.submitAll([{ spec, request }]);
    if (first === undefined) throw new Error('a job was lost');
    return first;
  }

  /** All of them or none. @throws as {@link submit} */
  submitAll(
    all: readonly { readonly spec: JobSpec; readonly request: JobRequest }[],
  ): readonly { readonly job: Job; readonly isNew: boolean }[] {
    const { store, clock, maxQueued = 100 } = this.#options;
    for (const { request } of all) checkId(request.id);
    const known = all.map(({ request }) => (request.id === undefined ? undefined : store.get(request.id)));
    const more = known.filter((job) => job === undefined).length;
    if (this.#queue.length + more > maxQueued) {
      this.#refused += more;
      throw new QueueFullError(this.#queue.length, retryAfterMs);
    }
    const taken = all.map(({ spec, request }, i) => {
      // The same id twice in one request is one job, too.
      const before = known[i] ?? (request.id === undefined ? undefined : store.get(request.id));
      if (before !== undefined) return { job: before, isNew: false };
      const job: KeptJob = {
        ...newJob(spec, request, clock.now()),
        state: 'queued',
      };
      store.add(job);
      this.#queue.push(job);
      this.#tell(job);
      return { job, isNew: true };
    });
    this.#startNext();
    return taken;
  }

  /** @throws {NotFoundError} when there is no such job; {BadInputError} when it has ended. */
  cancel(id: string, reason = 'cancelled on request'): Job {
    const { store } = this.#options;
    const job = store.get(id);
    if (job === undefined) throw new NotFoundError(`there is no job "${id}"`);
    if (isEnded(job)) throw new BadInputError('id', `the job "${id}" has ended already: ${job.state}`);
    const at = this.#queue.findIndex((one) => one.id === id);
    if (at >= 0) {
      this.#queue.splice(at, 1);
      this.#change(job, { state: 'cancelled', reason, endedAtMs: this.#options.clock.now() });
    } else {
      const running = this.#running.get(id);
      if (running !== undefined) {
        running.end = { state: 'cancelled', reason };
        running.stop.abort();
      }
    }
    return store.get(id) ?? job;
  }

  /** Resolves with the job once it has ended, or as it is when `signal` aborts. @throws {NotFoundError} */
  async ended(id: string, signal: AbortSignal): Promise<Job> {
    const { store } = this.#options;
    for (;;) {
      const job = store.get(id);
      if (job === undefined) throw new NotFoundError(`there is no job "${id}"`);
      if (isEnded(job) || signal.aborted) return job;
      await this.#changeOf(id, signal);
    }
  }

  #changeOf(id: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(id) ?? new Set();
      this.#waiters.set(id, waiters);
      const end = (): void => {
        waiters.delete(end);
        if (waiters.size === 0) this.#waiters.delete(id);
        signal.removeEventListener('abort', end);
        resolve();
      };
      waiters.add(end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  #startNext(): void {
    if (this.#signal === undefined || this.#signal.aborted) return;
    for (let i = 0; i < this.#queue.length; ) {
      const job = this.#queue[i];
      if (job === undefined) return;
      const atOnce = this.#options.atOnce?.[job.kind] ?? 1;
      const now = this.#runningOf.get(job.kind) ?? 0;
      if (now >= atOnce) i++;
      else {
        this.#queue.splice(i, 1);
        this.#runningOf.set(job.kind, now + 1);
        void this.#run(job, this.#signal).finally(() => {
          this.#runningOf.set(job.kind, (this.#runningOf.get(job.kind) ?? 1) - 1);
          this.#startNext();
        });
      }
    }
  }

  /** Never rejects: what the work throws is the job's end. */
  #run(job: KeptJob, outer: AbortSignal): Promise<void> {
    const { clock, timeoutMs } = this.#options;
    const stop = new AbortController();
    const signal = AbortSignal.any([outer, stop.signal]);
    let finish = (): void => undefined;
    const running: Running = { stop, done: new Promise((resolve) => (finish = resolve)) };
    this.#running.set(job.id, running);
    const limitMs = timeoutMs?.(job.kind) ?? defaultTimeoutMs;
    const cancelTimer = clock.timer(limitMs, () => {
      running.end = { state: 'failed', reason: `took longer than ${formatDuration(limitMs)}` };
      stop.abort();
    });
    this.#change(job, { state: 'running', startedAtMs: clock.now() });
    const worked = Promise.resolve()
      .then(() => this.#options.work(this.#contextOf(job, signal)))
      .then(
        (result) => this.#end(job, running, outer, { result }),
        (error: unknown) => this.#end(job, running, outer, { error }),
      );
    return worked.finally(() => {
      cancelTimer();
      this.#running.delete(job.id);
      finish();
    });
  }

  #end(
    job: KeptJob,
    running: Running,
    outer: AbortSignal,
    { result, error }: { readonly result?: JobResult; readonly error?: unknown },
  ): void {
    const endedAtMs = this.#options.clock.now();
    const given = result === undefined ? {} : { result };
    if (running.end !== undefined) this.#change(job, { ...running.end, ...given, endedAtMs });
    else if (result !== undefined) this.#change(job, { state: 'done', result, endedAtMs });
    else if (this.#signal?.aborted === true)
      this.#change(job, {
        state: 'failed',
        reason: 'interrupted: Skopos was stopped while it ran',
        endedAtMs,
      });
    else if (outer.aborted)
      this.#change(job, { state: 'cancelled', reason: 'what it is a part of was ended', endedAtMs });
    else this.#change(job, { state: 'failed', reason: messageOf(error), endedAtMs });
  }

  #contextOf(job: KeptJob, signal: AbortSignal): JobContext {
    const { store, clock } = this.#options;
    let parts = 0;
    return {
      job,
      signal,
      part: async (spec) => {
        parts++;
        if (parts > mostParts)
          throw new BadInputError('', `it has more than ${mostParts} parts; choose less`);
        const { origin, schedule } = job;
        const request = { parentId: job.id, origin, schedule };
        const part: KeptJob = { ...newJob(spec, request, clock.now()), isPart: true };
        store.add(part);
        await this.#run(part, signal);
        return store.get(part.id) ?? part;
      },
      keepReport: (pieces) => store.keepReport(job.id, pieces, signal),
    };
  }

  #change(job: KeptJob, change: Parameters<JobStore['change']>[1]): void {
    try {
      this.#options.store.change(job.id, change);
    } catch (error) {
      // A database that fails must not end the others; at the next start the job is one that was interrupted.
      this.#options.log.error({ err: error, jobID: job.id }, 'the state of a job could not be written');
    }
    this.#tell({ ...job, ...change });
  }

  /** Log, ledger, pages, and who waits for it. */
  #tell(job: Job): void {
    const { log, ledger, clock, changed } = this.#options;
    const { id, parentId, command, title, state, reason, schedule } = job;
    const facts = {
      jobID: id,
      ...(parentId === '' ? {} : { parentID: parentId }),
      ...(schedule === '' ? {} : { schedule }),
      command,
      ...(reason === '' ? {} : { reason }),
    };
    log[state === 'failed' ? 'warn' : 'info'](facts, `job ${state}`);
    ledger({
      atMs: clock.now(),
      cause: id,
      hop: 'job',
      subject: `job:${id}`,
      decision: `job ${state}`,
      detail: { ...facts, title },
    });
    changed?.(job);
    for (const waiter of [...(this.#waiters.get(id) ?? [])]) waiter();
  }
}
