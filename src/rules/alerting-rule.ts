import { AppError } from '../kit/app-error.ts';
import type { FloatHistogram } from '../model/float-histogram.ts';
import { type Labels, labelsKey, metricName } from '../model/labels.ts';
import type { Work } from '../promql/evaluation.ts';
import { finish } from '../promql/turns.ts';
import type { EvaluatedSample } from './evaluate.ts';
import type { Expand } from './expand.ts';
import type { AlertingSpec } from './rule-file.ts';

/** A rule whose evaluation gave what cannot be used. */
export class RuleResultError extends AppError {
  readonly code = 'RULE_RESULT';
}

export type AlertState = 'inactive' | 'pending' | 'firing';

/** How long a resolved alert is kept and sent again. */
const resolvedRetentionMs = 15 * 60_000;

/** One alert of a rule, changed by each evaluation. */
export interface AlertInstance {
  readonly labels: Labels;
  annotations: Labels;
  state: AlertState;
  value: number;
  activeAtMs: number;
  firedAtMs?: number;
  resolvedAtMs?: number;
  keepFiringSinceMs?: number;
  lastSentAtMs?: number;
  cause?: string;
}

/** What an evaluation changed about one alert. */
export interface Transition {
  readonly alert: AlertInstance;
  readonly decision: 'pending' | 'firing' | 'resolved' | 'inactive';
}

/** A series that the rule writes at an evaluation. */
export interface WrittenSeries {
  readonly labels: Labels;
  readonly value: number | FloatHistogram;
}

export interface AlertingOutcome {
  readonly series: readonly WrittenSeries[];
  readonly transitions: readonly Transition[];
}

export interface EvaluationInput {
  readonly atMs: number;
  readonly samples: readonly EvaluatedSample[];
  /** Most alerts pending or firing; 0 is no limit. */
  readonly limit: number;
  readonly expand: Expand;
  /** Since when an alert was active before a restart, if it was; asked once for each new alert. */
  readonly restore?: (labels: Labels) => number | undefined;
}

/**
 * The state of one alerting rule: which alerts are pending, firing, or lately resolved.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
 */
export class AlertingRule {
  readonly spec: AlertingSpec;
  readonly #alerts = new Map<string, AlertInstance>();

  constructor(spec: AlertingSpec) {
    this.spec = spec;
  }

