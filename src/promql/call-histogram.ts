import { labelsKey, metricName } from '../model/labels.ts';
import type { Call, Expr } from './ast.ts';
import { unwrapParens } from './ast.ts';
import { type Column, dropLabels, float, type Grid, newColumn, type Value } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { type Evaluation, vector } from './evaluation.ts';
import { formatNumber, formatSampleValue } from './format-number.ts';
import {
  type Bucket,
  bucketFraction,
  bucketQuantile,
  type Mended,
  mendBuckets,
} from './functions/classic-histogram.ts';
import { mergeColumns } from './merge-columns.ts';
import { readNumber } from './token-reader.ts';

interface Histogram {
  readonly labels: Column['labels'];
  readonly dropName: boolean;
  readonly uppers: number[];
  readonly columns: Column[];
}

const bucketLabel: ReadonlySet<string> = new Set(['le']);

/** `histogram_quantile(φ, b)` of classic histograms. */
export function callHistogramQuantile(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const [phiArg, arg] = call.args as readonly [Expr, Expr];
  const phis = evaluation.scalarOf(phiArg, grid);
  warnOfPhi(evaluation, phis, phiArg);
  return eachHistogram(evaluation, arg, grid, (mended, step) =>
    bucketQuantile(phis[step] ?? Number.NaN, mended.buckets),
  );
}

/** `histogram_fraction(lower, upper, b)` of classic histograms. */
export function callHistogramFraction(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const [lowerArg, upperArg, arg] = call.args as readonly [Expr, Expr, Expr];
  const lowers = evaluation.scalarOf(lowerArg, grid);
  const uppers = evaluation.scalarOf(upperArg, grid);
  return eachHistogram(evaluation, arg, grid, ({ buckets }, step) =>
    bucketFraction(lowers[step] ?? Number.NaN, uppers[step] ?? Number.NaN, buckets),
  );
}

/** `histogram_quantiles(b, label, φ, φ, …)`: one series for each φ, told apart by the label. */
export function callHistogramQuantiles(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const [arg, labelArg, ...phiArgs] = call.args as readonly [Expr, Expr, ...Expr[]];
  const label = evaluation.stringOf(labelArg, grid);
  if (label === '' || label === metricName)
    throw new QueryFailedError(`invalid label name ${JSON.stringify(label)}`);
  const columns: Column[] = [];
  for (const phiArg of phiArgs) {
    const phis = evaluation.scalarOf(phiArg, grid);
    warnOfPhi(evaluation, phis, phiArg);
    const value = eachHistogram(evaluation, arg, grid, (mended, step) =>
      bucketQuantile(phis[step] ?? Number.NaN, mended.buckets),
    );
    if (value.kind !== 'vector') continue;
    const phi = formatSampleValue(phis[0] ?? Number.NaN);
    for (const column of value.columns)
      columns.push({ ...column, labels: { ...column.labels, [label]: phi } });
  }
  return vector(mergeColumns(columns));
}

function warnOfPhi(evaluation: Evaluation, phis: Float64Array, arg: Expr): void {
  const bad = phis.find((phi) => !(phi >= 0 && phi <= 1));
  if (bad !== undefined)
    evaluation.annotations.warn(
      `quantile value should be between 0 and 1, got ${formatNumber(bad)}`,
      unwrapParens(arg).span,
    );
}

function eachHistogram(
  evaluation: Evaluation,
  arg: Expr,
  grid: Grid,
  compute: (mended: Mended, step: number) => number,
): Value {
  const histograms = histogramsOf(evaluation, arg, grid);
  const out: Column[] = [];
  for (const { labels, dropName, uppers, columns } of histograms) {
    evaluation.check(grid.steps * columns.length);
    const column = newColumn(labels, dropName, grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      const buckets: Bucket[] = [];
      for (let i = 0; i < columns.length; i++) {
        const from = columns[i];
        if (from?.present[step] === float)
          buckets.push({ upper: uppers[i] ?? 0, count: from.values[step] ?? 0 });
      }
      if (buckets.length === 0) continue;
      const mended = mendBuckets(buckets);
      column.present[step] = float;
      column.values[step] = mended === undefined ? Number.NaN : compute(mended, step);
      if (mended?.forced === true) remarkForced(evaluation, arg, labels[metricName] ?? '', mended);
    }
    out.push(column);
  }
  return vector(mergeColumns(out));
}

function remarkForced(evaluation: Evaluation, arg: Expr, name: string, mended: Mended): void {
  const about = name === '' ? '' : ` for metric name ${JSON.stringify(name)}`;
  evaluation.annotations.info(
    `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${about}, from buckets ${formatNumber(mended.minUpper)} to ${formatNumber(mended.maxUpper)}, with a max diff of ${formatNumber(mended.maxDrop)}`,
    unwrapParens(arg).span,
  );
}

function histogramsOf(evaluation: Evaluation, arg: Expr, grid: Grid): Iterable<Histogram> {
  const byKey = new Map<string, Histogram>();
  for (const column of evaluation.vectorOf(arg, grid)) {
    const le = column.labels['le'] ?? '';
    const upper = le === '' ? undefined : readNumber(le.replace(/^\+(?=\d|\.)/, ''));
    if (upper === undefined) {
      const name = column.labels[metricName] ?? '';
      const about = name === '' ? '' : ` for metric name ${JSON.stringify(name)}`;
      evaluation.annotations.warn(
        `bucket label "le" is missing or has a malformed value of ${JSON.stringify(le)}${about}`,
        unwrapParens(arg).span,
      );
      continue;
    }
    const rest = dropLabels(column.labels, bucketLabel);
    const key = labelsKey(rest);
    let histogram = byKey.get(key);
    if (histogram === undefined) {
      histogram = { ...evaluation.dropName(rest), uppers: [], columns: [] };
      byKey.set(key, histogram);
    }
    histogram.uppers.push(upper);
    histogram.columns.push(column);
  }
  return byKey.values();
}
