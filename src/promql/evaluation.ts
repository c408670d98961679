import type { Work } from '../kit/work.ts';
import type { Labels } from '../model/labels.ts';
import type { Annotations } from './annotations.ts';
import { type Expr, unwrapParens, type VectorSelector } from './ast.ts';
import { type Column, type Grid, isEmpty, type Value, type VectorValue, withoutName } from './column.ts';
import type { QuerySpan } from './durations.ts';
import { QueryCanceledError, QueryFailedError, QueryTimedOutError } from './errors.ts';
import type { Queryable } from './queryable.ts';
import type { RepeatedParts } from './repeated-parts.ts';
import type { Trace } from './trace.ts';

export type { Work } from '../kit/work.ts';

/** Settings of one query, all decided. */
export interface EvaluationOptions {
  readonly lookbackMs: number;
  readonly maxSamples: number;
  readonly timeoutMs: number;
  readonly subqueryStepMs: number;
  readonly delayedNameRemoval: boolean;
  readonly startTimestamps: boolean;
  readonly now: () => number;
}

/** Looking at the clock costs as much as a few hundred samples. */
const checkEvery = 20_000;

/** What looking at the labels of a series weighs, in samples. */
export const perSeries = 40;

/** What every operator of one query shares: its data, limits, remarks, and the way to evaluate a part of it. */
export class Evaluation {
  readonly queryable: Queryable;
  readonly options: EvaluationOptions;
  readonly annotations: Annotations;
  /** The query's own range, for `start()`, `end()`, `step()` and `range()`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly span: QuerySpan;
  /** Evaluates a part; set by the evaluator, so that operators need not import it. */
  readonly evaluate: (expr: Expr, grid: Grid) => Work<Value>;
  /** Says whether the slice of time is used up; never, where nobody waits. */
  readonly #isSpent: () => boolean;
  /** Selectors of whose histograms only count and sum are asked for. */
  readonly statsOnly: ReadonlySet<VectorSelector>;
  /** Notes what each part does, where somebody asked for that. */
  readonly trace: Trace | undefined;
  readonly #repeated: RepeatedParts;
  readonly #deadlineMs: number;
  readonly #signal: AbortSignal | undefined;
  #sinceCheck = 0;
  #samples = 0;

  constructor(setup: {
    queryable: Queryable;
    options: EvaluationOptions;
    annotations: Annotations;
    startMs: number;
    endMs: number;
    stepMs: number;
    signal: AbortSignal | undefined;
    isSpent: () => boolean;
    statsOnly: ReadonlySet<VectorSelector>;
    trace: Trace | undefined;
    repeated: RepeatedParts;
    evaluate: (evaluation: Evaluation, expr: Expr, grid: Grid) => Work<Value>;
  }) {
    this.queryable = setup.queryable;
    this.options = setup.options;
    this.annotations = setup.annotations;
    this.startMs = setup.startMs;
    this.endMs = setup.endMs;
    this.span = { stepMs: setup.stepMs, rangeMs: setup.endMs - setup.startMs };
    this.evaluate = (expr, grid) => setup.evaluate(this, expr, grid);
    this.#signal = setup.signal;
    this.#isSpent = setup.isSpent;
    this.statsOnly = setup.statsOnly;
    this.trace = setup.trace;
    this.#repeated = setup.repeated;
    this.#deadlineMs = setup.options.now() + setup.options.timeoutMs;
  }

  /**
   * To be called in every loop over series; `weight` is about how many samples were looked at since the last call. When it
   * returns true, the caller yields.
   *
   * @throws {QueryTimedOutError | QueryCanceledError} when the query is to stop.
   */
  isDue(weight = 1): boolean {
    this.#sinceCheck += weight;
    if (this.#sinceCheck < checkEvery) return false;
    this.#sinceCheck = 0;
    this.checkNow();
    return this.#isSpent();
  }

  checkNow(): void {
    if (this.#signal?.aborted) throw new QueryCanceledError('query was canceled in expression evaluation');
    if (this.options.now() > this.#deadlineMs)
      throw new QueryTimedOutError('query timed out in expression evaluation');
  }

  /** Samples held now; an operator sets it back to what it was plus its own result. */
  get samples(): number {
    return this.#samples;
  }

  set samples(count: number) {
    this.#samples = count;
    this.mayHold(0);
  }

  /** @throws {QueryFailedError} when so many samples more would be too many. */
  mayHold(more: number): void {
    if (this.#samples + more > this.options.maxSamples)
      throw new QueryFailedError(
        'query processing would load too many samples into memory in query execution',
      );
  }

  /** Whether so many samples more would be allowed. */
  fits(more: number): boolean {
    return this.#samples + more <= this.options.maxSamples;
  }

  /** Whether the query has a part more than once. */
  isRepeated(expr: Expr): boolean {
    return this.#repeated.has(expr);
  }

  /** The value of a part that was evaluated before over the same steps, where the query has the part more than once. */
  known(expr: Expr, grid: Grid): Value | undefined {
    return this.#repeated.known(expr, grid);
  }

  remember(expr: Expr, grid: Grid, value: Value): void {
    this.#repeated.remember(expr, grid, value);
  }

  /** Labels and flag of a series whose values no longer mean what its name says. */
  dropName(labels: Labels): { readonly labels: Labels; readonly dropName: boolean } {
    return this.options.delayedNameRemoval
      ? { labels, dropName: true }
      : { labels: withoutName(labels), dropName: false };
  }

  /** Texts are literals, so that nothing is to be waited for. */
  stringOf(expr: Expr): string {
    const inner = unwrapParens(expr);
    if (inner.kind !== 'string') throw new QueryFailedError(`expected a string, got a ${inner.kind}`);
    return inner.value;
  }
}

export function columnsOf(value: Value): readonly Column[] {
  if (value.kind !== 'vector') throw new QueryFailedError(`expected an instant vector, got a ${value.kind}`);
  return value.columns;
}

export function scalarsOf(value: Value): Float64Array {
  if (value.kind !== 'scalar') throw new QueryFailedError(`expected a scalar, got a ${value.kind}`);
  return value.values;
}

/** An instant vector of the columns that have anything. */
export function* vector(evaluation: Evaluation, columns: readonly Column[]): Work<VectorValue> {
  const kept: Column[] = [];
  for (const column of columns) {
    const isKept = !isEmpty(column);
    if (isKept) kept.push(column);
    if (evaluation.isDue(isKept ? 1 : column.present.length)) yield;
  }
  return { kind: 'vector', columns: kept };
}
