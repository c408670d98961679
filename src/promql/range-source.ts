import type { Labels } from '../model/labels.ts';
import { type Expr, type MatrixSelector, type SubqueryExpr, unwrapParens } from './ast.ts';
import { absent, type Column, type Grid, type Histograms, timeAt } from './column.ts';
import { positiveDurationMs } from './durations.ts';
import { QueryFailedError } from './errors.ts';
import { columnsOf, type Evaluation, type Work } from './evaluation.ts';
import { withReset } from './histogram/scale.ts';
import { dropStale, type ReferenceTimes, referenceTimes, withStatsOnly } from './select-series.ts';

/** The samples of a range vector's series, over all windows that the steps of a query look at. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly startsMs: Float64Array | undefined;
  /** Set where any sample is a histogram. */
  readonly histograms: Histograms | undefined;
}

export interface RangeSource {
  readonly node: MatrixSelector | SubqueryExpr;
  readonly times: ReferenceTimes;
  readonly rangeMs: number;
  /** How far beside the range `anchored` and `smoothed` may look. */
  readonly lookbackMs: number;
  /** One at a time; the next may write over the arrays of the one before. */
  readonly series: Iterable<RangeSeries>;
}

/** A range vector over a grid: a selector with `[5m]`, or a subquery. */
export function* rangeSource(evaluation: Evaluation, expr: Expr, grid: Grid): Work<RangeSource> {
  const node = unwrapParens(expr);
  if (node.kind === 'matrix') return matrixSource(evaluation, node, grid);
  if (node.kind === 'subquery') return yield* subquerySource(evaluation, node, grid);
  throw new QueryFailedError('expected a range vector');
}

function matrixSource(evaluation: Evaluation, node: MatrixSelector, grid: Grid): RangeSource {
  const times = referenceTimes(evaluation, node.selector, grid);
  const rangeMs = positiveDurationMs(node.range, evaluation.span);
  const { lookbackMs } = evaluation.options;
  const { extension } = node.selector;
  const fromMs = times.firstMs - rangeMs - (extension === undefined ? 0 : lookbackMs) + 1;
  const toMs = times.lastMs + (extension === 'smoothed' ? lookbackMs : 0);
  return { node, times, rangeMs, lookbackMs, series: matrixSeries(evaluation, node, fromMs, toMs) };
}

function* matrixSeries(
  evaluation: Evaluation,
  node: MatrixSelector,
  fromMs: number,
  toMs: number,
): Iterable<RangeSeries> {
  const { selector } = node;
  const onlyStats = evaluation.statsOnly.has(selector);
  let readSeries = 0;
  let readSamples = 0;
  for (const selected of evaluation.queryable.select({ matchers: selector.matchers, fromMs, toMs })) {
    const clean = dropStale(selected);
    if (clean.timesMs.length === 0) continue;
    const { labels, timesMs, values, startsMs, histograms } = onlyStats ? withStatsOnly(clean) : clean;
    readSeries++;
    readSamples += timesMs.length;
    yield {
      labels,
      dropName: false,
      timesMs,
      values,
      startsMs: evaluation.options.startTimestamps ? startsMs : undefined,
      histograms: histograms?.some(isThere) === true ? histograms : undefined,
    };
  }
  evaluation.trace?.read(readSeries, readSamples, node);
}

function isThere(histogram: Histograms[number]): boolean {
  return histogram !== undefined;
}

/** What was known of resets was against the sample before, which a subquery may have passed over. */
function forgetReset(histogram: Histograms[number]): Histograms[number] {
  return histogram === undefined || histogram.counterReset === 'gauge'
    ? histogram
    : withReset(histogram, 'unknown');
}

function* subquerySource(evaluation: Evaluation, node: SubqueryExpr, grid: Grid): Work<RangeSource> {
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
  const columns = columnsOf(yield* evaluation.evaluate(node.expr, inner));
  return { node, times, rangeMs, lookbackMs: 0, series: subquerySeries(columns, inner) };
}

function* subquerySeries(columns: readonly Column[], grid: Grid): Iterable<RangeSeries> {
  for (const { labels, dropName, values, present, histograms } of columns) {
    let count = 0;
    for (let step = 0; step < grid.steps; step++) if (present[step] !== absent) count++;
    const timesMs = new Float64Array(count);
    const kept = new Float64Array(count);
    const keptHistograms: Histograms[number][] | undefined =
      histograms === undefined ? undefined : new Array(count);
    for (let step = 0, k = 0; step < grid.steps; step++) {
      if (present[step] === absent) continue;
      timesMs[k] = timeAt(grid, step);
      kept[k] = values[step] ?? 0;
      if (keptHistograms !== undefined) keptHistograms[k] = forgetReset(histograms?.[step]);
      k++;
    }
    yield { labels, dropName, timesMs, values: kept, startsMs: undefined, histograms: keptHistograms };
  }
}
