import type { BacktestProgress, BacktestResult, NotificationOutcome } from '../../model/backtest.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import { type Labels, labelsKey, metricName } from '../../model/labels.ts';
import { selectorUsesOf } from '../../promql/inspect.ts';
import { nextTickMs } from '../group-ticks.ts';
import type { RuleFile } from '../rule-file.ts';
import { recordedLabels } from '../rule-group.ts';
import type { History, Steps } from './history.ts';
import { type OrderedRules, orderRules, type TestedRule } from './order-rules.ts';
import { type AlertEvent, AlertRun } from './rule-run.ts';

/** Takes alerts as the router at work does, in the time of the history. */
export interface BacktestRouting {
  /** In order of time: `atMs` is never before what it was told already. */
  take(atMs: number, events: readonly AlertEvent[]): Promise<void>;
  /** Lets time go on to `atMs`, and gives what was sent since `startMs`. */
  finish(atMs: number): Promise<NotificationOutcome>;
}

export interface BacktestOptions {
  readonly files: readonly RuleFile[];
  readonly history: History;
  readonly startMs: number;
  readonly endMs: number;
  /** Of groups that set none. */
  readonly evaluationIntervalMs: number;
  readonly externalLabels?: Labels;
  /**
   * Made when it is known when the first evaluation is, which is before `startMs` where rules have a `for`, and how often the
   * rules are evaluated that are most often.
   */
  readonly routing: (firstMs: number, intervalMs: number) => BacktestRouting;
  readonly signal: AbortSignal;
  readonly progress?: (progress: BacktestProgress) => void;
}

const hourMs = 3_600_000;
/** The history is gone through in pieces, so that memory does not grow with its length: at least this long … */
const minSliceMs = hourMs;
/** … and longer where rules look far back, so that what they read is not read too often. */
const maxSliceMs = 6 * hourMs;
/** Steps of one query; Prometheus answers up to 11,000. */
const maxSteps = 5000;
/** What happened before the start is found out for `for` and `keep_firing_for`, as far back as this. */
const maxWarmUpMs = 24 * hourMs;
/** Instant selectors look so far back. */
const lookbackMs = 300_000;

/**
 * What rules and routing would have done over stored history: the rules' own state machines at the moments at which their
 * groups are evaluated on the interval, and the router in virtual time.
 *
 * @throws what the history throws when it cannot be asked; a rule that fails is told of in its outcome.
 */
export async function backtestRules(options: BacktestOptions): Promise<BacktestResult> {
  const { files, history, startMs, endMs, evaluationIntervalMs, signal, progress } = options;
  const ordered = orderRules(files, { intervalMs: evaluationIntervalMs });
  const firstMs = startMs - warmUpMs(ordered);
  const runs = new Map<TestedRule, AlertRun>();
  for (const rule of ordered.rules)
    if (rule.spec.kind === 'alerting')
      runs.set(rule, new AlertRun(rule, startMs, options.externalLabels ?? {}));
  const routing = options.routing(
    firstMs,
    Math.min(...ordered.rules.map(({ intervalMs }) => intervalMs), evaluationIntervalMs),
  );
  const reachMs = replaceStored(ordered, history, firstMs);
  const sliceMs = sliceLength(ordered);
  const problems = new Map<string, string>();

  for (let fromMs = firstMs; fromMs < endMs; fromMs += sliceMs) {
    const toMs = Math.min(endMs, fromMs + sliceMs) - 1;
    const events: AlertEvent[] = [];
    for (const [i, rule] of ordered.rules.entries()) {
      signal.throwIfAborted();
      events.push(...(await runSlice(rule, { fromMs, toMs }, { ordered, runs, history, problems, signal })));
      const done =
        (fromMs - firstMs + ((toMs + 1 - fromMs) * (i + 1)) / ordered.rules.length) / (endMs - firstMs);
      progress?.({ done: Math.min(0.999, done), atMs: fromMs });
    }
    await route(events, routing);
    history.recorded?.forget(toMs - reachMs);
  }

  const notifications = await routing.finish(endMs);
  progress?.({ done: 1, atMs: endMs });
  return {
    startMs,
    endMs,
    source: history.name,
    rules: [...runs.values()].map((run) => run.outcome()),
    notifications,
    warnings: warningsOf(ordered, history, problems),
  };
}

