import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import type { Logger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Work } from '../promql/evaluation.ts';
import type { Queryable } from '../promql/queryable.ts';
import type { Turns } from '../promql/turns.ts';
import type { Evaluate, EvaluateInSlices } from './evaluate.ts';
import { nextTickMs } from './group-ticks.ts';
import type { InputChange } from './input-change.ts';
import type { RuleFile } from './rule-file.ts';
import { type GroupSurroundings, RuleGroup } from './rule-group.ts';
import type { ActiveAlert, AppendSamples, GroupStatus } from './rule-status.ts';
import { SelectorIndex } from './selector-index.ts';

export interface RuleManagerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** `evaluateWith(engine)` of evaluate.ts. */
  readonly evaluate: Evaluate;
  /** How evaluation gives way to other work: `evaluateInSlicesWith(engine)` and `engine.turns`. In one go where left out. */
  readonly slices?: { readonly evaluate: EvaluateInSlices; readonly turns: Turns };
  readonly store: Queryable;
  readonly append: AppendSamples;
  /** Takes alerts that fire or resolved, to be routed. */
  readonly send: (alerts: readonly Alert[]) => void;
  readonly ledger: Ledger;
  readonly externalLabels?: Labels;
  /** Without a slash at its end. */
  readonly externalURL: string;
  /** Interval of groups that set none; 1 m when left out. */
  readonly evaluationIntervalMs?: number;
  readonly queryOffsetMs?: number;
  /** How long a firing alert goes unsent before it is sent again; 1 m when left out. */
  readonly resendDelayMs?: number;
  /** Longest outage after which `for` goes on where it was; 1 h when left out. */
  readonly outageToleranceMs?: number;
  /** Least time left of `for` after such a restart; 10 m when left out. */
  readonly forGracePeriodMs?: number;
}

/** Changes that come this soon after an evaluation wait for one another. */
const coalesceMs = 50;
const maxCoalesceMs = 100;

/** Of the changes before one evaluation, causes are looked for among so many. */
const maxChanges = 1000;

/** Groups that feed each other in a circle are evaluated so many times for one change, and then on their interval. */
const maxChain = 4;

/** A group and its timers. */
interface Scheduled {
  readonly group: RuleGroup;
  changes: InputChange[];
  /** How many groups the changes went through to here. */
  chain: number;
  /** Until when changes are gathered instead of evaluated at once. */
  quietUntilMs: number;
  cancelTick?: () => void;
  cancelEvent?: () => void;
  cancelChange?: () => void;
  /** The evaluation that goes on in later turns of the event loop, if one does. */
  underWay?: { isDropped: boolean };
}

/** Evaluates rule groups on their interval and when what they read changed; keeps the state of alerts. */
export class RuleManager implements Component {
  readonly name = 'rules';
  readonly #options: RuleManagerOptions;
  readonly #around: GroupSurroundings;
  #groups = new Map<string, Scheduled>();
  #index = new SelectorIndex<Scheduled>();
  #isRunning = false;

