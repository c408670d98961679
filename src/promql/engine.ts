import type { SeriesSamples } from '../model/sample.ts';
import { Annotations } from './annotations.ts';
import { type Expr, unwrapParens } from './ast.ts';
import { typeOf } from './check.ts';
import { type Column, compareLabels, float, type Grid, timeAt, type Value, withoutName } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { Evaluation, type EvaluationOptions } from './evaluation.ts';
import { mergeColumns } from './merge-columns.ts';
import { parseExpr, sourceOf } from './parser.ts';
import type { AsyncQueryEngine, AsyncQueryOptions } from './query-options.ts';
import type { QueryResult, QueryValue } from './query-result.ts';
import type { Queryable } from './queryable.ts';
import { rangeSource } from './range-source.ts';

/** Settings of an {@link Engine}; Prometheus' defaults. */
export interface EngineOptions {
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
}

/** Answers PromQL queries. Holds no data and may be shared; each call is on its own and synchronous. */
export class Engine implements AsyncQueryEngine {
  readonly #options: EvaluationOptions;
  readonly #maxPoints: number;

  constructor(options: EngineOptions = {}) {
    this.#maxPoints = options.maxPoints ?? 11_000;
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

  /**
   * The value of an expression at one time, Unix milliseconds.
   *
   * @throws {PromqlError} for a text that does not parse.
   * @throws {QueryFailedError | QueryTimedOutError | QueryCanceledError}
   */
  instant(queryable: Queryable, query: Expr | string, atMs: number, signal?: AbortSignal): QueryResult {
    const { expr, annotations, run } = this.#prepare(queryable, query, signal);
    const grid: Grid = { startMs: atMs, stepMs: 1, steps: 1 };
    const evaluation = run(atMs, atMs, 0);
    if (typeOf(expr) === 'matrix') {
      const series = matrixOf(evaluation, expr, grid);
      return finish({ type: 'matrix', series }, annotations);
    }
    return finish(instantValue(evaluate(evaluation, expr, grid), evaluation, atMs), annotations);
  }

  /**
   * The values of an expression at `startMs`, `startMs + stepMs`, … up to `endMs`. Series come in order of their labels;
   * scalars come as one series without labels.
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
    const { expr, annotations, run } = this.#prepare(queryable, query, signal);
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
    if (steps - 1 > this.#maxPoints)
      throw new QueryFailedError(
        `exceeded maximum resolution of ${this.#maxPoints.toLocaleString('en-US')} points per timeseries; use a longer step`,
      );
    const grid: Grid = { startMs, stepMs, steps };
    const evaluation = run(startMs, endMs, stepMs);
    const value = evaluate(evaluation, expr, grid);
    const columns =
      value.kind === 'vector' ? finalColumns(value.columns, evaluation) : [scalarColumn(value, steps)];
    const series = columns
      .map((column) => samplesOf(column, grid))
      .filter(({ timesMs }) => timesMs.length > 0);
    series.sort((left, right) => compareLabels(left.labels, right.labels));
    return finish({ type: 'matrix', series }, annotations);
  }

  async instantAsync(
    queryable: Queryable,
    query: Expr | string,
    atMs: number,
    options: AsyncQueryOptions = {},
  ): Promise<QueryResult> {
    return this.instant(queryable, query, atMs, options.signal);
  }

  async rangeAsync(
    queryable: Queryable,
    query: Expr | string,
    range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
    options: AsyncQueryOptions = {},
  ): Promise<QueryResult> {
    return this.range(queryable, query, range.startMs, range.endMs, range.stepMs, options.signal);
  }

  #prepare(queryable: Queryable, query: Expr | string, signal: AbortSignal | undefined) {
    const expr = typeof query === 'string' ? parseExpr(query) : query;
    const annotations = new Annotations(sourceOf(expr));
    const run = (startMs: number, endMs: number, stepMs: number): Evaluation => {
      const setup = {
        queryable,
        options: this.#options,
        annotations,
        startMs,
        endMs,
        stepMs,
        signal,
        evaluate,
      };
      const evaluation = new Evaluation(setup);
      evaluation.checkNow();
      return evaluation;
    };
    return { expr, annotations, run };
  }
}

function finish(value: QueryValue, annotations: Annotations): QueryResult {
  return { ...value, warnings: annotations.warnings, infos: annotations.infos };
}

/** Drops the names that were to go at the end, and brings together what they kept apart. */
function finalColumns(columns: readonly Column[], evaluation: Evaluation): readonly Column[] {
  if (!evaluation.options.delayedNameRemoval) return columns;
  return mergeColumns(
    columns.map((column) => (column.dropName ? { ...column, labels: withoutName(column.labels) } : column)),
  );
}

function instantValue(value: Value, evaluation: Evaluation, atMs: number): QueryValue {
  switch (value.kind) {
    case 'scalar':
      return { type: 'scalar', atMs, value: value.values[0] ?? Number.NaN };
    case 'string':
      return { type: 'string', atMs, value: value.value };
    case 'vector': {
      const columns = finalColumns(value.columns, evaluation).filter(({ present }) => present[0] === float);
      const samples = columns.map(({ labels, values }) => ({ labels, atMs, value: values[0] ?? 0 }));
      return { type: 'vector', samples };
    }
  }
}

/** The raw samples of a range vector. */
function matrixOf(evaluation: Evaluation, expr: Expr, grid: Grid): SeriesSamples[] {
  const source = rangeSource(evaluation, unwrapParens(expr), grid);
  const series: SeriesSamples[] = [];
  for (const { labels, dropName, timesMs, values } of source.series) {
    if (timesMs.length === 0) continue;
    evaluation.samples += timesMs.length;
    // A store may use its arrays again for the next series; these are kept.
    series.push({
      labels: dropName ? withoutName(labels) : labels,
      timesMs: timesMs.slice(),
      values: values.slice(),
    });
  }
  return series.sort((left, right) => compareLabels(left.labels, right.labels));
}

function scalarColumn(value: Value, steps: number): Column {
  const values = value.kind === 'scalar' ? value.values : new Float64Array(0);
  return { labels: {}, dropName: false, values, present: new Uint8Array(steps).fill(float) };
}

function samplesOf({ labels, values, present }: Column, grid: Grid): SeriesSamples {
  let count = 0;
  for (let step = 0; step < grid.steps; step++) if (present[step] === float) count++;
  const timesMs = new Float64Array(count);
  const kept = new Float64Array(count);
  for (let step = 0, k = 0; step < grid.steps; step++) {
    if (present[step] !== float) continue;
    timesMs[k] = timeAt(grid, step);
    kept[k++] = values[step] ?? 0;
  }
  return { labels, timesMs, values: kept };
}
