import { type BinaryExpr, comparisonOps, setOps } from './ast.ts';
import { typeOf } from './check.ts';
import {
  absent,
  type Column,
  float,
  type Grid,
  histogramAt,
  type NewColumn,
  newColumn,
  setHistogram,
  type Value,
} from './column.ts';
import { columnsOf, type Evaluation, perSeries, scalarsOf, vector, type Work } from './evaluation.ts';
import { joinVectors } from './join.ts';
import { mergeDropped } from './merge-columns.ts';
import {
  isFilter,
  isTrim,
  type Operation,
  operateHistograms,
  operationOf,
  remarkTypes,
} from './operations.ts';
import { evaluateSet } from './set-operators.ts';

/** Evaluates an operator between two expressions. */
export function* evaluateBinary(evaluation: Evaluation, expr: BinaryExpr, grid: Grid): Work<Value> {
  const left = typeOf(expr.left);
  const right = typeOf(expr.right);
  if (left === 'scalar' && right === 'scalar') return yield* scalarScalar(evaluation, expr, grid);
  if (left === 'scalar') {
    const scalars = scalarsOf(yield* evaluation.evaluate(expr.left, grid));
    return yield* vectorScalar(
      evaluation,
      expr,
      columnsOf(yield* evaluation.evaluate(expr.right, grid)),
      scalars,
      true,
    );
  }
  const lefts = columnsOf(yield* evaluation.evaluate(expr.left, grid));
  if (right === 'scalar')
    return yield* vectorScalar(
      evaluation,
      expr,
      lefts,
      scalarsOf(yield* evaluation.evaluate(expr.right, grid)),
      false,
    );
  const rights = columnsOf(yield* evaluation.evaluate(expr.right, grid));
  return setOps.has(expr.op)
    ? yield* evaluateSet(evaluation, expr, lefts, rights, grid)
    : yield* joinVectors(evaluation, expr, lefts, rights, grid);
}

function* scalarScalar(evaluation: Evaluation, expr: BinaryExpr, grid: Grid): Work<Value> {
  const operation = operationOf(expr.op);
  const lefts = scalarsOf(yield* evaluation.evaluate(expr.left, grid));
  const rights = scalarsOf(yield* evaluation.evaluate(expr.right, grid));
  const values = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step++)
    values[step] = operation(lefts[step] as number, rights[step] as number);
  return { kind: 'scalar', values };
}

function* vectorScalar(
  evaluation: Evaluation,
  expr: BinaryExpr,
  columns: readonly Column[],
  scalars: Float64Array,
  scalarIsLeft: boolean,
): Work<Value> {
  const operation = operationOf(expr.op);
  const filters = isFilter(expr);
  const out: Column[] = [];
  for (const column of columns) {
    if (evaluation.isDue(column.values.length + perSeries)) yield;
    if (column.histograms !== undefined)
      out.push(mixedScalar(evaluation, expr, column, scalars, scalarIsLeft));
    else {
      if (isTrim(expr.op)) remarkTypes(evaluation, expr, 0, 0);
      out.push(
        filters
          ? filterColumn(column, scalars, operation, scalarIsLeft)
          : computeColumn(evaluation, column, scalars, operation, scalarIsLeft),
      );
    }
  }
  return yield* vector(evaluation, filters ? out : yield* mergeDropped(evaluation, columns, out));
}

function filterColumn(
  column: Column,
  scalars: Float64Array,
  operation: Operation,
  scalarIsLeft: boolean,
): Column {
  const { values } = column;
  const present = new Uint8Array(column.present.length);
  for (let step = 0; step < present.length; step++) {
    if (column.present[step] !== float) continue;
    const value = values[step] as number;
    const scalar = scalars[step] as number;
    if ((scalarIsLeft ? operation(scalar, value) : operation(value, scalar)) === 1) present[step] = float;
  }
  return { ...column, present };
}

function computeColumn(
  evaluation: Evaluation,
  column: Column,
  scalars: Float64Array,
  operation: Operation,
  scalarIsLeft: boolean,
): Column {
  const from = column.values;
  const values = new Float64Array(from.length);
  for (let step = 0; step < values.length; step++) {
    const value = from[step] as number;
    const scalar = scalars[step] as number;
    values[step] = scalarIsLeft ? operation(scalar, value) : operation(value, scalar);
  }
  return { ...evaluation.dropName(column.labels), values, present: column.present };
}

/** A column that has histograms, step by step. */
function mixedScalar(
  evaluation: Evaluation,
  expr: BinaryExpr,
  column: Column,
  scalars: Float64Array,
  scalarIsLeft: boolean,
): Column {
  const filters = isFilter(expr);
  const { labels, dropName } = filters ? column : evaluation.dropName(column.labels);
  const out: NewColumn = newColumn(labels, dropName, column.present.length);
  const operation = operationOf(expr.op);
  for (let step = 0; step < out.present.length; step++) {
    if (column.present[step] === absent) continue;
    const scalar = scalars[step] as number;
    const one = histogramAt(column, step);
    if (one !== undefined) {
      const result = scalarIsLeft
        ? operateHistograms(evaluation, expr, scalar, one)
        : operateHistograms(evaluation, expr, one, scalar);
      // What cannot be compared is no match; `bool` has no answer for it either.
      if (result !== undefined) setHistogram(out, step, result);
      continue;
    }
    if (isTrim(expr.op)) {
      remarkTypes(evaluation, expr, 0, 0);
      continue;
    }
    const value = column.values[step] as number;
    const result = scalarIsLeft ? operation(scalar, value) : operation(value, scalar);
    if (filters && result !== 1) continue;
    out.present[step] = float;
    out.values[step] = comparisonOps.has(expr.op) && filters ? value : result;
  }
  return out;
}