  constructor(options: RuleManagerOptions) {
    this.#options = options;
    this.#around = {
      clock: options.clock,
      log: options.log,
      evaluate: options.evaluate,
      evaluateInSlices: options.slices?.evaluate,
      store: options.store,
      append: options.append,
      send: options.send,
      ledger: options.ledger,
      externalLabels: options.externalLabels ?? {},
      externalURL: options.externalURL,
      resendDelayMs: options.resendDelayMs ?? 60_000,
      outageToleranceMs: options.outageToleranceMs ?? 3_600_000,
      forGracePeriodMs: options.forGracePeriodMs ?? 600_000,
      startedMs: options.clock.now(),
    };
  }

  /** Takes the place of all that was loaded; rules that did not change keep their state. */
  load(files: readonly RuleFile[]): void {
    const { evaluationIntervalMs = 60_000, queryOffsetMs = 0 } = this.#options;
    // All groups are made before any is replaced, so that a failure leaves everything as it was.
    const groups = new Map<string, Scheduled>();
    for (const file of files) {
      for (const spec of file.groups) {
        const settings = {
          file: file.path,
          intervalMs: spec.intervalMs || evaluationIntervalMs,
          offsetMs: spec.queryOffsetMs ?? queryOffsetMs,
        };
        const group = new RuleGroup(spec, settings, this.#around);
        groups.set(`${file.path};${spec.name}`, { group, changes: [], chain: 0, quietUntilMs: 0 });
      }
    }
    const index = new SelectorIndex<Scheduled>();
    for (const scheduled of groups.values()) {
      if (!scheduled.group.seesChangesAtOnce) continue;
      for (const matchers of scheduled.group.selectors()) index.add(scheduled, matchers);
    }
    const gone: Labels[] = [];
    for (const [key, old] of this.#groups) {
      cancelAll(old);
      const next = groups.get(key);
      gone.push(...(next === undefined ? old.group.writtenSeries() : next.group.takeOver(old.group)));
    }
    const atMs = this.#options.clock.now() + 1;
    if (gone.length > 0) this.#options.append(gone.map((labels) => ({ labels, atMs, value: 'stale' })));
    this.#groups = groups;
    this.#index = index;
    if (this.#isRunning) for (const scheduled of groups.values()) this.#start(scheduled);
  }

  /**
   * To be called after the store took samples of these series because of an event. Returns at once.
   *
   * @returns how many of them any rule reads.
   */
  inputsChanged(series: readonly Labels[], cause: string): number {
    return this.#changed(
      series.map((labels) => ({ labels, cause })),
      0,
    );
  }

  /** For `GET /api/v1/rules`. */
  groups(): readonly GroupStatus[] {
    return [...this.#groups.values()].map(({ group }) => group.status());
  }

  /** For `GET /api/v1/alerts`. */
  alerts(): readonly ActiveAlert[] {
    return this.groups().flatMap(({ rules }) => rules.flatMap(({ alerts }) => alerts));
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#isRunning = true;
    for (const scheduled of this.#groups.values()) this.#start(scheduled);
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    this.#isRunning = false;
    for (const scheduled of this.#groups.values()) cancelAll(scheduled);
  }

  /** Evaluates at once, so that a start or reload shows its effect, and from then on at the group's own moments. */
  #start(scheduled: Scheduled): void {
    scheduled.cancelEvent = this.#options.clock.timer(0, () => this.#onEvent(scheduled));
    this.#scheduleTick(scheduled);
  }

  #scheduleTick(scheduled: Scheduled): void {
    const { clock } = this.#options;
    const { group } = scheduled;
    const { intervalMs } = group;
    const nowMs = clock.now();
    const tickMs = nextTickMs({ file: group.file, name: group.spec.name, intervalMs }, nowMs);
    scheduled.cancelTick = clock.timer(tickMs - nowMs, () => {
      const passed = Math.floor((clock.now() - tickMs) / intervalMs);
      const missed = passed + (scheduled.underWay === undefined ? 0 : 1);
      if (missed > 0) {
        group.missed += missed;
        this.#options.log.warn({ group: group.spec.name, missed }, 'rule group missed evaluations');
      }
      this.#evaluate(scheduled, tickMs + passed * intervalMs);
      this.#scheduleTick(scheduled);
    });
  }

  #changed(changes: readonly InputChange[], chain: number): number {
    let read = 0;
    for (const change of changes) {
      const owners = this.#index.ownersOf(change.labels);
      if (owners.size > 0) read++;
      for (const scheduled of owners) {
        if (scheduled.changes.length >= maxChanges) scheduled.changes.shift();
        scheduled.changes.push(change);
        scheduled.chain = Math.max(scheduled.chain, chain);
        this.#scheduleEvent(scheduled);
      }
    }
    return read;
  }

  #scheduleEvent(scheduled: Scheduled): void {
    if (!this.#isRunning || scheduled.cancelEvent !== undefined) return;
    const waitMs = Math.max(0, scheduled.quietUntilMs - this.#options.clock.now());
    scheduled.cancelEvent = this.#options.clock.timer(waitMs, () => this.#onEvent(scheduled));
  }

  #onEvent(scheduled: Scheduled): void {
    delete scheduled.cancelEvent;
    const chain = scheduled.chain;
    const startMs = this.#options.clock.now();
    this.#evaluate(scheduled, startMs, (changed) => {
      // A group that takes long leaves about as much time to others.
      const endMs = this.#options.clock.now();
      scheduled.quietUntilMs = endMs + Math.min(maxCoalesceMs, Math.max(coalesceMs, endMs - startMs));
      if (chain < maxChain) this.#changed(changed, chain + 1);
    });
  }

  /**
   * Small groups are evaluated before this returns; others go on in later turns of the event loop. What comes while a group is
   * evaluated waits for the end of that.
   */
  #evaluate(
    scheduled: Scheduled,
    wantedMs: number,
    then: (changed: readonly InputChange[]) => void = () => {},
  ): void {
    if (scheduled.underWay !== undefined) return;
    const { group, changes } = scheduled;
    const { slices } = this.#options;
    const atMs = Math.max(wantedMs, (group.lastEvaluationMs ?? 0) + 1);
    scheduled.changes = [];
    scheduled.chain = 0;
    const end = (changed: readonly InputChange[]): void => {
      delete scheduled.underWay;
      this.#scheduleChange(scheduled);
      then(changed);
      if (scheduled.changes.length > 0) this.#scheduleEvent(scheduled);
    };
    if (slices === undefined) {
      end(group.evaluate(atMs, changes));
      return;
    }
    const underWay = { isDropped: false };
    const attempt = slices.turns.attempt(
      (isSpent) => unlessDropped(underWay, group.work({ atMs, changes, isSpent })),
      { urgent: true },
    );
    if ('value' in attempt) {
      end(attempt.value);
      return;
    }
    scheduled.underWay = underWay;
    void attempt.rest.then((changed) => {
      if (!underWay.isDropped) end(changed);
    });
  }

  /** The end of a `for` or `keep_firing_for` is evaluated when it comes, not at the next interval. */
  #scheduleChange(scheduled: Scheduled): void {
    scheduled.cancelChange?.();
    delete scheduled.cancelChange;
    const { group } = scheduled;
    const nextMs = group.nextChangeMs();
    // One that should have come with the last evaluation did not because a rule failed; the interval tries again.
    if (!this.#isRunning || nextMs === undefined || nextMs <= (group.lastEvaluationMs ?? 0)) return;
    scheduled.cancelChange = this.#options.clock.timer(nextMs - this.#options.clock.now(), () => {
      this.#evaluate(scheduled, Math.max(nextMs, this.#options.clock.now()), (changed) =>
        this.#changed(changed, 1),
      );
    });
  }
}

/** Work that ends, without having done what it was at, once it is dropped. */
function* unlessDropped(
  underWay: { readonly isDropped: boolean },
  work: Work<InputChange[]>,
): Work<readonly InputChange[]> {
  for (;;) {
    if (underWay.isDropped) return work.return([]).value ?? [];
    const step = work.next();
    if (step.done === true) return step.value;
    yield;
  }
}

function cancelAll(scheduled: Scheduled): void {
  scheduled.cancelTick?.();
  scheduled.cancelEvent?.();
  scheduled.cancelChange?.();
  delete scheduled.cancelEvent;
  if (scheduled.underWay !== undefined) scheduled.underWay.isDropped = true;
  delete scheduled.underWay;
}