  /** Takes the alerts of the rule as it was loaded before. */
  takeOver(before: AlertingRule): void {
    for (const [key, alert] of before.#alerts) this.#alerts.set(key, alert);
  }

  /** Alerts that are pending or firing. */
  active(): AlertInstance[] {
    return [...this.#alerts.values()].filter(({ state }) => state !== 'inactive');
  }

  /** Alerts that have something to be sent: firing, and lately resolved. */
  sendable(): AlertInstance[] {
    return [...this.#alerts.values()].filter(({ state }) => state !== 'pending');
  }

  /** `firing` if any alert fires, else `pending` if any is. */
  state(): AlertState {
    const states = new Set([...this.#alerts.values()].map(({ state }) => state));
    return states.has('firing') ? 'firing' : states.has('pending') ? 'pending' : 'inactive';
  }

  /** When an alert changes its state by time alone: the end of `for` or of `keep_firing_for`. Undefined when none does. */
  nextChangeMs(): number | undefined {
    let next: number | undefined;
    for (const alert of this.#alerts.values()) {
      const endMs = this.#endMs(alert);
      if (endMs !== undefined && (next === undefined || endMs < next)) next = endMs;
    }
    return next;
  }

  /** @throws {RuleResultError} for two alerts with the same labels and for more than `limit`, which clears all. */
  evaluate(input: EvaluationInput): AlertingOutcome {
    return finish(this.work(input, () => false));
  }

  /** As {@link evaluate}, with pauses where `isSpent` says so. What is left in a pause has changed nothing yet. */
  *work(input: EvaluationInput, isSpent: () => boolean): Work<AlertingOutcome> {
    const { atMs } = input;
    const found = yield* this.#instances(input, isSpent);
    const transitions: Transition[] = [];
    for (const [key, fresh] of found) {
      const known = this.#activeAt(key);
      if (known !== undefined) {
        known.value = fresh.value;
        known.annotations = fresh.annotations;
        continue;
      }
      this.#alerts.set(key, fresh);
      if (this.spec.forMs > 0) transitions.push({ alert: fresh, decision: 'pending' });
    }
    for (const [key, alert] of this.#alerts) {
      const decision = found.has(key) ? this.#stillThere(alert, atMs) : this.#gone(key, alert, atMs);
      if (decision !== undefined) transitions.push({ alert, decision });
    }
    const active = this.active();
    if (input.limit > 0 && active.length > input.limit) {
      this.#alerts.clear();
      throw new RuleResultError(`exceeded limit of ${input.limit} with ${active.length} alerts`);
    }
    return { series: active.flatMap(seriesOf), transitions };
  }

  #activeAt(key: string): AlertInstance | undefined {
    const known = this.#alerts.get(key);
    return known?.state === 'inactive' ? undefined : known;
  }

  *#instances(
    { samples, atMs, expand, restore }: EvaluationInput,
    isSpent: () => boolean,
  ): Work<Map<string, AlertInstance>> {
    const found = new Map<string, AlertInstance>();
    for (const { labels: all, value } of samples) {
      const { [metricName]: _name, ...own } = all;
      // Templates see the metric's name too, where the expression keeps it.
      const sample = { labels: all, value };
      const labels: Record<string, string> = { ...own };
      for (const [name, text] of Object.entries(this.spec.labels)) labels[name] = expand(text, sample);
      labels['alertname'] = this.spec.name;
      for (const [name, text] of Object.entries(labels)) if (text === '') delete labels[name];
      const annotations: Record<string, string> = {};
      for (const [name, text] of Object.entries(this.spec.annotations))
        annotations[name] = expand(text, sample);
      const key = labelsKey(labels);
      if (found.has(key)) {
        throw new RuleResultError(
          'vector contains metrics with the same labelset after applying alert labels',
        );
      }
      const isNew = this.#activeAt(key) === undefined;
      const activeAtMs = (isNew ? restore?.(labels) : undefined) ?? atMs;
      found.set(key, { labels, annotations, state: 'pending', value, activeAtMs });
      if (isSpent()) yield;
    }
    return found;
  }

  #stillThere(alert: AlertInstance, atMs: number): Transition['decision'] | undefined {
    delete alert.keepFiringSinceMs;
    if (alert.state !== 'pending' || atMs - alert.activeAtMs < this.spec.forMs) return undefined;
    alert.state = 'firing';
    alert.firedAtMs = atMs;
    return 'firing';
  }

  #gone(key: string, alert: AlertInstance, atMs: number): Transition['decision'] | undefined {
    if (alert.state === 'firing' && this.spec.keepFiringForMs > 0) {
      alert.keepFiringSinceMs ??= atMs;
      if (atMs - alert.keepFiringSinceMs < this.spec.keepFiringForMs) return undefined;
    }
    const { state, resolvedAtMs } = alert;
    if (state === 'pending' || (resolvedAtMs !== undefined && atMs - resolvedAtMs > resolvedRetentionMs)) {
      this.#alerts.delete(key);
    }
    if (state === 'inactive') return undefined;
    alert.state = 'inactive';
    alert.resolvedAtMs = atMs;
    return state === 'pending' ? 'inactive' : 'resolved';
  }

  #endMs(alert: AlertInstance): number | undefined {
    if (alert.state === 'pending') return alert.activeAtMs + this.spec.forMs;
    if (alert.keepFiringSinceMs === undefined) return undefined;
    return alert.keepFiringSinceMs + this.spec.keepFiringForMs;
  }
}

function seriesOf(alert: AlertInstance): WrittenSeries[] {
  return [
    { labels: { ...alert.labels, [metricName]: 'ALERTS', alertstate: alert.state }, value: 1 },
    {
      labels: { ...alert.labels, [metricName]: 'ALERTS_FOR_STATE' },
      value: Math.floor(alert.activeAtMs / 1000),
    },
  ];
}
