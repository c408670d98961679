import type { MetricFamily } from '../../model/metric.ts';
import { isEnded, type Job, jobKinds } from '../../operator/job.ts';
import type { JobRunner } from '../../operator/job-runner.ts';
import type { RunOutcome } from '../../operator/schedules/scheduler.ts';
import type { Counter, Histogram, Registry } from '../../telemetry/registry.ts';
import { one } from '../process-metrics.ts';

/** Upper bounds in seconds. */
const durations = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 3600];

/** The series of jobs and recurring scans. */
export class OperatorMetrics {
  readonly #ended: Counter;
  readonly #seconds: Histogram;
  readonly #runs: Counter;
  readonly #lastSuccess = new Map<string, number>();

  /** @param jobs asked at each scrape; it may not be there yet when this is made */
  constructor(registry: Registry, jobs: () => JobRunner) {
    this.#ended = registry.counter(
      'skopos_jobs_total',
      'Jobs that ended, by how.',
      jobKinds.flatMap((kind) => [
        { kind, state: 'done' },
        { kind, state: 'failed' },
      ]),
    );
    this.#seconds = registry.histogram(
      'skopos_job_duration_seconds',
      'How long jobs took, from their start to their end.',
      durations,
    );
    this.#runs = registry.counter(
      'skopos_schedule_runs_total',
      'Times at which recurring scans of the built-in scheduler fell due, by what came of it.',
      (['started', 'overlap', 'refused', 'missed'] as const).map((outcome) => ({ outcome })),
    );
    registry.collector(() => this.#families(jobs()));
  }

  job(job: Job): void {
    const { kind, state, startedAtMs, endedAtMs } = job;
    if (!isEnded(job)) return;
    this.#ended.inc({ kind, state });
    if (endedAtMs === undefined) return;
    if (startedAtMs !== undefined) this.#seconds.observe((endedAtMs - startedAtMs) / 1000, { kind });
    if (state === 'done') this.#lastSuccess.set(kind, endedAtMs / 1000);
  }

  run(outcome: RunOutcome): void {
    this.#runs.inc({ outcome });
  }

  #families(jobs: JobRunner): MetricFamily[] {
    const last = 'skopos_job_last_success_timestamp_seconds';
    return [
      one('skopos_jobs_waiting', 'gauge', 'Jobs that wait for their turn.', jobs.waiting),
      one('skopos_jobs_running', 'gauge', 'Jobs that run now, their parts included.', jobs.runningNow),
      one(
        'skopos_jobs_refused_total',
        'counter',
        'Requests for a job that found the queue full.',
        jobs.refused,
      ),
      {
        name: last,
        help: 'When a job of the kind was last done, in Unix seconds.',
        type: 'gauge',
        samples: [...this.#lastSuccess].map(([kind, value]) => ({ name: last, labels: { kind }, value })),
      },
    ];
  }
}
