import { labelsKey, metricName } from '../model/labels.ts';
import type { Call, Expr } from './ast.ts';
import { unwrapParens } from './ast.ts';
import { type Column, dropLabels, float, type Grid, newColumn, type Value } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { type Evaluation, vector } from './evaluation.ts';
import { formatNumber, formatSampleValue } from './format-number.ts';
import { Buckets } from './functions/classic-histogram.ts';
import { mergeColumns } from './merge-columns.ts';
import { readNumber } from './token-reader.ts';

interface Histogram {
  readonly labels: Column['labels'];
  readonly dropName: boolean;
  readonly buckets: { readonly upper: number; readonly column: Column }[];
}

const bucketLabel: ReadonlySet<string> = new Set(['le']);

/** `histogram_quantile(φ, b)` of classic histograms. */
export function callHistogramQuantile(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const [phiArg, arg] = call.args as readonly [Expr, Expr];
  const phis = evaluation.scalarOf(phiArg, grid);
  warnOfPhi(evaluation, phis, phiArg);
  return eachHistogram(evaluation, arg, grid, (buckets, step) => buckets.quantile(phis[step] ?? Number.NaN));
}

/** `histogram_fraction(lower, upper, b)` of classic histograms. */
export function callHistogramFraction(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const [lowerArg, upperArg, arg] = call.args as readonly [Expr, Expr, Expr];
  const lowers = evaluation.scalarOf(lowerArg, grid);
  const uppers = evaluation.scalarOf(upperArg, grid);
  return eachHistogram(evaluation, arg, grid, (buckets, step) =>
    buckets.fraction(lowers[step] ?? Number.NaN, uppers[step] ?? Number.NaN),
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
    const value = eachHistogram(evaluation, arg, grid, (buckets, step) =>
      buckets.quantile(phis[step] ?? Number.NaN),
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
  compute: (buckets: Buckets, step: number) => number,
): Value {
  const out: Column[] = [];
  for (const histogram of histogramsOf(evaluation, arg, grid)) {
    const { labels, dropName } = histogram;
    evaluation.check(grid.steps * histogram.buckets.length);
    const sorted = histogram.buckets.sort((left, right) =>
      left.upper === right.upper ? 0 : left.upper - right.upper,
    );
    const column = newColumn(labels, dropName, grid.steps);
    const buckets = new Buckets(sorted.length);
    for (let step = 0; step < grid.steps; step++) {
      buckets.clear();
      for (const { upper, column: counts } of sorted)
        if (counts.present[step] === float) buckets.push(upper, counts.values[step] as number);
      if (buckets.size === 0) continue;
      column.present[step] = float;
      column.values[step] = Number.NaN;
      if (!buckets.isWhole) continue;
      buckets.mend();
      column.values[step] = compute(buckets, step);
      if (buckets.forced) remarkForced(evaluation, arg, labels[metricName] ?? '', buckets);
    }
    out.push(column);
  }
  return vector(mergeColumns(out));
}

function remarkForced(evaluation: Evaluation, arg: Expr, name: string, buckets: Buckets): void {
  const about = name === '' ? '' : ` for metric name ${JSON.stringify(name)}`;
  const where = `from buckets ${formatNumber(buckets.minUpper)} to ${formatNumber(buckets.maxUpper)}`;
  evaluation.annotations.info(
    `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${about}, ${where}, with a max diff of ${formatNumber(buckets.maxDrop)}`,
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
      histogram = { ...evaluation.dropName(rest), buckets: [] };
      byKey.set(key, histogram);
    }
    histogram.buckets.push({ upper, column });
  }
  return byKey.values();
}
