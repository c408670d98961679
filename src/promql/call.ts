import { type Labels, metricName } from '../model/labels.ts';
import { type Call, type Expr, unwrapParens } from './ast.ts';
import { callHistogramFraction, callHistogramQuantile, callHistogramQuantiles } from './call-histogram.ts';
import { callInfo } from './call-info.ts';
import { callLabelJoin, callLabelReplace, callSort, callSortByLabel } from './call-labels.ts';
import { callRangeFunction } from './call-range.ts';
import { type Column, float, type Grid, newColumn, timeAt, type Value } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { type Evaluation, vector } from './evaluation.ts';
import { mathFunctions, timeFunctions } from './functions/math.ts';
import { rangeFunctions } from './functions/over-time.ts';
import { haveOneName, mergeColumns } from './merge-columns.ts';
import { rangeSource } from './range-source.ts';
import { selectInstant } from './select-series.ts';

type CallEvaluator = (evaluation: Evaluation, call: Call, grid: Grid) => Value;

/** Evaluates a function call over a grid. */
export function evaluateCall(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const evaluator = evaluators.get(call.name);
  if (evaluator === undefined) throw new QueryFailedError(`function ${call.name} is not implemented`);
  return evaluator(evaluation, call, grid);
}

/** Applies a function of numbers to every sample; the metric's name goes. */
function mapVector(
  evaluation: Evaluation,
  arg: Expr,
  grid: Grid,
  compute: (value: number, step: number) => number,
): Value {
  const columns = evaluation.vectorOf(arg, grid);
  const out = columns.map((column) => {
    evaluation.check(grid.steps);
    const values = new Float64Array(grid.steps);
    for (let step = 0; step < grid.steps; step++)
      if (column.present[step] === float) values[step] = compute(column.values[step] as number, step);
    return { ...evaluation.dropName(column.labels), values, present: column.present };
  });
  return { kind: 'vector', columns: mergeDropped(evaluation, columns, out) };
}

/** After names were dropped at once, series that only the name told apart are a fault. */
export function mergeDropped(
  evaluation: Evaluation,
  before: readonly Column[],
  after: readonly Column[],
): readonly Column[] {
  return evaluation.options.delayedNameRemoval || haveOneName(before) ? after : mergeColumns(after);
}

function constantScalar(grid: Grid, value: number): Value {
  return { kind: 'scalar', values: new Float64Array(grid.steps).fill(value) };
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
  return (evaluation, call, grid) => {
    const [arg] = call.args;
    if (arg === undefined) return vectorOfScalar(times(grid).map(compute));
    return mapVector(evaluation, arg, grid, compute);
  };
}

function callClamp(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const [arg, ...bounds] = call.args as readonly [Expr, ...Expr[]];
  const [first, second] = bounds.map((bound) => evaluation.scalarOf(bound, grid));
  const none = new Float64Array(grid.steps);
  const lows = call.name === 'clamp_max' ? none.fill(Number.NEGATIVE_INFINITY) : (first ?? none);
  const highs =
    call.name === 'clamp'
      ? (second ?? none)
      : call.name === 'clamp_max'
        ? (first ?? none)
        : none.fill(Number.POSITIVE_INFINITY);
  const value = mapVector(evaluation, arg, grid, (x, step) =>
    Math.max(lows[step] as number, Math.min(highs[step] as number, x)),
  );
  if (value.kind !== 'vector' || lows.every((low, step) => !((highs[step] ?? 0) < low))) return value;
  // Where the bounds are the wrong way round there is no answer.
  const columns = value.columns.map((column) => ({
    ...column,
    present: column.present.map((state, step) => ((highs[step] ?? 0) < (lows[step] ?? 0) ? 0 : state)),
  }));
  return vector(columns);
}

