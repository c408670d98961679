import { aggregateCountValues, aggregateLimit, aggregateRanked } from './aggregate-select.ts';
import { type AggregateExpr, unwrapParens } from './ast.ts';
import { type Column, float, type Grid, newColumn, type Value } from './column.ts';
import { type Evaluation, vector } from './evaluation.ts';
import { formatNumber } from './format-number.ts';
import { groupColumns } from './group-columns.ts';
import { quantile } from './quantile.ts';

/** Evaluates an aggregation. Groups are found once per series, so that the loop over steps only adds numbers. */
export function evaluateAggregate(evaluation: Evaluation, expr: AggregateExpr, grid: Grid): Value {
  if (expr.op === 'count_values') return aggregateCountValues(evaluation, expr, grid);
  const params = expr.param === undefined ? undefined : evaluation.scalarOf(expr.param, grid);
  const columns = evaluation.vectorOf(expr.expr, grid);
  if (expr.op === 'topk' || expr.op === 'bottomk')
    return aggregateRanked(evaluation, expr, params ?? new Float64Array(0), columns, grid);
  if (expr.op === 'limitk' || expr.op === 'limit_ratio')
    return aggregateLimit(evaluation, expr, params ?? new Float64Array(0), columns, grid);
  if (expr.op === 'quantile') warnOfQuantile(evaluation, expr, params ?? new Float64Array(0));
  const reduce = reducers[expr.op];
  const out = groupColumns(columns, expr).map((group) => {
    const column = newColumn(group.labels, group.dropName, grid.steps);
    for (const { present } of group.members) {
      evaluation.check(grid.steps);
      for (let step = 0; step < grid.steps; step++) if (present[step] === float) column.present[step] = float;
    }
    reduce(group.members, column, params);
    return column;
  });
  return vector(out);
}

type Reducer = (members: readonly Column[], out: Column, params: Float64Array | undefined) => void;

/** Calls `visit` for each value of each member, member by member. */
function forEachValue(members: readonly Column[], visit: (value: number, step: number) => void): void {
  for (const { values, present } of members)
    for (let step = 0; step < values.length; step++)
      if (present[step] === float) visit(values[step] as number, step);
}

const sum: Reducer = (members, { values: sums }) => {
  const rest = new Float64Array(sums.length);
  for (const { values, present } of members) {
    for (let step = 0; step < values.length; step++) {
      if (present[step] !== float) continue;
      const value = values[step] as number;
      const before = sums[step] as number;
      const next = before + value;
      if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) rest[step] = 0;
      else if (Math.abs(before) >= Math.abs(value))
        rest[step] = (rest[step] as number) + (before - next + value);
      else rest[step] = (rest[step] as number) + (value - next + before);
      sums[step] = next;
    }
  }
  for (let step = 0; step < sums.length; step++) sums[step] = (sums[step] as number) + (rest[step] as number);
};

const count: Reducer = (members, { values }) => {
  forEachValue(members, (_, step) => {
    values[step] = (values[step] as number) + 1;
  });
};

/** The compensated sum by the count; steps whose sum overflows are averaged anew without a sum. */
const avg: Reducer = (members, out, params) => {
  const counts = newColumn({}, false, out.values.length);
  count(members, counts, params);
  const overflows = new Set<number>();
  const sums = out.values;
  const rest = new Float64Array(sums.length);
  forEachValue(members, (value, step) => {
    const before = sums[step] as number;
    const next = before + value;
    if (Math.abs(next) === Number.POSITIVE_INFINITY) {
      rest[step] = 0;
      if (Number.isFinite(before) && Number.isFinite(value)) overflows.add(step);
    } else if (Math.abs(before) >= Math.abs(value))
      rest[step] = (rest[step] as number) + (before - next + value);
    else rest[step] = (rest[step] as number) + (value - next + before);
    sums[step] = next;
  });
  for (let step = 0; step < sums.length; step++) {
    const n = counts.values[step] as number;
    sums[step] = (sums[step] as number) / n + (rest[step] as number) / n;
  }
  for (const step of overflows) sums[step] = runningMean(members, step);
};

function runningMean(members: readonly Column[], step: number): number {
  let mean = 0;
  let rest = 0;
  let n = 0;
  for (const { values, present } of members) {
    if (present[step] !== float) continue;
    n++;
    const kept = mean * ((n - 1) / n);
    const added = (values[step] ?? 0) / n;
    const next = kept + added;
    rest =
      rest * ((n - 1) / n) + (Math.abs(kept) >= Math.abs(added) ? kept - next + added : added - next + kept);
    if (Math.abs(next) === Number.POSITIVE_INFINITY) rest = 0;
    mean = next;
  }
  return mean + rest;
}

/** NaN gives way to any number. */
function extreme(sign: 1 | -1): Reducer {
  return (members, { values }) => {
    values.fill(Number.NaN);
    forEachValue(members, (value, step) => {
      const known = values[step] as number;
      if (sign * value > sign * known || Number.isNaN(known)) values[step] = value;
    });
  };
}

/** Welford's running variance. */
const stdvar: Reducer = (members, { values: squares }) => {
  const means = new Float64Array(squares.length);
  const counts = new Float64Array(squares.length);
  forEachValue(members, (value, step) => {
    const n = (counts[step] as number) + 1;
    counts[step] = n;
    const delta = value - (means[step] as number);
    means[step] = (means[step] as number) + delta / n;
    squares[step] = (squares[step] as number) + delta * (value - (means[step] as number));
  });
  for (let step = 0; step < squares.length; step++)
    squares[step] = (squares[step] as number) / (counts[step] as number);
};

const quantiles: Reducer = (members, { values, present }, params) => {
  const buffer = new Float64Array(members.length);
  for (let step = 0; step < values.length; step++) {
    if (present[step] !== float) continue;
    let n = 0;
    for (const member of members)
      if (member.present[step] === float) buffer[n++] = member.values[step] as number;
    values[step] = quantile(params?.[step] ?? Number.NaN, buffer.subarray(0, n));
  }
};

const reducers: Readonly<
  Record<'sum' | 'avg' | 'count' | 'min' | 'max' | 'group' | 'stddev' | 'stdvar' | 'quantile', Reducer>
> = {
  sum,
  avg,
  count,
  min: extreme(-1),
  max: extreme(1),
  group: (_, { values }) => void values.fill(1),
  stdvar,
  stddev(members, out, params) {
    stdvar(members, out, params);
    for (let step = 0; step < out.values.length; step++)
      out.values[step] = Math.sqrt(out.values[step] as number);
  },
  quantile: quantiles,
};

function warnOfQuantile(evaluation: Evaluation, { param }: AggregateExpr, params: Float64Array): void {
  const bad = params.find((phi) => !(phi >= 0 && phi <= 1));
  if (bad === undefined || param === undefined) return;
  evaluation.annotations.warn(
    `quantile value should be between 0 and 1, got ${formatNumber(bad)}`,
    unwrapParens(param).span,
  );
}
