import type { MixedSamples } from '../model/float-histogram.ts';
import { Admission } from './admission.ts';
import { Annotations } from './annotations.ts';
import { type Expr, unwrapParens } from './ast.ts';
import { typeOf } from './check.ts';
import {
  absent,
  type Column,
  float,
  type Grid,
  type Histograms,
  histogramAt,
  timeAt,
  type Value,
  withoutName,
} from './column.ts';
import { QueryFailedError } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { Evaluation, type EvaluationOptions, perSeries, type Work } from './evaluation.ts';
import { mergeColumns } from './merge-columns.ts';
import { parseExpr, sourceOf } from './parser.ts';
import { planOf } from './plan.ts';
import type { AsyncQueryEngine, AsyncQueryOptions, ExplainNode } from './query-options.ts';
import type { QueryResult, QueryValue, VectorSample } from './query-result.ts';
import type { Queryable } from './queryable.ts';
import { rangeSource } from './range-source.ts';
import { RepeatedParts } from './repeated-parts.ts';
import { sortByLabels } from './sort-series.ts';
import { Trace } from './trace.ts';
import { finish, Turns, type TurnsOptions } from './turns.ts';

/** Settings of an {@link Engine}; Prometheus' defaults. */
export interface EngineOptions extends Pick<TurnsOptions, 'sliceMs' | 'giveWay'> {
  /** How old a sample may be for an instant selector: 5 minutes. */
  readonly lookbackMs?: number;
  /** Samples that a query may hold in memory at once: 50 million. */
  readonly maxSamples?: number;
  /** Longest run of a query: 2 minutes. */
  readonly timeoutMs?: number;
  /** Most steps of a range query: 11,000. */
  readonly maxPoints?: number;
  /** Step of a subquery that states none: 1 minute. */
  readonly subqueryStepMs?: number;
  /** Whether metric names are dropped at the end of a query only (Prometheus' `promql-delayed-name-removal`): false. */
  readonly delayedNameRemoval?: boolean;
  /** Whether counters' start timestamps are used where the store has them (`use-start-timestamps`): false. */
  readonly startTimestamps?: boolean;
  /** The time for the timeout, in milliseconds. */
  readonly now?: () => number;
  /** Asynchronous queries that are evaluated at a time: 20. Others wait. */
  readonly maxConcurrency?: number;
}

/** Answers PromQL queries. Holds no data and may be shared. */
export class Engine implements AsyncQueryEngine {
  readonly #options: EvaluationOptions;
  readonly #maxPoints: number;
  readonly #admission: Admission;
  /** What asynchronous queries take turns in; other work of the process may take turns with them. */
  readonly turns: Turns;

