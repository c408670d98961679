import { messageOf } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import { fnv1a64 } from '../kit/hash.ts';
import type { Logger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import { type Labels, labelsKey, metricName, sortedPairs } from '../model/labels.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Work } from '../promql/evaluation.ts';
import { selectorUsesOf } from '../promql/inspect.ts';
import { parseExpr } from '../promql/parser.ts';
import type { Queryable } from '../promql/queryable.ts';
import { finish } from '../promql/turns.ts';
import {
  type AlertInstance,
  AlertingRule,
  RuleResultError,
  type Transition,
  type WrittenSeries,
} from './alerting-rule.ts';
import type { Evaluate, EvaluatedSample, EvaluateInSlices } from './evaluate.ts';
import { type Expand, makeExpand } from './expand.ts';
import { causeFor, type InputChange } from './input-change.ts';
import { restoredActiveAt } from './restore-for.ts';
import type { GroupSpec, RuleSpec } from './rule-file.ts';
import { identity, type RuleRun, statusOf, type Written } from './rule-state.ts';
import type { AppendSamples, GroupStatus } from './rule-status.ts';
import { graphPath } from './template-functions.ts';

/** What groups share. */
export interface GroupSurroundings {
  readonly clock: Clock;
  readonly log: Logger;
  readonly evaluate: Evaluate;
  /** Where there is none, a rule's expression is evaluated in one go. */
  readonly evaluateInSlices?: EvaluateInSlices | undefined;
  readonly store: Queryable;
  readonly append: AppendSamples;
  readonly send: (alerts: readonly Alert[]) => void;
  readonly ledger: Ledger;
  readonly externalLabels: Labels;
  readonly externalURL: string;
  readonly resendDelayMs: number;
  readonly outageToleranceMs: number;
  readonly forGracePeriodMs: number;
  /** When the process started. */
  readonly startedMs: number;
}

/** When and why a group is evaluated. */
export interface EvaluationMoment {
  readonly atMs: number;
  readonly changes: readonly InputChange[];
  /** Says whether the slice of time is used up, so that evaluation is to pause. */
  readonly isSpent: () => boolean;
}

/** One group at work: its rules in order, what they wrote, and what is to be sent. */
export class RuleGroup {
  readonly spec: GroupSpec;
  readonly file: string;
  readonly intervalMs: number;
  readonly #around: GroupSurroundings;
  readonly #offsetMs: number;
  #rules: RuleRun[];
  #lastEvaluationMs: number | undefined;
  #evaluationSeconds = 0;
  missed = 0;
  /** Of what no known event brought about in the evaluation at hand. */
  #ownCause: string | undefined;

  constructor(
    spec: GroupSpec,
    settings: { readonly file: string; readonly intervalMs: number; readonly offsetMs: number },
    around: GroupSurroundings,
  ) {
    this.spec = spec;
    this.file = settings.file;
    this.intervalMs = settings.intervalMs;
    this.#offsetMs = settings.offsetMs;
    this.#around = around;
    this.#rules = spec.rules.map((rule) => ({
      spec: rule,
      expr: parseExpr(rule.expr),
      alerting: rule.kind === 'alerting' ? new AlertingRule(rule) : undefined,
      written: new Map(),
      health: 'unknown',
      evaluationSeconds: 0,
    }));
  }

  get lastEvaluationMs(): number | undefined {
    return this.#lastEvaluationMs;
  }

  /** With an offset, what was just written is not seen yet, so an evaluation because of it is of no use. */
  get seesChangesAtOnce(): boolean {
    return this.#offsetMs <= 0;
  }

  /** What its rules read of what is written just now: with an offset of its own a selector sees it later. */
  selectors() {
    return this.#rules.flatMap(({ expr }) =>
      selectorUsesOf(expr)
        .filter(({ offsetMs }) => offsetMs <= 0)
        .map(({ matchers }) => matchers),
    );
  }

  nextChangeMs(): number | undefined {
    const times = this.#rules.flatMap(({ alerting }) => alerting?.nextChangeMs() ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * Takes the state of rules that both have (same kind, name and labels) from the group as it was loaded before.
   * Returns the series that no rule writes any more.
   */
  takeOver(before: RuleGroup): Labels[] {
    const left = [...before.#rules];
    this.#lastEvaluationMs = before.#lastEvaluationMs;
    this.missed = before.missed;
    this.#rules = this.#rules.map((run) => {
      const at = left.findIndex((other) => identity(other.spec) === identity(run.spec));
      const [known] = at < 0 ? [] : left.splice(at, 1);
      if (known === undefined) return run;
      if (run.alerting !== undefined && known.alerting !== undefined) run.alerting.takeOver(known.alerting);
      return { ...known, spec: run.spec, expr: run.expr, alerting: run.alerting };
    });
    const kept = new Set(this.#rules.flatMap(({ written }) => [...written.keys()]));
    return left.flatMap(({ written }) =>
      [...written].filter(([key]) => !kept.has(key)).map(([, { labels }]) => labels),
    );
  }

  /** Labels of all series that its rules wrote at their last evaluation. */
  writtenSeries(): Labels[] {
    return this.#rules.flatMap(({ written }) => [...written.values()].map(({ labels }) => labels));
  }

  /** Runs all rules at `atMs`. Returns the series that it wrote and whose value changed, with their causes. */
  evaluate(atMs: number, changes: readonly InputChange[]): InputChange[] {
    return finish(this.work({ atMs, changes, isSpent: () => false }));
  }

  /** As {@link evaluate}, with pauses where `isSpent` says so. A rule that is left in a pause has done nothing yet. */
  *work(at: EvaluationMoment): Work<InputChange[]> {
    const startMs = performance.now();
    this.#ownCause = undefined;
    const changed: InputChange[] = [];
    for (const run of this.#rules) {
      for (const change of yield* this.#evaluateRule(run, at)) changed.push(change);
      if (at.isSpent()) yield;
    }
    const { atMs } = at;
    this.#lastEvaluationMs = atMs;
    this.#evaluationSeconds = (performance.now() - startMs) / 1000;
    return changed;
  }

  status(): GroupStatus {
    return {
      file: this.file,
      spec: this.spec,
      intervalMs: this.intervalMs,
      ...(this.#lastEvaluationMs === undefined ? {} : { lastEvaluationMs: this.#lastEvaluationMs }),
      evaluationSeconds: this.#evaluationSeconds,
      missed: this.missed,
      rules: this.#rules.map(statusOf),
    };
  }

  *#evaluateRule(run: RuleRun, at: EvaluationMoment): Work<InputChange[]> {
    const { atMs, changes, isSpent } = at;
    const { evaluate, evaluateInSlices, store } = this.#around;
    const startMs = performance.now();
    const queryMs = atMs - this.#offsetMs;
    try {
      const samples = isOff(run.spec)
        ? []
        : evaluateInSlices === undefined
          ? evaluate(store, run.expr, queryMs)
          : yield* evaluateInSlices(store, run.expr, queryMs, isSpent);
      run.matched = samples.length;
      const written =
        run.alerting === undefined
          ? yield* this.#record(run.spec, samples, at)
          : yield* this.#alert(run.alerting, samples, at);
      const changed = this.#write(run, written, queryMs);
      run.health = 'ok';
      delete run.lastError;
      return changed.map((labels) => ({ labels, cause: causeFor(labels, changes) ?? this.#newCause() }));
    } catch (error) {
      run.health = 'err';
      run.lastError = messageOf(error);
      this.#around.log.warn(
        { group: this.spec.name, rule: run.spec.name, err: error },
        'rule evaluation failed',
      );
      return [];
    } finally {
      run.lastEvaluationMs = atMs;
      run.evaluationSeconds = (performance.now() - startMs) / 1000;
    }
  }

  *#record(
    spec: RuleSpec,
    samples: readonly EvaluatedSample[],
    { atMs, isSpent }: EvaluationMoment,
  ): Work<Written> {
    const written = new Map<string, WrittenSeries>();
    for (const { labels, value, histogram } of samples) {
      const all = recordedLabels(labels, spec);
      written.set(labelsKey(all), { labels: all, value: histogram ?? value });
      if (isSpent()) yield;
    }
    if (written.size < samples.length) {
      throw new RuleResultError('vector contains metrics with the same labelset after applying rule labels');
    }
    if (this.spec.limit > 0 && samples.length > this.spec.limit) {
      throw new RuleResultError(
        `exceeded limit of ${this.spec.limit} with ${samples.length} series at ${atMs}`,
      );
    }
    return written;
  }

  *#alert(
    rule: AlertingRule,
    samples: readonly EvaluatedSample[],
    { atMs, changes, isSpent }: EvaluationMoment,
  ): Work<Written> {
    const { store, startedMs, outageToleranceMs, forGracePeriodMs: graceMs } = this.#around;
    const { forMs } = rule.spec;
    // What an alert did before the restart is asked for until the grace period is over.
    const restores = atMs - startedMs <= graceMs;
    const input = {
      atMs,
      samples,
      limit: this.spec.limit,
      expand: this.#expander(rule.spec.name, atMs),
      ...(restores && {
        restore: (labels: Labels) =>
          restoredActiveAt(labels, { store, startedMs, nowMs: atMs, forMs, outageToleranceMs, graceMs }),
      }),
    };
    const { series, transitions } = yield* rule.work(input, isSpent);
    for (const transition of transitions) this.#note(transition, atMs, changes);
    this.#send(rule, atMs);
    return new Map(series.map((one) => [labelsKey(one.labels), one]));
  }

  #expander(rule: string, atMs: number): Expand {
    const { evaluate, store, externalLabels, externalURL } = this.#around;
    return makeExpand({
      rule,
      externalLabels,
      externalURL,
      atMs,
      query: (expr) => evaluate(store, expr, atMs - this.#offsetMs),
    });
  }

  #note({ alert, decision }: Transition, atMs: number, changes: readonly InputChange[]): void {
    const cause = causeFor(alert.labels, changes) ?? alert.cause ?? this.#newCause();
    alert.cause = cause;
    const labels = { ...this.#around.externalLabels, ...alert.labels };
    this.#around.ledger({
      atMs: this.#around.clock.now(),
      cause,
      hop: 'rule',
      subject: `rule:${this.spec.name}/${alert.labels['alertname'] ?? ''}`,
      decision,
      detail: {
        fingerprint: fnv1a64(sortedPairs(labels)),
        labels,
        value: String(alert.value),
        evaluatedAtMs: atMs,
      },
    });
  }

  #newCause(): string {
    this.#ownCause ??= newCause(this.#around.clock.now());
    return this.#ownCause;
  }

  #send(rule: AlertingRule, atMs: number): void {
    const { resendDelayMs, externalLabels, externalURL, send } = this.#around;
    const due = rule.sendable().filter((alert) => isDue(alert, atMs, resendDelayMs));
    if (due.length === 0) return;
    const validMs = 4 * Math.max(resendDelayMs, this.intervalMs);
    const generatorURL = `${externalURL}${graphPath(rule.spec.expr, 1)}`;
    send(
      due.map((alert) => {
        alert.lastSentAtMs = atMs;
        return {
          labels: { ...externalLabels, ...alert.labels },
          annotations: alert.annotations,
          startsAtMs: alert.firedAtMs ?? atMs,
          endsAtMs: alert.resolvedAtMs ?? atMs + validMs,
          generatorURL,
          updatedAtMs: atMs,
          ...(alert.cause === undefined ? {} : { cause: alert.cause }),
        };
      }),
    );
  }

  /** Writes the series and marks stale those that are gone. Returns the labels of what changed. */
  #write(run: RuleRun, written: Written, atMs: number): Labels[] {
    const gone = [...run.written].filter(([key]) => !written.has(key)).map(([, { labels }]) => labels);
    const changed = [...written].filter(([key, { value }]) => !Object.is(run.written.get(key)?.value, value));
    const stale = gone.map((labels) => ({ labels, atMs, value: 'stale' as const }));
    const fresh = [...written.values()].map(({ labels, value }) => ({ labels, atMs, value }));
    this.#around.append([...fresh, ...stale]);
    run.written = written;
    return [...changed.map(([, { labels }]) => labels), ...gone];
  }
}

function isDue(alert: AlertInstance, atMs: number, resendDelayMs: number): boolean {
  const { lastSentAtMs, resolvedAtMs, firedAtMs } = alert;
  // A pending alert that vanished became inactive without ever having been sent.
  if (firedAtMs === undefined) return false;
  if (lastSentAtMs === undefined) return true;
  if (resolvedAtMs !== undefined && resolvedAtMs > lastSentAtMs) return true;
  return lastSentAtMs + resendDelayMs < atMs;
}

/** Labels of a series that a recording rule writes for one that its expression gave. */
export function recordedLabels(labels: Labels, spec: RuleSpec): Labels {
  const all: Record<string, string> = { ...labels, ...spec.labels, [metricName]: spec.name };
  for (const [name, text] of Object.entries(all)) if (text === '') delete all[name];
  return all;
}

/** A rule that is off is evaluated all the same, to nothing: what fired before resolves. */
function isOff(spec: RuleSpec): boolean {
  return spec.kind === 'alerting' && spec.off !== undefined;
}
