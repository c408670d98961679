import type { Labels } from '../model/labels.ts';
import { type Accumulator, accumulators } from './accumulators.ts';
import { aggregateHistograms } from './aggregate-histograms.ts';
import { aggregateCountValues, aggregateLimit, aggregateRanked } from './aggregate-select.ts';
import { type AggregateExpr, unwrapParens } from './ast.ts';
import { type Column, float, type Grid, type NewColumn, newColumn, type Value } from './column.ts';
import { eachColumn } from './each-column.ts';
import { columnsOf, type Evaluation, scalarsOf, vector, type Work } from './evaluation.ts';
import { formatNumber } from './format-number.ts';
import { Groups, groupColumns } from './group-columns.ts';
import { quantile } from './quantile.ts';

/** Evaluates an aggregation. Groups are found once per series, so that the loop over steps only adds numbers. */
export function* evaluateAggregate(evaluation: Evaluation, expr: AggregateExpr, grid: Grid): Work<Value> {
  if (expr.op === 'count_values') return yield* aggregateCountValues(evaluation, expr, grid);
  if (expr.param === undefined) return yield* accumulate(evaluation, expr, grid);
  const params = scalarsOf(yield* evaluation.evaluate(expr.param, grid));
  const columns = columnsOf(yield* evaluation.evaluate(expr.expr, grid));
  if (expr.op === 'topk' || expr.op === 'bottomk')
    return yield* aggregateRanked(evaluation, expr, params, columns, grid);
  if (expr.op === 'limitk' || expr.op === 'limit_ratio')
    return yield* aggregateLimit(evaluation, expr, params, columns, grid);
  return yield* aggregateQuantile(evaluation, expr, params, columns);
}

interface Total {
  readonly labels: Labels;
  dropName: boolean;
  readonly accumulator: Accumulator;
  /** Columns that have histograms, which are looked at when all floats are in. */
  readonly mixed: Column[];
}

/** Aggregations that do not ask what a sample is. */
const countsAnything: ReadonlySet<string> = new Set(['count', 'group']);

function* accumulate(evaluation: Evaluation, expr: AggregateExpr, grid: Grid): Work<Value> {
  const make = accumulators[expr.op as keyof typeof accumulators];
  const groups = new Groups(
    expr,
    (labels): Total => ({ labels, dropName: false, accumulator: make(grid.steps), mixed: [] }),
  );
  yield* eachColumn(evaluation, expr.expr, grid, (column) => {
    const total = groups.of(column.labels);
    total.accumulator.add(column);
    if (column.dropName) total.dropName = true;
    // The column may last only until the next one.
    if (column.histograms !== undefined) total.mixed.push({ ...column, present: column.present.slice() });
  });
  const out: Column[] = [];
  for (const { labels, dropName, accumulator, mixed } of groups.all()) {
    accumulator.finish();
    const { values, present } = accumulator;
    const column: NewColumn = { labels, dropName, values, present };
    if (mixed.length > 0 && !countsAnything.has(expr.op))
      yield* aggregateHistograms(evaluation, expr, mixed, column);
    out.push(column);
    if (evaluation.isDue(grid.steps)) yield;
  }
  return yield* vector(evaluation, out);
}

function* aggregateQuantile(
  evaluation: Evaluation,
  expr: AggregateExpr,
  params: Float64Array,
  columns: readonly Column[],
): Work<Value> {
  warnOfQuantile(evaluation, expr, params);
  const out: Column[] = [];
  for (const { labels, dropName, members } of yield* groupColumns(evaluation, columns, expr)) {
    const column = newColumn(labels, dropName, params.length);
    const buffer = new Float64Array(members.length);
    for (let step = 0; step < params.length; step++) {
      let n = 0;
      for (const member of members)
        if (member.present[step] === float) buffer[n++] = member.values[step] as number;
      if (n === 0) continue;
      column.present[step] = float;
      column.values[step] = quantile(params[step] as number, buffer.subarray(0, n));
      if (evaluation.isDue(members.length * 4)) yield;
    }
    const mixed = members.filter(({ histograms }) => histograms !== undefined);
    if (mixed.length > 0) yield* aggregateHistograms(evaluation, expr, mixed, column);
    out.push(column);
  }
  return yield* vector(evaluation, out);
}

function warnOfQuantile(evaluation: Evaluation, { param }: AggregateExpr, params: Float64Array): void {
  const bad = params.find((phi) => !(phi >= 0 && phi <= 1));
  if (bad === undefined || param === undefined) return;
  evaluation.annotations.warn(
    `quantile value should be between 0 and 1, got ${formatNumber(bad)}`,
    unwrapParens(param).span,
  );
}