function callRound(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const [arg, nearestArg] = call.args as readonly [Expr, Expr?];
  const nearest = nearestArg === undefined ? undefined : evaluation.scalarOf(nearestArg, grid);
  return mapVector(evaluation, arg, grid, (value, step) => {
    const inverse = 1 / (nearest?.[step] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}

function callScalar(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const columns = evaluation.vectorOf(call.args[0] as Expr, grid);
  const values = new Float64Array(grid.steps).fill(Number.NaN);
  const seen = new Uint8Array(grid.steps);
  for (const column of columns) {
    for (let step = 0; step < grid.steps; step++) {
      if (column.present[step] !== float) continue;
      values[step] = seen[step] === 0 ? (column.values[step] as number) : Number.NaN;
      seen[step] = 1;
    }
  }
  return { kind: 'scalar', values };
}

function callTimestamp(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const arg = unwrapParens(call.args[0] as Expr);
  const isStart = call.name === 'start_timestamp';
  if (arg.kind === 'selector' && arg.extension === undefined) {
    const value = selectInstant(evaluation, arg, grid, isStart ? 'start-timestamp' : 'timestamp');
    return value.kind === 'vector' && !evaluation.options.delayedNameRemoval
      ? { kind: 'vector', columns: mergeColumns(value.columns) }
      : value;
  }
  if (isStart) return { kind: 'vector', columns: [] };
  return mapVector(evaluation, arg, grid, (_, step) => timeAt(grid, step) / 1000);
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

function callAbsent(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const arg = call.args[0] as Expr;
  const column = newColumn(absentLabels(arg), false, grid.steps);
  column.present.fill(float);
  column.values.fill(1);
  for (const { present } of evaluation.vectorOf(arg, grid))
    for (let step = 0; step < grid.steps; step++) if (present[step] === float) column.present[step] = 0;
  return vector([column]);
}

function callAbsentOverTime(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const arg = call.args[0] as Expr;
  const column = newColumn(absentLabels(arg), false, grid.steps);
  column.present.fill(float);
  column.values.fill(1);
  const source = rangeSource(evaluation, arg, grid);
  for (const { timesMs } of source.series) {
    let from = 0;
    for (let step = 0; step < grid.steps; step++) {
      const endMs = source.times.firstMs + step * source.times.stepMs;
      while (from < timesMs.length && (timesMs[from] ?? 0) <= endMs - source.rangeMs) from++;
      if (from < timesMs.length && (timesMs[from] ?? 0) <= endMs) column.present[step] = 0;
    }
  }
  return vector([column]);
}

function callExtreme(pick: (left: number, right: number) => number): CallEvaluator {
  return (evaluation, call, grid) => {
    const [left, right] = call.args.map((arg) => evaluation.scalarOf(arg, grid));
    return {
      kind: 'scalar',
      values: Float64Array.from(left ?? [], (value, i) => pick(value, right?.[i] ?? Number.NaN)),
    };
  };
}

/** Histogram functions of native histograms say nothing about floats. */
const nothing: CallEvaluator = (evaluation, call, grid) => {
  for (const arg of call.args) evaluation.evaluate(arg, grid);
  return { kind: 'vector', columns: [] };
};

const evaluators: ReadonlyMap<string, CallEvaluator> = new Map<string, CallEvaluator>([
  ...[...mathFunctions].map(([name, compute]): [string, CallEvaluator] => [
    name,
    (evaluation, call, grid) => mapVector(evaluation, call.args[0] as Expr, grid, compute),
  ]),
  ...[...timeFunctions].map(([name, compute]): [string, CallEvaluator] => [name, callTime(compute)]),
  ...[...rangeFunctions.keys()].map((name): [string, CallEvaluator] => [name, callRangeFunction]),
  ...['histogram_avg', 'histogram_count', 'histogram_sum', 'histogram_stddev', 'histogram_stdvar'].map(
    (name): [string, CallEvaluator] => [name, nothing],
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
  ['pi', (_, __, grid) => constantScalar(grid, Math.PI)],
  ['round', callRound],
  ['scalar', callScalar],
  ['sort', callSort],
  ['sort_desc', callSort],
  ['sort_by_label', callSortByLabel],
  ['sort_by_label_desc', callSortByLabel],
  ['start_timestamp', callTimestamp],
  ['timestamp', callTimestamp],
  ['time', (_, __, grid) => ({ kind: 'scalar', values: times(grid) })],
  ['start', (evaluation, _, grid) => constantScalar(grid, evaluation.startMs / 1000)],
  ['end', (evaluation, _, grid) => constantScalar(grid, evaluation.endMs / 1000)],
  ['step', (evaluation, _, grid) => constantScalar(grid, evaluation.span.stepMs / 1000)],
  ['range', (evaluation, _, grid) => constantScalar(grid, evaluation.span.rangeMs / 1000)],
  ['vector', (evaluation, call, grid) => vectorOfScalar(evaluation.scalarOf(call.args[0] as Expr, grid))],
]);