interface Surroundings {
  readonly ordered: OrderedRules;
  readonly runs: ReadonlyMap<TestedRule, AlertRun>;
  readonly history: History;
  /** Of recording rules, by name. */
  readonly problems: Map<string, string>;
  readonly signal: AbortSignal;
}

/** Evaluates one rule at its moments within a slice. */
async function runSlice(
  rule: TestedRule,
  slice: { readonly fromMs: number; readonly toMs: number },
  { ordered, runs, history, problems, signal }: Surroundings,
): Promise<AlertEvent[]> {
  const ticks = ticksOf(rule, slice);
  if (ticks === undefined) return [];
  // Samples are read, and written, so much before the moment of the evaluation.
  const steps: Steps = {
    startMs: ticks.startMs - rule.queryOffsetMs,
    endMs: ticks.endMs - rule.queryOffsetMs,
    stepMs: ticks.stepMs,
  };
  const run = runs.get(rule);
  let series: readonly MixedSamples[];
  try {
    series = await inParts(rule, steps, history, signal);
  } catch (error) {
    if (signal.aborted || !isRuleFault(error)) throw error;
    if (run !== undefined) run.failed(error);
    else problems.set(rule.spec.name, error instanceof Error ? error.message : String(error));
    return [];
  }
  if (run === undefined) {
    const { spec } = rule;
    history.recorded?.write(
      rule,
      series.map((one) => ({ ...one, labels: recordedLabels(one.labels, spec) })),
      steps,
    );
    return [];
  }
  if (!ordered.readsAlerts || history.recorded === undefined)
    return run.advance(series, steps, rule.queryOffsetMs);
  const written = new AlertSeries();
  const events = await run.advance(series, steps, rule.queryOffsetMs, (atMs, all) => written.add(atMs, all));
  history.recorded.write(rule, written.series(), steps);
  return events;
}

/** A query that holds too many samples is asked for in halves. */
async function inParts(
  rule: TestedRule,
  steps: Steps,
  history: History,
  signal: AbortSignal,
): Promise<readonly MixedSamples[]> {
  try {
    return await history.range(rule.expr, steps, signal);
  } catch (error) {
    const count = Math.floor((steps.endMs - steps.startMs) / steps.stepMs) + 1;
    if (count < 2 || !(error instanceof Error && /too many samples/.test(error.message))) throw error;
    const middleMs = steps.startMs + Math.floor(count / 2) * steps.stepMs;
    const first = await inParts(rule, { ...steps, endMs: middleMs - steps.stepMs }, history, signal);
    const second = await inParts(rule, { ...steps, startMs: middleMs }, history, signal);
    return concatenated(first, second);
  }
}

function concatenated(first: readonly MixedSamples[], second: readonly MixedSamples[]): MixedSamples[] {
  const later = new Map(second.map((series) => [labelsKey(series.labels), series]));
  const both = first.map((a): MixedSamples => {
    const b = later.get(labelsKey(a.labels));
    if (b === undefined) return a;
    later.delete(labelsKey(a.labels));
    const hasHistograms = a.histograms !== undefined || b.histograms !== undefined;
    const histograms = [a, b].flatMap((one) => [
      ...(one.histograms ?? Array.from({ length: one.timesMs.length }, () => undefined)),
    ]);
    return {
      labels: a.labels,
      timesMs: chained(a.timesMs, b.timesMs),
      values: chained(a.values, b.values),
      ...(hasHistograms ? { histograms } : {}),
    };
  });
  return [...both, ...later.values()];
}

