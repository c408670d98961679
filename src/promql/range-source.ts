import type { Labels } from '../model/labels.ts';
import { type Expr, type MatrixSelector, type SubqueryExpr, unwrapParens } from './ast.ts';
import { float, type Grid, timeAt } from './column.ts';
import { positiveDurationMs } from './durations.ts';
import { QueryFailedError } from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import { dropStale, histogramError, type ReferenceTimes, referenceTimes } from './select-series.ts';

/** The samples of a range vector's series, over all windows that the steps of a query look at. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly startsMs: Float64Array | undefined;
}

export interface RangeSource {
  readonly node: MatrixSelector | SubqueryExpr;
  readonly times: ReferenceTimes;
  readonly rangeMs: number;
  /** How far beside the range `anchored` and `smoothed` may look. */
  readonly lookbackMs: number;
  readonly series: Iterable<RangeSeries>;
}

/** A range vector over a grid: a selector with `[5m]`, or a subquery. Series come one at a time. */
export function rangeSource(evaluation: Evaluation, expr: Expr, grid: Grid): RangeSource {
  const node = unwrapParens(expr);
  if (node.kind === 'matrix') return matrixSource(evaluation, node, grid);
  if (node.kind === 'subquery') return subquerySource(evaluation, node, grid);
  throw new QueryFailedError('expected a range vector');
}

function matrixSource(evaluation: Evaluation, node: MatrixSelector, grid: Grid): RangeSource {
  const times = referenceTimes(evaluation, node.selector, grid);
  const rangeMs = positiveDurationMs(node.range, evaluation.span);
  const { lookbackMs } = evaluation.options;
  const { extension, matchers } = node.selector;
  const fromMs = times.firstMs - rangeMs - (extension === undefined ? 0 : lookbackMs) + 1;
  const toMs = times.lastMs + (extension === 'smoothed' ? lookbackMs : 0);
  return { node, times, rangeMs, lookbackMs, series: matrixSeries(evaluation, matchers, fromMs, toMs) };
}

function* matrixSeries(
  evaluation: Evaluation,
  matchers: MatrixSelector['selector']['matchers'],
  fromMs: number,
  toMs: number,
): Iterable<RangeSeries> {
  for (const selected of evaluation.queryable.select({ matchers, fromMs, toMs })) {
    const series = dropStale(selected);
    if (series.timesMs.length === 0) continue;
    if (series.histograms?.some((histogram) => histogram !== undefined)) throw histogramError(series);
    evaluation.check(series.timesMs.length);
    yield {
      labels: series.labels,
      dropName: false,
      timesMs: series.timesMs,
      values: series.values,
      startsMs: evaluation.options.startTimestamps ? series.startsMs : undefined,
    };
  }
}

function subquerySource(evaluation: Evaluation, node: SubqueryExpr, grid: Grid): RangeSource {
  const times = referenceTimes(evaluation, node, grid);
  const rangeMs = positiveDurationMs(node.range, evaluation.span);
  const stepMs =
    node.step === undefined
      ? evaluation.options.subqueryStepMs
      : positiveDurationMs(node.step, evaluation.span);
  // Steps of a subquery stand at whole multiples of its step, whatever the evaluation time.
  let startMs = stepMs * Math.trunc((times.firstMs - rangeMs) / stepMs);
  if (startMs <= times.firstMs - rangeMs) startMs += stepMs;
  const steps = Math.floor((times.lastMs - startMs) / stepMs) + 1;
  if (steps <= 0) return { node, times, rangeMs, lookbackMs: 0, series: [] };
  const inner: Grid = { startMs, stepMs, steps };
  evaluation.mayHold(steps);
  return { node, times, rangeMs, lookbackMs: 0, series: subquerySeries(evaluation, node, inner) };
}

function* subquerySeries(evaluation: Evaluation, node: SubqueryExpr, grid: Grid): Iterable<RangeSeries> {
  for (const { labels, dropName, values, present } of evaluation.vectorOf(node.expr, grid)) {
    evaluation.check(grid.steps);
    let count = 0;
    for (let step = 0; step < grid.steps; step++) if (present[step] === float) count++;
    const timesMs = new Float64Array(count);
    const kept = new Float64Array(count);
    for (let step = 0, k = 0; step < grid.steps; step++) {
      if (present[step] !== float) continue;
      timesMs[k] = timeAt(grid, step);
      kept[k++] = values[step] ?? 0;
    }
    yield { labels, dropName, timesMs, values: kept, startsMs: undefined };
  }
}
