import { type Labels, metricName } from '../model/labels.ts';
import { type Call, type Expr, unwrapParens } from './ast.ts';
import {
  callHistogramFraction,
  callHistogramNumber,
  callHistogramQuantile,
  callHistogramQuantiles,
} from './call-histogram.ts';
import { callInfo } from './call-info.ts';
import { callLabelJoin, callLabelReplace, callSort, callSortByLabel } from './call-labels.ts';
import { callRangeFunction } from './call-range.ts';
import { absent, type Column, float, floatsOf, type Grid, newColumn, timeAt, type Value } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { columnsOf, type Evaluation, perSeries, scalarsOf, vector, type Work } from './evaluation.ts';
import { mathFunctions, timeFunctions } from './functions/math.ts';
import { rangeFunctions } from './functions/over-time.ts';
import { mergeColumns, mergeDropped } from './merge-columns.ts';
import { rangeSource } from './range-source.ts';
import { selectInstant } from './select-series.ts';

type CallEvaluator = (evaluation: Evaluation, call: Call, grid: Grid) => Work<Value>;

/** Evaluates a function call over a grid. */
export function* evaluateCall(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const evaluator = evaluators.get(call.name);
  if (evaluator === undefined) throw new QueryFailedError(`function ${call.name} is not implemented`);
  return yield* evaluator(evaluation, call, grid);
}

/** Applies a function of numbers to every float; the metric's name goes, and so do histograms. */
function* mapVector(
  evaluation: Evaluation,
  arg: Expr,
  grid: Grid,
  compute: (value: number, step: number) => number,
): Work<Value> {
  const columns = columnsOf(yield* evaluation.evaluate(arg, grid));
  const out: Column[] = [];
  for (const column of columns) {
    const { values: from, present } = floatsOf(column);
    const values = new Float64Array(grid.steps);
    for (let step = 0; step < grid.steps; step++)
      if (present[step] === float) values[step] = compute(from[step] as number, step);
    out.push({ ...evaluation.dropName(column.labels), values, present });
    if (evaluation.isDue(grid.steps + perSeries)) yield;
  }
  return yield* vector(evaluation, yield* mergeDropped(evaluation, columns, out));
}

function times(grid: Grid): Float64Array {
  return Float64Array.from({ length: grid.steps }, (_, step) => timeAt(grid, step) / 1000);
}

function vectorOfScalar(values: Float64Array): Value {
  const column: Column = {
    labels: {},
    dropName: false,
    values,
    present: new Uint8Array(values.length).fill(float),
  };
  return { kind: 'vector', columns: [column] };
}

function callTime(compute: (seconds: number) => number): CallEvaluator {
  return function* (evaluation, call, grid) {
    const [arg] = call.args;
    if (arg === undefined) return vectorOfScalar(times(grid).map(compute));
    return yield* mapVector(evaluation, arg, grid, compute);
  };
}

function* callClamp(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [arg, firstArg, secondArg] = call.args as readonly [Expr, Expr, Expr?];
  const first = scalarsOf(yield* evaluation.evaluate(firstArg, grid));
  const second = secondArg === undefined ? undefined : scalarsOf(yield* evaluation.evaluate(secondArg, grid));
  const none = new Float64Array(grid.steps);
  const lows = call.name === 'clamp_max' ? none.fill(Number.NEGATIVE_INFINITY) : first;
  const highs =
    call.name === 'clamp'
      ? (second ?? none)
      : call.name === 'clamp_max'
        ? first
        : none.fill(Number.POSITIVE_INFINITY);
  const value = yield* mapVector(evaluation, arg, grid, (x, step) =>
    Math.max(lows[step] as number, Math.min(highs[step] as number, x)),
  );
  if (value.kind !== 'vector' || lows.every((low, step) => !((highs[step] ?? 0) < low))) return value;
  // Where the bounds are the wrong way round there is no answer.
  const columns: Column[] = [];
  for (const column of value.columns) {
    const present = column.present.map((state, step) => ((highs[step] ?? 0) < (lows[step] ?? 0) ? 0 : state));
    columns.push({ ...column, present });
    if (evaluation.isDue(grid.steps)) yield;
  }
  return yield* vector(evaluation, columns);
}

