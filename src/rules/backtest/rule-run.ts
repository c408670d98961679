import { messageOf } from '../../kit/app-error.ts';
import type { AlertOutcome, Episode, RuleOutcome } from '../../model/backtest.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import { type AlertInstance, AlertingRule, type Transition, type WrittenSeries } from '../alerting-rule.ts';
import type { EvaluatedSample } from '../evaluate.ts';
import { type Expand, makeExpand } from '../expand.ts';
import type { Steps } from './history.ts';
import type { TestedRule } from './order-rules.ts';

/** An alert that fired or resolved at a moment of the history. */
export interface AlertEvent {
  readonly atMs: number;
  readonly rule: AlertRun;
  readonly labels: Labels;
  readonly firedAtMs: number;
  /** Undefined: it fires now. */
  readonly resolvedAtMs?: number;
}

/** Alerts and episodes beyond these are counted, not kept. */
const maxAlerts = 500;
const maxEpisodes = 200;
const maxOthers = 100_000;
/** How long the steps of a rule may hold the event loop at a time. */
const sliceMs = 10;

/** An alert that is pending or fires. */
interface Open {
  readonly labels: Labels;
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
}

/** One alerting rule on its way through the history: its real state machine, and what became of its alerts. */
export class AlertRun {
  readonly tested: TestedRule;
  readonly #rule: AlertingRule;
  readonly #expand: Expand;
  readonly #startMs: number;
  readonly #alerts = new Map<string, { labels: Labels; episodes: Episode[]; firingMs: number }>();
  readonly #open = new Map<string, Open>();
  /** Keys of alerts that are not kept. */
  readonly #others = new Set<string>();
  #counts = { pending: 0, fired: 0, resolved: 0 };
  #problem = '';
  notifications = 0;

