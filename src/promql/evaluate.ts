import { evaluateAggregate } from './aggregate.ts';
import { childrenOf, type Expr, type UnaryExpr, unwrapParens } from './ast.ts';
import { evaluateBinary } from './binary.ts';
import { evaluateCall, mergeDropped } from './call.ts';
import type { Grid, Value } from './column.ts';
import { QueryFailedError } from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import { selectInstant } from './select-series.ts';

/** Evaluates an expression over a grid. What does not depend on the step is evaluated once and spread. */
export function evaluate(evaluation: Evaluation, expr: Expr, grid: Grid): Value {
  if (grid.steps > 1 && hasSelector(expr) && isStepInvariant(expr)) {
    const once = evaluate(evaluation, expr, { ...grid, steps: 1 });
    return spread(evaluation, once, grid.steps);
  }
  const before = evaluation.samples;
  const value = dispatch(evaluation, expr, grid);
  // What the operands held is free now; only the result stays.
  evaluation.samples = before + sizeOf(value);
  return value;
}

function dispatch(evaluation: Evaluation, expr: Expr, grid: Grid): Value {
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(grid.steps).fill(expr.value) };
    case 'string':
      return { kind: 'string', value: expr.value };
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

function evaluateUnary(evaluation: Evaluation, { op, expr }: UnaryExpr, grid: Grid): Value {
  const value = evaluate(evaluation, expr, grid);
  if (op === '+' || value.kind === 'string') return value;
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map((scalar) => -scalar) };
  const negated = value.columns.map(({ labels, values, present }) => ({
    ...evaluation.dropName(labels),
    values: values.map((number) => -number),
    present,
  }));
  return { kind: 'vector', columns: mergeDropped(evaluation, value.columns, negated) };
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

function spread(evaluation: Evaluation, value: Value, steps: number): Value {
  if (value.kind === 'string') return value;
  if (value.kind === 'scalar')
    return { kind: 'scalar', values: new Float64Array(steps).fill(value.values[0] ?? Number.NaN) };
  evaluation.samples += value.columns.length * (steps - 1);
  const columns = value.columns.map((column) => ({
    ...column,
    values: new Float64Array(steps).fill(column.values[0] ?? 0),
    present: new Uint8Array(steps).fill(column.present[0] ?? 0),
  }));
  return { kind: 'vector', columns };
}

function sizeOf(value: Value): number {
  return value.kind === 'vector' ? value.columns.reduce((sum, { values }) => sum + values.length, 0) : 0;
}