function chained(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Events of all rules in order of time; those of one moment and rule reach the router together, as at work. */
async function route(events: readonly AlertEvent[], routing: BacktestRouting): Promise<void> {
  const sorted = events.toSorted((a, b) => a.atMs - b.atMs);
  for (let from = 0; from < sorted.length; ) {
    const first = sorted[from];
    if (first === undefined) return;
    let to = from + 1;
    while (sorted[to]?.atMs === first.atMs && sorted[to]?.rule === first.rule) to++;
    await routing.take(first.atMs, sorted.slice(from, to));
    from = to;
  }
}

function ticksOf(
  { file, group, intervalMs }: TestedRule,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Steps | undefined {
  const startMs = nextTickMs({ file, name: group.name, intervalMs }, fromMs - 1);
  if (startMs > toMs) return undefined;
  const endMs = startMs + Math.floor((toMs - startMs) / intervalMs) * intervalMs;
  return { startMs, endMs, stepMs: intervalMs };
}

function warmUpMs({ rules }: OrderedRules): number {
  const longest = rules.map(({ spec, intervalMs }) =>
    spec.kind === 'alerting' ? spec.forMs + spec.keepFiringForMs + intervalMs : 0,
  );
  return Math.min(maxWarmUpMs, Math.max(0, ...longest));
}

function reachOf(rule: TestedRule): number {
  return Math.max(0, ...selectorUsesOf(rule.expr).map(({ reachMs }) => reachMs)) + rule.queryOffsetMs;
}

function sliceLength({ rules }: OrderedRules): number {
  const reachMs = Math.max(0, ...rules.map(reachOf));
  const shortest = Math.min(hourMs, ...rules.map(({ intervalMs }) => intervalMs));
  return Math.min(Math.max(reachMs, minSliceMs), maxSliceMs, maxSteps * shortest);
}

/** Has what the rules under test write read from them instead of from the store. Returns how far back it is read. */
function replaceStored({ rules }: OrderedRules, history: History, firstMs: number): number {
  const recorded = new Set(rules.flatMap(({ spec }) => (spec.kind === 'recording' ? [spec.name] : [])));
  const alerts = new Set(rules.flatMap(({ spec }) => (spec.kind === 'alerting' ? [spec.name] : [])));
  history.recorded?.replace((labels) => {
    const name = labels[metricName] ?? '';
    if (name === 'ALERTS' || name === 'ALERTS_FOR_STATE') return alerts.has(labels['alertname'] ?? '');
    return recorded.has(name);
  }, firstMs);
  return Math.max(0, ...rules.map(reachOf)) + lookbackMs;
}

/** Faults of one rule's own query; anything else is about the whole back-test. */
function isRuleFault(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return code === 'QUERY_FAILED' || code === 'QUERY_TIMED_OUT' || code === 'BAD_QUERY';
}

function warningsOf(
  { circles, dependents }: OrderedRules,
  history: History,
  problems: ReadonlyMap<string, string>,
): string[] {
  const warnings: string[] = [];
  if (history.recorded === undefined && dependents.length > 0)
    warnings.push(
      `${listOf(dependents)} read what other rules here write; ${history.name} answered with what it has stored of that, not with what these rules would have written`,
    );
  if (circles.length > 0)
    warnings.push(
      `${circles.join(', ')} read each other in a circle; within a slice, they saw what was written before it`,
    );
  for (const [name, problem] of problems) warnings.push(`recording rule ${name}: ${problem}`);
  return warnings;
}

function listOf(rules: readonly TestedRule[]): string {
  const names = [...new Set(rules.map(({ spec }) => spec.name))];
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/** What alerts look like as series, gathered step by step. */
class AlertSeries {
  readonly #byKey = new Map<string, { readonly labels: Labels; times: number[]; values: number[] }>();

  add(atMs: number, written: readonly { readonly labels: Labels; readonly value: unknown }[]): void {
    for (const { labels, value } of written) {
      const key = labelsKey(labels);
      let series = this.#byKey.get(key);
      if (series === undefined) {
        series = { labels, times: [], values: [] };
        this.#byKey.set(key, series);
      }
      series.times.push(atMs);
      series.values.push(Number(value));
    }
  }

  series(): MixedSamples[] {
    return [...this.#byKey.values()].map(({ labels, times, values }) => ({
      labels,
      timesMs: Float64Array.from(times),
      values: Float64Array.from(values),
    }));
  }
}