  /** @param startMs what ended before is not told of */
  constructor(tested: TestedRule, startMs: number, externalLabels: Labels) {
    const { spec } = tested;
    if (spec.kind !== 'alerting') throw new TypeError(`${spec.name} is no alerting rule`);
    this.tested = tested;
    // Texts of annotations tell nobody when or whom; a label's may.
    this.#rule = new AlertingRule({ ...spec, annotations: {} });
    this.#startMs = startMs;
    this.#expand = makeExpand({
      rule: spec.name,
      externalLabels,
      externalURL: '',
      atMs: startMs,
      query: () => [],
    });
  }

  /**
   * Goes through the steps of one slice, and leaves time to others now and then.
   *
   * @param each told of the series that the rule writes at each step, where somebody reads them
   */
  async advance(
    series: readonly MixedSamples[],
    steps: Steps,
    shiftMs: number,
    each?: (atMs: number, written: readonly WrittenSeries[]) => void,
  ): Promise<AlertEvent[]> {
    const events: AlertEvent[] = [];
    const at = new Uint32Array(series.length);
    let turnMs = performance.now();
    for (let stepMs = steps.startMs; stepMs <= steps.endMs; stepMs += steps.stepMs) {
      const samples = samplesAt(stepMs, series, at);
      if (samples.length === 0 && this.#open.size === 0) continue;
      const written = this.#evaluate(samples, stepMs + shiftMs, events);
      each?.(stepMs, written);
      if (performance.now() - turnMs < sliceMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turnMs = performance.now();
    }
    return events;
  }

  /** Notes that the rule could not be evaluated. */
  failed(error: unknown): void {
    if (this.#problem === '') this.#problem = messageOf(error);
  }

  outcome(): RuleOutcome {
    const { spec, group, file, intervalMs } = this.tested;
    const { forMs, keepFiringForMs } = spec.kind === 'alerting' ? spec : { forMs: 0, keepFiringForMs: 0 };
    // What goes on at the end has no end yet.
    for (const [key, episode] of this.#open) this.#keep(key, episode);
    const alerts = [...this.#alerts.values()]
      .sort((a, b) => b.firingMs - a.firingMs)
      .map(({ labels, episodes }): AlertOutcome => ({ labels, episodes }));
    return {
      file,
      line: spec.place.line,
      group: group.name,
      name: spec.name,
      expr: spec.expr,
      forMs,
      keepFiringForMs,
      intervalMs,
      ...this.#counts,
      alerts,
      moreAlerts: this.#others.size,
      notifications: this.notifications,
      problem: this.#problem,
    };
  }

  #evaluate(
    samples: readonly EvaluatedSample[],
    atMs: number,
    events: AlertEvent[],
  ): readonly WrittenSeries[] {
    try {
      const { series, transitions } = this.#rule.evaluate({
        atMs,
        samples,
        limit: this.tested.group.limit,
        expand: this.#expand,
      });
      for (const { alert, decision } of transitions) this.#note(alert, decision, atMs, events);
      return series;
    } catch (error) {
      // As at work: an evaluation that fails leaves what was, and is tried again at the next interval.
      this.failed(error);
      // Over the limit of its group, a rule drops all of its alerts.
      if (this.#rule.active().length === 0) this.#dropAll(atMs, events);
      return [];
    }
  }

  #note(alert: AlertInstance, decision: Transition['decision'], atMs: number, events: AlertEvent[]): void {
    const { labels, activeAtMs, firedAtMs = atMs } = alert;
    const key = labelsKey(labels);
    const isCounted = atMs >= this.#startMs;
    if (decision === 'pending') {
      this.#open.set(key, { labels, activeAtMs });
      if (isCounted) this.#counts.pending++;
    } else if (decision === 'firing') {
      this.#open.set(key, { labels, activeAtMs, firedAtMs: atMs });
      if (isCounted) this.#counts.fired++;
      events.push({ atMs, rule: this, labels, firedAtMs });
    } else {
      this.#end(key, atMs);
      if (decision === 'resolved') events.push({ atMs, rule: this, labels, firedAtMs, resolvedAtMs: atMs });
    }
  }

  #dropAll(atMs: number, events: AlertEvent[]): void {
    for (const [key, { labels, firedAtMs }] of this.#open) {
      this.#end(key, atMs);
      if (firedAtMs !== undefined) events.push({ atMs, rule: this, labels, firedAtMs, resolvedAtMs: atMs });
    }
  }

  #end(key: string, atMs: number): void {
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (open === undefined || atMs < this.#startMs) return;
    this.#keep(key, { ...open, endedAtMs: atMs });
    if (open.firedAtMs !== undefined) this.#counts.resolved++;
  }

  #keep(key: string, { labels, ...episode }: Open & { readonly endedAtMs?: number }): void {
    let alert = this.#alerts.get(key);
    if (alert === undefined) {
      if (this.#alerts.size >= maxAlerts) {
        if (this.#others.size < maxOthers) this.#others.add(key);
        return;
      }
      alert = { labels, episodes: [], firingMs: 0 };
      this.#alerts.set(key, alert);
    }
    const { firedAtMs, endedAtMs = Number.MAX_SAFE_INTEGER } = episode;
    if (firedAtMs !== undefined) alert.firingMs += endedAtMs - firedAtMs;
    if (alert.episodes.length < maxEpisodes) alert.episodes.push(episode);
  }
}

/** What stands at a step; `at` holds how far each series has been read. */
function samplesAt(stepMs: number, series: readonly MixedSamples[], at: Uint32Array): EvaluatedSample[] {
  const samples: EvaluatedSample[] = [];
  for (const [i, { labels, timesMs, values, histograms }] of series.entries()) {
    const index = at[i] ?? 0;
    if (timesMs[index] !== stepMs) continue;
    at[i] = index + 1;
    const histogram = histograms?.[index];
    samples.push({ labels, value: values[index] ?? 0, ...(histogram === undefined ? {} : { histogram }) });
  }
  return samples;
}
