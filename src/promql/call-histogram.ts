import type { FloatHistogram } from '../model/float-histogram.ts';
import { labelsKey, metricName } from '../model/labels.ts';
import type { Call, Expr } from './ast.ts';
import { unwrapParens } from './ast.ts';
import { type Column, dropLabels, float, type Grid, histogramAt, newColumn, type Value } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { columnsOf, type Evaluation, perSeries, scalarsOf, vector, type Work } from './evaluation.ts';
import { formatNumber, formatSampleValue } from './format-number.ts';
import { Buckets } from './functions/classic-histogram.ts';
import { histogramFraction } from './histogram/fraction.ts';
import { histogramQuantile } from './histogram/quantile.ts';
import { histogramVariance } from './histogram/variance.ts';
import { mergeColumns, mergeDropped } from './merge-columns.ts';
import { aboutMetric } from './remarks.ts';
import { readNumber } from './token-reader.ts';

/** The histograms of one label set: classic ones as a series for each bucket, native ones as one series. */
interface HistogramSeries {
  readonly labels: Column['labels'];
  readonly dropName: boolean;
  readonly buckets: { readonly upper: number; readonly column: Column }[];
  native: Column | undefined;
}

/** How a function answers for each kind. */
interface Answer {
  readonly classic: (buckets: Buckets, step: number) => number;
  readonly native: (one: FloatHistogram, step: number, name: string) => number;
}

const bucketLabel: ReadonlySet<string> = new Set(['le']);

/** Functions of native histograms that give one number; floats are passed over. */
const numbers: ReadonlyMap<string, (one: FloatHistogram) => number> = new Map([
  ['histogram_count', ({ count }: FloatHistogram) => count],
  ['histogram_sum', ({ sum }: FloatHistogram) => sum],
  ['histogram_avg', ({ sum, count }: FloatHistogram) => sum / count],
  ['histogram_stdvar', histogramVariance],
  ['histogram_stddev', (one: FloatHistogram) => Math.sqrt(histogramVariance(one))],
]);

/** `histogram_count`, `histogram_sum`, `histogram_avg`, `histogram_stdvar`, `histogram_stddev` */
export function* callHistogramNumber(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const compute = numbers.get(call.name);
  if (compute === undefined) throw new Error(`no histogram function ${call.name}`);
  const columns = columnsOf(yield* evaluation.evaluate(call.args[0] as Expr, grid));
  const native = columns.filter(({ histograms }) => histograms !== undefined);
  const out: Column[] = [];
  for (const from of native) {
    const { labels, dropName } = evaluation.dropName(from.labels);
    const column = newColumn(labels, dropName, grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      const one = histogramAt(from, step);
      if (one === undefined) continue;
      column.present[step] = float;
      column.values[step] = compute(one);
    }
    out.push(column);
    if (evaluation.isDue(grid.steps * 10)) yield;
  }
  return yield* vector(evaluation, yield* mergeDropped(evaluation, native, out));
}

/** `histogram_quantile(φ, b)` */
export function* callHistogramQuantile(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [phiArg, arg] = call.args as readonly [Expr, Expr];
  const phis = scalarsOf(yield* evaluation.evaluate(phiArg, grid));
  warnOfPhi(evaluation, phis, phiArg);
  const answer = quantileAnswer(evaluation, phis, arg);
  const series = yield* histogramsOf(evaluation, arg, grid);
  return yield* vector(
    evaluation,
    yield* mergeColumns(evaluation, yield* eachHistogram(evaluation, { arg, series, grid }, answer)),
  );
}

/** `histogram_quantiles(b, label, φ, φ, …)`: one series for each φ, told apart by the label. */
export function* callHistogramQuantiles(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [arg, labelArg, ...phiArgs] = call.args as readonly [Expr, Expr, ...Expr[]];
  const label = evaluation.stringOf(labelArg);
  if (label === '' || label === metricName)
    throw new QueryFailedError(`invalid label name ${JSON.stringify(label)}`);
  const columns: Column[] = [];
  const all: Float64Array[] = [];
  for (const phiArg of phiArgs) {
    const phis = scalarsOf(yield* evaluation.evaluate(phiArg, grid));
    warnOfPhi(evaluation, phis, phiArg);
    all.push(phis);
  }
  const series = yield* histogramsOf(evaluation, arg, grid);
  for (const phis of all) {
    const phi = formatSampleValue(phis[0] ?? Number.NaN);
    const answer = quantileAnswer(evaluation, phis, arg);
    for (const column of yield* eachHistogram(evaluation, { arg, series, grid }, answer))
      columns.push({ ...column, labels: { ...column.labels, [label]: phi } });
  }
  return yield* vector(evaluation, yield* mergeColumns(evaluation, columns));
}

