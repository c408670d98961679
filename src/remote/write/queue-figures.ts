import { type KindCounts, noCounts } from './batch.ts';

/** Upper bounds in seconds of the time that a request takes, as Prometheus has them. */
export const durationBounds: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120, 300,
];

/** Why a value was not sent, by Prometheus' words. */
export type DropReason =
  | 'too_old'
  | 'dropped_series'
  | 'unintentionally_dropped_series'
  | 'nhcb_in_rw1_not_supported';

export const dropReasons: readonly DropReason[] = [
  'too_old',
  'dropped_series',
  'unintentionally_dropped_series',
  'nhcb_in_rw1_not_supported',
];

/** Everything that is counted of one queue since the start. */
export class QueueFigures {
  /** Read from the log. */
  readonly read = noCounts();
  /** Handed to the network, retries included. */
  readonly sent = noCounts();
  readonly failed = noCounts();
  readonly retried = noCounts();
  readonly dropped: Readonly<Record<DropReason, KindCounts>> = {
    too_old: noCounts(),
    dropped_series: noCounts(),
    unintentionally_dropped_series: noCounts(),
    nhcb_in_rw1_not_supported: noCounts(),
  };
  readonly metadata = { sent: 0, failed: 0, retried: 0, bytes: 0 };
  /** Times that the log had to wait for a full shard. */
  waits = 0;
  bytes = 0;
  /** Unix ms of the newest value that was read, and that was sent; 0 before there is one. */
  highestReadMs = 0;
  highestSentMs = 0;
  requests = 0;
  requestSeconds = 0;
  readonly requestBuckets = durationBounds.map(() => 0);
  /** Of the last request that was taken. */
  lastSentMs: number | undefined;
  /** Of the last request that was not; '' after one that was. */
  problem = '';
  lastProblemMs: number | undefined;

  took(seconds: number): void {
    this.requests++;
    this.requestSeconds += seconds;
    for (const [i, bound] of durationBounds.entries())
      if (seconds <= bound) this.requestBuckets[i] = (this.requestBuckets[i] ?? 0) + 1;
  }

  wasTaken(nowMs: number): void {
    this.lastSentMs = nowMs;
    this.problem = '';
  }

  wentWrong(problem: string, nowMs: number): void {
    this.problem = problem;
    this.lastProblemMs = nowMs;
  }
}

export function add(to: KindCounts, more: Readonly<KindCounts>): void {
  to.sample += more.sample;
  to.histogram += more.histogram;
  to.exemplar += more.exemplar;
}

export function sumOf({ sample, histogram, exemplar }: Readonly<KindCounts>): number {
  return sample + histogram + exemplar;
}
