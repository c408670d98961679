import { evaluateAggregate } from './aggregate.ts';
import { childrenOf, type Expr, type UnaryExpr, unwrapParens } from './ast.ts';
import { evaluateBinary } from './binary.ts';
import { evaluateCall } from './call.ts';
import type { Column, Grid, Histograms, Value } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { type Evaluation, perSeries, type Work } from './evaluation.ts';
import { multiplyHistogram } from './histogram/scale.ts';
import { mergeDropped } from './merge-columns.ts';
import { selectInstant } from './select-series.ts';

/** Evaluates an expression over a grid. What does not depend on the step is evaluated once and spread. */
export function* evaluate(evaluation: Evaluation, expr: Expr, grid: Grid): Work<Value> {
  const known = evaluation.known(expr, grid);
  if (known !== undefined) return known;
  const enter = evaluation.trace?.enter(expr);
  const before = evaluation.samples;
  const remarks = evaluation.annotations.count;
  let value: Value;
  if (grid.steps > 1 && hasSelector(expr) && isStepInvariant(expr)) {
    const once = yield* dispatch(evaluation, expr, { ...grid, steps: 1 });
    value = yield* spread(evaluation, once, grid.steps);
  } else value = yield* dispatch(evaluation, expr, grid);
  // What the operands held is free now; only the result stays.
  evaluation.samples = before + (yield* sizeOf(evaluation, value));
  if (evaluation.annotations.count === remarks) evaluation.remember(expr, grid, value);
  if (enter !== undefined) evaluation.trace?.leave(enter, value, grid);
  return value;
}

/** The work of one part. Not a generator itself: a chain of operators is as deep as the stack allows. */
function dispatch(evaluation: Evaluation, expr: Expr, grid: Grid): Work<Value> {
  switch (expr.kind) {
    case 'number':
      return done({ kind: 'scalar', values: new Float64Array(grid.steps).fill(expr.value) });
    case 'string':
      return done({ kind: 'string', value: expr.value });
    case 'paren':
      return evaluate(evaluation, expr.expr, grid);
    case 'unary':
      return evaluateUnary(evaluation, expr, grid);
    case 'binary':
      return evaluateBinary(evaluation, expr, grid);
    case 'aggregate':
      return evaluateAggregate(evaluation, expr, grid);
    case 'call':
      return evaluateCall(evaluation, expr, grid);
    case 'selector':
      return selectInstant(evaluation, expr, grid);
    case 'matrix':
    case 'subquery':
      throw new QueryFailedError('a range vector stands where an instant vector is expected');
  }
}

// biome-ignore lint/correctness/useYield: it has nothing to wait for
function* done(value: Value): Work<Value> {
  return value;
}

function* evaluateUnary(evaluation: Evaluation, { op, expr }: UnaryExpr, grid: Grid): Work<Value> {
  const value = yield* evaluate(evaluation, expr, grid);
  if (op === '+' || value.kind === 'string') return value;
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map((scalar) => -scalar) };
  const negated: Column[] = [];
  for (const { labels, values, present, histograms } of value.columns) {
    const opposite = new Float64Array(values.length);
    for (let step = 0; step < opposite.length; step++) opposite[step] = -(values[step] as number);
    negated.push({
      ...evaluation.dropName(labels),
      values: opposite,
      present,
      ...(histograms === undefined ? {} : { histograms: histograms.map(negate) }),
    });
    if (evaluation.isDue(grid.steps + perSeries)) yield;
  }
  return { kind: 'vector', columns: yield* mergeDropped(evaluation, value.columns, negated) };
}

function negate(histogram: Histograms[number]): Histograms[number] {
  return histogram === undefined ? undefined : multiplyHistogram(histogram, -1);
}

/** Functions whose result moves with the evaluation time even when their arguments stand still. */
const timeDependent = new Set(['time', 'timestamp', 'predict_linear', 'start_timestamp']);

/** Whether `@` pins every selector, so that all steps have the same answer. */
function isStepInvariant(expr: Expr): boolean {
  switch (expr.kind) {
    case 'selector':
    case 'subquery':
      return expr.at !== undefined;
    case 'matrix':
      return expr.selector.at !== undefined;
    case 'call': {
      if (timeDependent.has(expr.name)) return expr.name === 'timestamp' && isPinnedSelector(expr.args[0]);
      // The second argument of `info` has no time of its own.
      const args = expr.name === 'info' ? expr.args.slice(0, 1) : expr.args;
      return (args.length > 0 || constants.has(expr.name)) && args.every(isStepInvariant);
    }
    case 'number':
    case 'string':
    case 'paren':
    case 'unary':
    case 'binary':
    case 'aggregate':
      return childrenOf(expr).every(isStepInvariant);
  }
}

const constants = new Set(['pi', 'start', 'end', 'step', 'range']);

function isPinnedSelector(arg: Expr | undefined): boolean {
  const inner = arg === undefined ? undefined : unwrapParens(arg);
  return inner?.kind === 'selector' && inner.at !== undefined;
}

function hasSelector(expr: Expr): boolean {
  return expr.kind === 'selector' || childrenOf(expr).some(hasSelector);
}

function* spread(evaluation: Evaluation, value: Value, steps: number): Work<Value> {
  if (value.kind === 'string') return value;
  if (value.kind === 'scalar')
    return { kind: 'scalar', values: new Float64Array(steps).fill(value.values[0] ?? Number.NaN) };
  evaluation.samples += value.columns.length * (steps - 1);
  const columns: Column[] = [];
  for (const { labels, dropName, values, present, histograms } of value.columns) {
    columns.push({
      labels,
      dropName,
      values: new Float64Array(steps).fill(values[0] ?? 0),
      present: new Uint8Array(steps).fill(present[0] ?? 0),
      ...(histograms === undefined ? {} : { histograms: Array.from({ length: steps }, () => histograms[0]) }),
    });
    if (evaluation.isDue(steps)) yield;
  }
  return { kind: 'vector', columns };
}

/** Samples held by a value; a histogram weighs as much as its buckets do. */
function* sizeOf(evaluation: Evaluation, value: Value): Work<number> {
  if (value.kind !== 'vector') return 0;
  let size = 0;
  for (const { values, histograms } of value.columns) {
    size += values.length;
    if (histograms === undefined) continue;
    for (const one of histograms)
      if (one !== undefined) size += 10 + ((one.positiveBuckets.length + one.negativeBuckets.length) >> 1);
    if (evaluation.isDue(histograms.length)) yield;
  }
  return size;
}