/** `histogram_fraction(lower, upper, b)` */
export function* callHistogramFraction(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [lowerArg, upperArg, arg] = call.args as readonly [Expr, Expr, Expr];
  const lowers = scalarsOf(yield* evaluation.evaluate(lowerArg, grid));
  const uppers = scalarsOf(yield* evaluation.evaluate(upperArg, grid));
  const answer: Answer = {
    classic: (buckets, step) => buckets.fraction(lowers[step] ?? Number.NaN, uppers[step] ?? Number.NaN),
    native(one, step, name) {
      const { value, hasNans } = histogramFraction(
        lowers[step] ?? Number.NaN,
        uppers[step] ?? Number.NaN,
        one,
      );
      if (hasNans)
        evaluation.annotations.info(
          `input to histogram_fraction has NaN observations, which are excluded from all fractions${aboutMetric(name)}`,
          unwrapParens(arg).span,
        );
      return value;
    },
  };
  const series = yield* histogramsOf(evaluation, arg, grid);
  return yield* vector(
    evaluation,
    yield* mergeColumns(evaluation, yield* eachHistogram(evaluation, { arg, series, grid }, answer)),
  );
}

function quantileAnswer(evaluation: Evaluation, phis: Float64Array, remarked: Expr): Answer {
  return {
    classic: (buckets, step) => buckets.quantile(phis[step] ?? Number.NaN),
    native(one, step, name) {
      const { value, nans } = histogramQuantile(phis[step] ?? Number.NaN, one);
      if (nans !== undefined)
        evaluation.annotations.info(
          `input to histogram_quantile has NaN observations, result is ${nans === 'result' ? 'NaN' : 'skewed higher'}${aboutMetric(name)}`,
          unwrapParens(remarked).span,
        );
      return value;
    },
  };
}

function warnOfPhi(evaluation: Evaluation, phis: Float64Array, arg: Expr): void {
  const bad = phis.find((phi) => !(phi >= 0 && phi <= 1));
  if (bad !== undefined)
    evaluation.annotations.warn(
      `quantile value should be between 0 and 1, got ${formatNumber(bad)}`,
      unwrapParens(arg).span,
    );
}

function* eachHistogram(
  evaluation: Evaluation,
  {
    arg,
    series,
    grid,
  }: { readonly arg: Expr; readonly series: readonly HistogramSeries[]; readonly grid: Grid },
  answer: Answer,
): Work<Column[]> {
  const out: Column[] = [];
  for (const { labels, dropName, buckets: sorted, native } of series) {
    const name = labels[metricName] ?? '';
    const column = newColumn(labels, dropName, grid.steps);
    const buckets = new Buckets(sorted.length);
    for (let step = 0; step < grid.steps; step++) {
      buckets.clear();
      for (const { upper, column: counts } of sorted)
        if (counts.present[step] === float) buckets.push(upper, counts.values[step] as number);
      const one = native === undefined ? undefined : histogramAt(native, step);
      if (buckets.size === 0 && one === undefined) continue;
      if (buckets.size > 0 && one !== undefined) {
        evaluation.annotations.warn(
          `vector contains a mix of classic and native histograms${aboutMetric(name)}`,
          unwrapParens(arg).span,
        );
        continue;
      }
      column.present[step] = float;
      if (one !== undefined) {
        column.values[step] = answer.native(one, step, name);
        continue;
      }
      column.values[step] = Number.NaN;
      if (!buckets.isWhole) continue;
      buckets.mend();
      column.values[step] = answer.classic(buckets, step);
      if (buckets.forced) remarkForced(evaluation, arg, name, buckets);
    }
    out.push(column);
    if (evaluation.isDue(grid.steps * (sorted.length + 10))) yield;
  }
  return out;
}

function remarkForced(evaluation: Evaluation, arg: Expr, name: string, buckets: Buckets): void {
  const where = `from buckets ${formatNumber(buckets.minUpper)} to ${formatNumber(buckets.maxUpper)}`;
  evaluation.annotations.info(
    `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${aboutMetric(name)}, ${where}, with a max diff of ${formatNumber(buckets.maxDrop)}`,
    unwrapParens(arg).span,
  );
}

/** The argument's series by histogram, buckets in order. A native histogram belongs to the classic one without its `le`. */
function* histogramsOf(evaluation: Evaluation, arg: Expr, grid: Grid): Work<HistogramSeries[]> {
  const byKey = new Map<string, HistogramSeries>();
  const find = (labels: Column['labels']): HistogramSeries => {
    const key = labelsKey(labels);
    let series = byKey.get(key);
    if (series === undefined) {
      series = { ...evaluation.dropName(labels), buckets: [], native: undefined };
      byKey.set(key, series);
    }
    return series;
  };
  for (const column of columnsOf(yield* evaluation.evaluate(arg, grid))) {
    if (column.histograms !== undefined) find(column.labels).native = column;
    if (column.histograms !== undefined && !column.present.includes(float)) continue;
    const le = column.labels['le'] ?? '';
    const upper = le === '' ? undefined : readNumber(le.replace(/^\+(?=\d|\.)/, ''));
    if (upper === undefined) {
      evaluation.annotations.warn(
        `bucket label "le" is missing or has a malformed value of ${JSON.stringify(le)}${aboutMetric(column.labels[metricName] ?? '')}`,
        unwrapParens(arg).span,
      );
      continue;
    }
    find(dropLabels(column.labels, bucketLabel)).buckets.push({ upper, column });
    if (evaluation.isDue(perSeries)) yield;
  }
  const all = [...byKey.values()];
  for (const { buckets } of all)
    buckets.sort((left, right) => (left.upper === right.upper ? 0 : left.upper - right.upper));
  return all;
}
