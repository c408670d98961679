import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import type { BuiltInKeeper } from './built-in-keeper.ts';
import { cronTimes } from './cron.ts';
import type { Schedule } from './schedule.ts';

export type RunOutcome = 'started' | 'overlap' | 'refused' | 'missed';

export interface SchedulerOptions {
  readonly keeper: BuiltInKeeper;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether this process is the one that runs them; of several that share a cluster one is. */
  readonly isLeader: () => boolean;
  /** Whether a run of it still goes on. */
  readonly isRunning: (name: string) => boolean;
  /** Starts a run. The same id again is the same run. @throws when it cannot be taken now */
  readonly start: (schedule: Schedule, id: string) => void;
  /** Looks at the clock at least this often, so that one that is set right is noticed; every 30 s when left out. */
  readonly lookEveryMs?: number;
  /** Told how each time that fell due ended. */
  readonly told?: (schedule: Schedule, outcome: RunOutcome) => void;
}

const defaultLookMs = 30_000;
/** How many missed times are counted; there may be very many after a long absence. */
const mostCounted = 1000;

/**
 * Runs recurring scans where the cluster's CronJobs are not to be had. Of the times that passed while it was away the last one is made
 * up for, once. A time that comes while the last run still goes on is passed over.
 */
export class Scheduler implements Component {
  readonly name = 'scheduler';
  readonly #options: SchedulerOptions;
  #wake = new AbortController();

  constructor(options: SchedulerOptions) {
    this.#options = options;
    options.keeper.onChanged(() => this.#wake.abort());
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const nextMs = this.#look();
      const { lookEveryMs = defaultLookMs } = this.#options;
      const waitMs = Math.min(lookEveryMs, Math.max(1, nextMs - this.#options.clock.now()));
      await sleep(waitMs, AbortSignal.any([signal, this.#wake.signal]), this.#options.clock);
    }
  }

  /** Starts what is due. @returns when the next one is */
  #look(): number {
    const { keeper, isLeader } = this.#options;
    if (!isLeader()) return Number.POSITIVE_INFINITY;
    const active = keeper.all().filter(({ isPaused }) => !isPaused);
    return Math.min(Number.POSITIVE_INFINITY, ...active.map((schedule) => this.#lookAt(schedule)));
  }

  #lookAt(schedule: Schedule): number {
    const { clock, log, keeper, told } = this.#options;
    const nowMs = clock.now();
    try {
      const { next } = cronTimes(schedule.cron, schedule.timeZone);
      let dueMs: number | undefined;
      let passed = 0;
      let atMs = next(schedule.lastDueMs ?? schedule.createdAtMs);
      for (; atMs !== undefined && atMs <= nowMs && passed < mostCounted; atMs = next(atMs)) {
        dueMs = atMs;
        passed++;
      }
      if (dueMs === undefined) return atMs ?? Number.POSITIVE_INFINITY;
      if (atMs !== undefined && atMs <= nowMs) dueMs = lastBefore(next, nowMs, atMs);
      for (let i = 1; i < passed; i++) told?.(schedule, 'missed');
      if (passed > 1)
        log.warn({ schedule: schedule.name, missed: passed - 1 }, 'times of a recurring scan were missed');
      this.#start(schedule, dueMs);
      keeper.fellDue(schedule.name, dueMs);
      return next(nowMs) ?? Number.POSITIVE_INFINITY;
    } catch (error) {
      log.error({ schedule: schedule.name, problem: messageOf(error) }, 'a recurring scan could not be run');
      return nowMs + defaultLookMs;
    }
  }

  #start(schedule: Schedule, dueMs: number): void {
    const { log, isRunning, start, told } = this.#options;
    if (isRunning(schedule.name)) {
      log.warn({ schedule: schedule.name }, 'the last run still goes on; this one is passed over');
      told?.(schedule, 'overlap');
      return;
    }
    try {
      start(schedule, `${schedule.name}.${dueMs}`);
      told?.(schedule, 'started');
    } catch (error) {
      log.error({ schedule: schedule.name, problem: messageOf(error) }, 'a recurring scan was refused');
      told?.(schedule, 'refused');
    }
  }
}

/** The last time of a schedule that is not after `nowMs`, going back by doubling steps. */
function lastBefore(
  next: (afterMs: number) => number | undefined,
  nowMs: number,
  fallbackMs: number,
): number {
  for (let backMs = 60_000; backMs < nowMs; backMs *= 2) {
    let foundMs: number | undefined;
    for (let atMs = next(nowMs - backMs); atMs !== undefined && atMs <= nowMs; atMs = next(atMs))
      foundMs = atMs;
    if (foundMs !== undefined) return foundMs;
  }
  return fallbackMs;
}
