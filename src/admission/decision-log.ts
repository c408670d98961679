import { newCause } from '../kit/cause.ts';
import type { Ledger } from '../model/ledger.ts';
import { formatRef, keyOf } from '../model/object.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { Decision, Outcome } from './decision.ts';

export interface DecisionLogOptions {
  readonly registry: Registry;
  readonly ledger: Ledger;
  /** How many decisions are kept; 1000 when left out. */
  readonly kept?: number;
}

/** How often a control led to what, since the start. */
export interface ControlTally {
  readonly controlId: string;
  readonly control: string;
  denied: number;
  warned: number;
  audited: number;
}

/** One minute of decisions. */
export interface Minute {
  /** Unix ms at which it begins. */
  readonly atMs: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const minuteMs = 60_000;
const keptMinutes = 60;
/** Of one minute; more of them say no more about a quantile. */
const mostTimes = 5_000;
const outcomes: readonly Outcome[] = ['allowed', 'warned', 'denied'];

/**
 * What has been decided lately: for pages, in the ledger and as metrics. Dry runs are counted and shown, but not in the ledger:
 * they are to leave no trace.
 */
export class DecisionLog {
  readonly #options: Required<DecisionLogOptions>;
  readonly #recent: Decision[] = [];
  readonly #controls = new Map<string, ControlTally>();
  readonly #minutes: { readonly atMs: number; requests: number; readonly times: number[] }[] = [];
  readonly #seconds;
  readonly #requests;
  readonly #breaches;
  readonly #failures;

  constructor(options: DecisionLogOptions) {
    this.#options = { kept: 1000, ...options };
    const { registry } = options;
    this.#requests = registry.counter(
      'skopos_admission_requests_total',
      'Admission requests by what was decided.',
      outcomes.map((outcome) => ({ outcome, dry_run: 'false' })),
    );
    this.#seconds = registry.histogram(
      'skopos_admission_duration_seconds',
      'Time to decide an admission request, without the way to us and back.',
      latencyBuckets,
    );
    this.#breaches = registry.counter(
      'skopos_admission_breaches_total',
      'Breaches found in admission requests, by control and what they led to.',
    );
    this.#failures = registry.counter(
      'skopos_admission_unanswered_total',
      'Admission requests without a decision, for which the failure policy of the API server decided.',
      ['bad-request', 'not-ready', 'overloaded', 'fault'].map((reason) => ({ reason })),
    );
  }

  failed(reason: string): void {
    this.#failures.inc({ reason });
  }

  add(decision: Decision): void {
    const { outcome, dryRun, tookMs, breaches } = decision;
    this.#requests.inc({ outcome, dry_run: String(dryRun) });
    this.#seconds.observe(tookMs / 1000);
    this.#note(decision);
    if (breaches.length > 0 || outcome !== 'allowed') {
      this.#recent.push(decision);
      if (this.#recent.length > this.#options.kept) this.#recent.shift();
    }
    for (const [controlId, { control, action }] of new Map(breaches.map((one) => [one.controlId, one])))
      this.#tally(controlId, control, action);
    if (!dryRun && outcome !== 'allowed') this.#tell(decision);
  }

  /** Those with something to tell, the newest first. */
  recent(): readonly Decision[] {
    return this.#recent.toReversed();
  }

  byControl(): readonly ControlTally[] {
    const weight = ({ denied, warned, audited }: ControlTally) => denied * 1e6 + warned * 1e3 + audited;
    return [...this.#controls.values()].sort((a, b) => weight(b) - weight(a));
  }

  /** Of the last hour, the oldest first. */
  minutes(): readonly Minute[] {
    return this.#minutes.map(({ atMs, requests, times }) => {
      const sorted = times.toSorted((a, b) => a - b);
      const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
      return { atMs, requests, p50Ms: at(0.5), p99Ms: at(0.99) };
    });
  }

  #note({ atMs, tookMs }: Decision): void {
    const startMs = Math.floor(atMs / minuteMs) * minuteMs;
    let minute = this.#minutes.at(-1);
    if (minute === undefined || minute.atMs !== startMs) {
      minute = { atMs: startMs, requests: 0, times: [] };
      this.#minutes.push(minute);
      if (this.#minutes.length > keptMinutes) this.#minutes.shift();
    }
    minute.requests++;
    if (minute.times.length < mostTimes) minute.times.push(tookMs);
  }

  #tally(controlId: string, control: string, action: Decision['breaches'][number]['action']): void {
    const of = this.#controls.get(controlId) ?? { controlId, control, denied: 0, warned: 0, audited: 0 };
    this.#controls.set(controlId, of);
    if (action === 'deny') of.denied++;
    else if (action === 'warn') of.warned++;
    else of.audited++;
    this.#breaches.inc({ control_id: controlId, action });
  }

  #tell({ atMs, tookMs, outcome, operation, object, user, breaches }: Decision): void {
    this.#options.ledger({
      atMs,
      cause: newCause(atMs),
      hop: 'admission',
      subject: keyOf(object),
      decision: outcome,
      detail: {
        object: formatRef(object),
        operation,
        user,
        controls: [...new Set(breaches.map(({ controlId, action }) => `${action} ${controlId}`))].slice(
          0,
          20,
        ),
        tookMs: Math.round(tookMs * 1000) / 1000,
      },
    });
  }
}