  constructor(options: EngineOptions = {}) {
    this.#maxPoints = options.maxPoints ?? 11_000;
    this.#admission = new Admission(options.maxConcurrency ?? 20);
    this.turns = new Turns(options);
    this.#options = {
      lookbackMs: options.lookbackMs ?? 300_000,
      maxSamples: options.maxSamples ?? 50_000_000,
      timeoutMs: options.timeoutMs ?? 120_000,
      subqueryStepMs: options.subqueryStepMs ?? 60_000,
      delayedNameRemoval: options.delayedNameRemoval ?? false,
      startTimestamps: options.startTimestamps ?? false,
      now: options.now ?? Date.now,
    };
  }

  /** Asynchronous queries that are evaluated now, and that wait for others to end. */
  get counts(): { readonly running: number; readonly waiting: number } {
    return this.#admission.counts;
  }

  /**
   * The value of an expression at one time, Unix milliseconds. Runs to its end before it returns.
   *
   * @throws {PromqlError} for a text that does not parse.
   * @throws {QueryFailedError | QueryTimedOutError | QueryCanceledError}
   */
  instant(queryable: Queryable, query: Expr | string, atMs: number, signal?: AbortSignal): QueryResult {
    const range = { startMs: atMs, endMs: atMs, stepMs: 0 };
    return finish(guarded(instantWork(this.#prepare(queryable, query, range, { signal }))));
  }

  /**
   * The values of an expression at `startMs`, `startMs + stepMs`, … up to `endMs`. Series come in order of their labels;
   * scalars come as one series without labels. Runs to its end before it returns.
   *
   * @throws {PromqlError} for a text that does not parse.
   * @throws {QueryFailedError | QueryTimedOutError | QueryCanceledError}
   */
  range(
    queryable: Queryable,
    query: Expr | string,
    startMs: number,
    endMs: number,
    stepMs: number,
    signal?: AbortSignal,
  ): QueryResult {
    const range = { startMs, endMs, stepMs };
    return finish(guarded(rangeWork(this.#prepare(queryable, query, range, { signal }), this.#maxPoints)));
  }

  /** As {@link instant}, as work for its caller to go on with; it pauses where `isSpent` says so. */
  *instantWork(
    queryable: Queryable,
    query: Expr | string,
    atMs: number,
    isSpent: () => boolean,
  ): Work<QueryResult> {
    const range = { startMs: atMs, endMs: atMs, stepMs: 0 };
    return yield* guarded(instantWork(this.#prepare(queryable, query, range, { isSpent })));
  }

  /** As {@link instant}, in slices of about 10 ms between which other work goes on. */
  instantAsync(
    queryable: Queryable,
    query: Expr | string,
    atMs: number,
    options: AsyncQueryOptions = {},
  ): Promise<QueryResult> {
    const range = { startMs: atMs, endMs: atMs, stepMs: 0 };
    return this.#drive(options, (isSpent) =>
      instantWork(this.#prepare(queryable, query, range, { ...options, isSpent })),
    );
  }

  /** As {@link range}, in slices of about 10 ms between which other work goes on. */
  rangeAsync(
    queryable: Queryable,
    query: Expr | string,
    range: TimeRange,
    options: AsyncQueryOptions = {},
  ): Promise<QueryResult> {
    return this.#drive(options, (isSpent) =>
      rangeWork(this.#prepare(queryable, query, range, { ...options, isSpent }), this.#maxPoints),
    );
  }

  /**
   * Evaluates a query as {@link rangeAsync} does (as {@link instantAsync} where `stepMs` is 0) and tells what each part of it
   * did, beside the result.
   */
  async explain(
    queryable: Queryable,
    query: Expr | string,
    range: TimeRange,
    options: AsyncQueryOptions = {},
  ): Promise<{ readonly result: QueryResult; readonly plan: ExplainNode | undefined }> {
    const trace = new Trace(() => performance.now());
    const result = await this.#drive(options, (isSpent) => {
      const prepared = this.#prepare(queryable, query, range, { ...options, isSpent, trace });
      return range.stepMs === 0 ? instantWork(prepared) : rangeWork(prepared, this.#maxPoints);
    });
    return { result, plan: trace.root };
  }

  #prepare(
    queryable: Queryable,
    query: Expr | string,
    { startMs, endMs, stepMs }: TimeRange,
    how: PrepareOptions,
  ): Prepared {
    const expr = typeof query === 'string' ? parseExpr(query) : query;
    const { timeoutMs, lookbackMs } = this.#options;
    const plan = planOf(expr);
    const evaluation = new Evaluation({
      queryable,
      options: {
        ...this.#options,
        timeoutMs: Math.min(how.timeoutMs ?? timeoutMs, timeoutMs),
        lookbackMs: how.lookbackMs ?? lookbackMs,
      },
      annotations: new Annotations(sourceOf(expr)),
      startMs,
      endMs,
      stepMs,
      signal: how.signal,
      isSpent: how.isSpent ?? never,
      statsOnly: plan.statsOnly,
      trace: how.trace,
      repeated: new RepeatedParts(plan.repeated),
      evaluate,
    });
    evaluation.checkNow();
    return { expr, evaluation };
  }

  async #drive<T>(options: AsyncQueryOptions, sliced: (isSpent: () => boolean) => Work<T>): Promise<T> {
    const timeoutMs = Math.min(options.timeoutMs ?? this.#options.timeoutMs, this.#options.timeoutMs);
    await this.#admission.enter(timeoutMs, options.signal);
    try {
      return await this.turns.run((isSpent) => guarded(sliced(isSpent)), { onSlice: options.onSlice });
    } finally {
      this.#admission.leave();
    }
  }
}

export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
  /** 0 in an instant query, whose start and end are equal. */
  readonly stepMs: number;
}

interface Prepared {
  readonly expr: Expr;
  readonly evaluation: Evaluation;
}

interface PrepareOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly lookbackMs?: number;
  readonly isSpent?: () => boolean;
  readonly trace?: Trace;
}

function never(): boolean {
  return false;
}

/** @throws {QueryFailedError} for an expression so deep that the stack cannot hold it. */
function* guarded<T>(work: Work<T>): Work<T> {
  try {
    return yield* work;
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message))
      throw new QueryFailedError('the expression is nested too deeply to be evaluated', { cause: error });
    throw error;
  }
}

function* instantWork({ expr, evaluation }: Prepared): Work<QueryResult> {
  const atMs = evaluation.startMs;
  const grid: Grid = { startMs: atMs, stepMs: 1, steps: 1 };
  if (typeOf(expr) === 'matrix')
    return withRemarks({ type: 'matrix', series: yield* matrixOf(evaluation, expr, grid) }, evaluation);
  const value = yield* evaluate(evaluation, expr, grid);
  return withRemarks(yield* instantValue(value, evaluation, atMs), evaluation);
}

function* rangeWork({ expr, evaluation }: Prepared, maxPoints: number): Work<QueryResult> {
  const { startMs, endMs } = evaluation;
  const { stepMs } = evaluation.span;
  const type = typeOf(expr);
  if (type !== 'vector' && type !== 'scalar') {
    const got = type === 'matrix' ? 'range vector' : type;
    throw new QueryFailedError(
      `invalid expression type "${got}" for range query, must be Scalar or instant Vector`,
    );
  }
  if (!(stepMs > 0))
    throw new QueryFailedError('zero or negative query resolution step widths are not accepted');
  if (endMs < startMs) throw new QueryFailedError('end timestamp must not be before start time');
  const steps = Math.floor((endMs - startMs) / stepMs) + 1;
  if (steps - 1 > maxPoints)
    throw new QueryFailedError(
      `exceeded maximum resolution of ${maxPoints.toLocaleString('en-US')} points per timeseries; use a longer step`,
    );
  const grid: Grid = { startMs, stepMs, steps };
  const value = yield* evaluate(evaluation, expr, grid);
  const columns =
    value.kind === 'vector' ? yield* finalColumns(value.columns, evaluation) : [scalarColumn(value, steps)];
  const allMs = new Float64Array(steps);
  for (let step = 0; step < steps; step++) allMs[step] = timeAt(grid, step);
  const series: MixedSamples[] = [];
  for (const column of columns) {
    const samples = samplesOf(column, grid, allMs);
    if (samples.timesMs.length > 0) series.push(samples);
    if (evaluation.isDue(steps)) yield;
  }
  return withRemarks({ type: 'matrix', series: yield* sortByLabels(evaluation, series) }, evaluation);
}

function withRemarks(value: QueryValue, { annotations }: Evaluation): QueryResult {
  return { ...value, warnings: annotations.warnings, infos: annotations.infos };
}

/** Drops the names that were to go at the end, and brings together what they kept apart. */
function* finalColumns(columns: readonly Column[], evaluation: Evaluation): Work<readonly Column[]> {
  if (!evaluation.options.delayedNameRemoval) return columns;
  const named: Column[] = [];
  for (const column of columns) {
    named.push(column.dropName ? { ...column, labels: withoutName(column.labels) } : column);
    if (evaluation.isDue(perSeries)) yield;
  }
  return yield* mergeColumns(evaluation, named);
}

function* instantValue(value: Value, evaluation: Evaluation, atMs: number): Work<QueryValue> {
  switch (value.kind) {
    case 'scalar':
      return { type: 'scalar', atMs, value: value.values[0] ?? Number.NaN };
    case 'string':
      return { type: 'string', atMs, value: value.value };
    case 'vector': {
      const samples: VectorSample[] = [];
      for (const column of yield* finalColumns(value.columns, evaluation)) {
        const { labels, values, present } = column;
        const histogram = histogramAt(column, 0);
        if (histogram !== undefined) samples.push({ labels, atMs, value: Number.NaN, histogram });
        else if (present[0] === float) samples.push({ labels, atMs, value: values[0] ?? 0 });
        if (evaluation.isDue()) yield;
      }
      return { type: 'vector', samples };
    }
  }
}

/** The raw samples of a range vector. */
function* matrixOf(evaluation: Evaluation, expr: Expr, grid: Grid): Work<MixedSamples[]> {
  const source = yield* rangeSource(evaluation, unwrapParens(expr), grid);
  const series: MixedSamples[] = [];
  for (const { labels, dropName, timesMs, values, histograms } of source.series) {
    if (timesMs.length === 0) continue;
    evaluation.samples += timesMs.length;
    // A store may use its arrays again for the next series; these are kept.
    series.push({
      labels: dropName ? withoutName(labels) : labels,
      timesMs: timesMs.slice(),
      values: values.slice(),
      ...(histograms === undefined ? {} : { histograms: histograms.slice() }),
    });
    if (evaluation.isDue(timesMs.length)) yield;
  }
  return yield* sortByLabels(evaluation, series);
}

function scalarColumn(value: Value, steps: number): Column {
  const values = value.kind === 'scalar' ? value.values : new Float64Array(0);
  return { labels: {}, dropName: false, values, present: new Uint8Array(steps).fill(float) };
}

/** `allMs` are the grid's times: series without gaps share them, and keep their values as they are. */
function samplesOf(
  { labels, values, present, histograms }: Column,
  grid: Grid,
  allMs: Float64Array,
): MixedSamples {
  let count = 0;
  for (let step = 0; step < grid.steps; step++) if (present[step] !== absent) count++;
  if (count === grid.steps && histograms === undefined) return { labels, timesMs: allMs, values };
  const timesMs = new Float64Array(count);
  const kept = new Float64Array(count);
  const keptHistograms: Histograms[number][] = [];
  for (let step = 0, k = 0; step < grid.steps; step++) {
    if (present[step] === absent) continue;
    timesMs[k] = timeAt(grid, step);
    kept[k++] = values[step] ?? 0;
    if (histograms !== undefined) keptHistograms.push(present[step] === float ? undefined : histograms[step]);
  }
  return {
    labels,
    timesMs,
    values: kept,
    ...(histograms === undefined ? {} : { histograms: keptHistograms }),
  };
}
