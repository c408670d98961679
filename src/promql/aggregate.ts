import { aggregateHistograms } from './aggregate-histograms.ts';
import { aggregateCountValues, aggregateLimit, aggregateRanked } from './aggregate-select.ts';
import { type AggregateExpr, unwrapParens } from './ast.ts';
import { absent, type Column, float, type Grid, histogram, newColumn, type Value } from './column.ts';
import { columnsOf, type Evaluation, scalarsOf, vector, type Work } from './evaluation.ts';
import { formatNumber } from './format-number.ts';
import { groupColumns } from './group-columns.ts';
import { quantile } from './quantile.ts';

/** Evaluates an aggregation. Groups are found once per series, so that the loop over steps only adds numbers. */
export function* evaluateAggregate(evaluation: Evaluation, expr: AggregateExpr, grid: Grid): Work<Value> {
  if (expr.op === 'count_values') return yield* aggregateCountValues(evaluation, expr, grid);
  const params =
    expr.param === undefined ? undefined : scalarsOf(yield* evaluation.evaluate(expr.param, grid));
  const columns = columnsOf(yield* evaluation.evaluate(expr.expr, grid));
  if (expr.op === 'topk' || expr.op === 'bottomk')
    return yield* aggregateRanked(evaluation, expr, params ?? new Float64Array(0), columns, grid);
  if (expr.op === 'limitk' || expr.op === 'limit_ratio')
    return yield* aggregateLimit(evaluation, expr, params ?? new Float64Array(0), columns, grid);
  if (expr.op === 'quantile') warnOfQuantile(evaluation, expr, params ?? new Float64Array(0));
  const reduce = reducers[expr.op];
  const out: Column[] = [];
  for (const group of groupColumns(columns, expr)) {
    const column = newColumn(group.labels, group.dropName, grid.steps);
    const mixed = group.members.some(({ histograms }) => histograms !== undefined);
    const members = mixed && countsAnything.has(expr.op) ? group.members.map(asFloats) : group.members;
    yield* reduce(evaluation, members, column, params);
    if (mixed && !countsAnything.has(expr.op))
      yield* aggregateHistograms(evaluation, expr, group.members, column);
    out.push(column);
  }
  return vector(out);
}

/** Aggregations that do not ask what a sample is. */
const countsAnything: ReadonlySet<string> = new Set(['count', 'group']);

function asFloats(column: Column): Column {
  return { ...column, present: column.present.map((state) => (state === histogram ? float : state)) };
}

type Reducer = (
  evaluation: Evaluation,
  members: readonly Column[],
  out: Column,
  params: Float64Array | undefined,
) => Work<void>;

const sum: Reducer = function* (evaluation, members, { values: sums, present: seen }) {
  const rest = new Float64Array(sums.length);
  const steps = sums.length;
  for (const { values, present } of members) {
    for (let step = 0; step < steps; step++) {
      if (present[step] !== float) continue;
      const value = values[step] as number;
      const before = sums[step] as number;
      const next = before + value;
      if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) rest[step] = 0;
      else if (Math.abs(before) >= Math.abs(value))
        rest[step] = (rest[step] as number) + (before - next + value);
      else rest[step] = (rest[step] as number) + (value - next + before);
      sums[step] = next;
      seen[step] = float;
    }
    if (evaluation.isDue(steps)) yield;
  }
  for (let step = 0; step < steps; step++) sums[step] = (sums[step] as number) + (rest[step] as number);
};

const count: Reducer = function* (evaluation, members, { values: counts, present: seen }) {
  const steps = counts.length;
  for (const { present } of members) {
    for (let step = 0; step < steps; step++) {
      if (present[step] !== float) continue;
      counts[step] = (counts[step] as number) + 1;
      seen[step] = float;
    }
    if (evaluation.isDue(steps)) yield;
  }
};

/** The compensated sum by the count; steps whose sum overflows are averaged anew without a sum. */
const avg: Reducer = function* (evaluation, members, out, params) {
  const counts = newColumn({}, false, out.values.length);
  yield* count(evaluation, members, counts, params);
  yield* sum(evaluation, members, out, params);
  const sums = out.values;
  for (let step = 0; step < sums.length; step++) {
    if (out.present[step] !== float) continue;
    const total = sums[step] as number;
    sums[step] = Number.isFinite(total)
      ? total / (counts.values[step] as number)
      : runningMean(members, step);
  }
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
  return function* (evaluation, members, { values: best, present: seen }) {
    const steps = best.length;
    for (const { values, present } of members) {
      for (let step = 0; step < steps; step++) {
        if (present[step] !== float) continue;
        const value = values[step] as number;
        const known = best[step] as number;
        if (seen[step] === absent || sign * value > sign * known || Number.isNaN(known)) best[step] = value;
        seen[step] = float;
      }
      if (evaluation.isDue(steps)) yield;
    }
  };
}

/** Welford's running variance. */
const stdvar: Reducer = function* (evaluation, members, { values: squares, present: seen }) {
  const steps = squares.length;
  const means = new Float64Array(steps);
  const counts = new Float64Array(steps);
  for (const { values, present } of members) {
    for (let step = 0; step < steps; step++) {
      if (present[step] !== float) continue;
      const value = values[step] as number;
      const n = (counts[step] as number) + 1;
      counts[step] = n;
      const delta = value - (means[step] as number);
      means[step] = (means[step] as number) + delta / n;
      squares[step] = (squares[step] as number) + delta * (value - (means[step] as number));
      seen[step] = float;
    }
    if (evaluation.isDue(steps)) yield;
  }
  for (let step = 0; step < steps; step++)
    squares[step] = (squares[step] as number) / (counts[step] as number);
};

const quantiles: Reducer = function* (evaluation, members, { values, present }, params) {
  const buffer = new Float64Array(members.length);
  for (let step = 0; step < values.length; step++) {
    let n = 0;
    for (const member of members)
      if (member.present[step] === float) buffer[n++] = member.values[step] as number;
    if (n === 0) continue;
    present[step] = float;
    values[step] = quantile(params?.[step] ?? Number.NaN, buffer.subarray(0, n));
    if (evaluation.isDue(members.length * 4)) yield;
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
  *group(evaluation, members, out, params) {
    yield* count(evaluation, members, out, params);
    out.values.fill(1);
  },
  stdvar,
  *stddev(evaluation, members, out, params) {
    yield* stdvar(evaluation, members, out, params);
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