function* callRound(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [arg, nearestArg] = call.args as readonly [Expr, Expr?];
  const nearest =
    nearestArg === undefined ? undefined : scalarsOf(yield* evaluation.evaluate(nearestArg, grid));
  return yield* mapVector(evaluation, arg, grid, (value, step) => {
    const inverse = 1 / (nearest?.[step] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}

function* callScalar(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const columns = columnsOf(yield* evaluation.evaluate(call.args[0] as Expr, grid));
  const values = new Float64Array(grid.steps).fill(Number.NaN);
  const seen = new Uint8Array(grid.steps);
  for (const column of columns) {
    for (let step = 0; step < grid.steps; step++) {
      if (column.present[step] !== float) continue;
      values[step] = seen[step] === 0 ? (column.values[step] as number) : Number.NaN;
      seen[step] = 1;
    }
    if (evaluation.isDue(grid.steps)) yield;
  }
  return { kind: 'scalar', values };
}

function* callTimestamp(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const arg = unwrapParens(call.args[0] as Expr);
  const isStart = call.name === 'start_timestamp';
  if (arg.kind === 'selector' && arg.extension === undefined) {
    const value = yield* selectInstant(evaluation, arg, grid, isStart ? 'start-timestamp' : 'timestamp');
    return value.kind === 'vector' && !evaluation.options.delayedNameRemoval
      ? { kind: 'vector', columns: yield* mergeColumns(evaluation, value.columns) }
      : value;
  }
  if (isStart) return { kind: 'vector', columns: [] };
  const columns = columnsOf(yield* evaluation.evaluate(arg, grid));
  const seconds = times(grid);
  const out: Column[] = [];
  for (const { labels, present } of columns) {
    out.push({
      ...evaluation.dropName(labels),
      values: seconds,
      present: present.map((state) => (state === absent ? absent : float)),
    });
    if (evaluation.isDue(grid.steps + perSeries)) yield;
  }
  return yield* vector(evaluation, yield* mergeDropped(evaluation, columns, out));
}

/** The labels that a missing series would have had: those that a selector fixes to one value. */
function absentLabels(expr: Expr): Labels {
  const inner = unwrapParens(expr);
  const selector = inner.kind === 'matrix' ? inner.selector : inner;
  if (selector.kind !== 'selector') return {};
  const counts = new Map<string, number>();
  for (const { name } of selector.matchers) counts.set(name, (counts.get(name) ?? 0) + 1);
  const fixed = selector.matchers.filter(
    ({ name, op, value }) => op === '=' && value !== '' && name !== metricName && counts.get(name) === 1,
  );
  return Object.fromEntries(fixed.map(({ name, value }) => [name, value]));
}

function* callAbsent(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const arg = call.args[0] as Expr;
  const column = newColumn(absentLabels(arg), false, grid.steps);
  column.present.fill(float);
  column.values.fill(1);
  for (const { present } of columnsOf(yield* evaluation.evaluate(arg, grid))) {
    for (let step = 0; step < grid.steps; step++) if (present[step] !== absent) column.present[step] = 0;
    if (evaluation.isDue(grid.steps)) yield;
  }
  return yield* vector(evaluation, [column]);
}

function* callAbsentOverTime(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const arg = call.args[0] as Expr;
  const column = newColumn(absentLabels(arg), false, grid.steps);
  column.present.fill(float);
  column.values.fill(1);
  const source = yield* rangeSource(evaluation, arg, grid);
  for (const { timesMs } of source.series) {
    let from = 0;
    for (let step = 0; step < grid.steps; step++) {
      const endMs = source.times.firstMs + step * source.times.stepMs;
      while (from < timesMs.length && (timesMs[from] ?? 0) <= endMs - source.rangeMs) from++;
      if (from < timesMs.length && (timesMs[from] ?? 0) <= endMs) column.present[step] = 0;
    }
    if (evaluation.isDue(timesMs.length + grid.steps)) yield;
  }
  return yield* vector(evaluation, [column]);
}

function callExtreme(pick: (left: number, right: number) => number): CallEvaluator {
  return function* (evaluation, call, grid) {
    const [leftArg, rightArg] = call.args as readonly [Expr, Expr];
    const left = scalarsOf(yield* evaluation.evaluate(leftArg, grid));
    const right = scalarsOf(yield* evaluation.evaluate(rightArg, grid));
    return { kind: 'scalar', values: left.map((value, i) => pick(value, right[i] as number)) };
  };
}

/** A scalar that stands still, and needs nothing evaluated. */
function constant(read: (evaluation: Evaluation) => number): CallEvaluator {
  // biome-ignore lint/correctness/useYield: it has nothing to wait for
  return function* (evaluation, _, grid) {
    return { kind: 'scalar', values: new Float64Array(grid.steps).fill(read(evaluation)) };
  };
}

// biome-ignore lint/correctness/useYield: it has nothing to wait for
function* callTimeOfDay(_: Evaluation, __: Call, grid: Grid): Work<Value> {
  return { kind: 'scalar', values: times(grid) };
}

function* callVector(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  return vectorOfScalar(scalarsOf(yield* evaluation.evaluate(call.args[0] as Expr, grid)));
}

const evaluators: ReadonlyMap<string, CallEvaluator> = new Map<string, CallEvaluator>([
  ...[...mathFunctions].map(([name, compute]): [string, CallEvaluator] => [
    name,
    (evaluation, call, grid) => mapVector(evaluation, call.args[0] as Expr, grid, compute),
  ]),
  ...[...timeFunctions].map(([name, compute]): [string, CallEvaluator] => [name, callTime(compute)]),
  ...[...rangeFunctions.keys()].map((name): [string, CallEvaluator] => [name, callRangeFunction]),
  ...['histogram_avg', 'histogram_count', 'histogram_sum', 'histogram_stddev', 'histogram_stdvar'].map(
    (name): [string, CallEvaluator] => [name, callHistogramNumber],
  ),
  ['absent', callAbsent],
  ['absent_over_time', callAbsentOverTime],
  ['clamp', callClamp],
  ['clamp_max', callClamp],
  ['clamp_min', callClamp],
  ['histogram_fraction', callHistogramFraction],
  ['histogram_quantile', callHistogramQuantile],
  ['histogram_quantiles', callHistogramQuantiles],
  ['info', callInfo],
  ['label_join', callLabelJoin],
  ['label_replace', callLabelReplace],
  ['max_of', callExtreme(Math.max)],
  ['min_of', callExtreme(Math.min)],
  ['pi', constant(() => Math.PI)],
  ['round', callRound],
  ['scalar', callScalar],
  ['sort', callSort],
  ['sort_desc', callSort],
  ['sort_by_label', callSortByLabel],
  ['sort_by_label_desc', callSortByLabel],
  ['start_timestamp', callTimestamp],
  ['timestamp', callTimestamp],
  ['time', callTimeOfDay],
  ['start', constant(({ startMs }) => startMs / 1000)],
  ['end', constant(({ endMs }) => endMs / 1000)],
  ['step', constant(({ span }) => span.stepMs / 1000)],
  ['range', constant(({ span }) => span.rangeMs / 1000)],
  ['vector', callVector],
]);
