import { type BinaryExpr, setOps } from './ast.ts';
import { typeOf } from './check.ts';
import { type Column, float, type Grid, type Value } from './column.ts';
import { type Evaluation, vector } from './evaluation.ts';
import { joinVectors } from './join.ts';
import { haveOneName, mergeColumns } from './merge-columns.ts';
import { isFilter, operationOf, remarkTrim } from './operations.ts';
import { evaluateSet } from './set-operators.ts';

/** Evaluates an operator between two expressions. */
export function evaluateBinary(evaluation: Evaluation, expr: BinaryExpr, grid: Grid): Value {
  const left = typeOf(expr.left);
  const right = typeOf(expr.right);
  if (left === 'scalar' && right === 'scalar') return scalarScalar(evaluation, expr, grid);
  if (left === 'scalar') {
    const scalars = evaluation.scalarOf(expr.left, grid);
    return vectorScalar(evaluation, expr, evaluation.vectorOf(expr.right, grid), scalars, true);
  }
  if (right === 'scalar') {
    const columns = evaluation.vectorOf(expr.left, grid);
    return vectorScalar(evaluation, expr, columns, evaluation.scalarOf(expr.right, grid), false);
  }
  const lefts = evaluation.vectorOf(expr.left, grid);
  const rights = evaluation.vectorOf(expr.right, grid);
  return setOps.has(expr.op)
    ? evaluateSet(expr, lefts, rights, grid)
    : joinVectors(evaluation, expr, lefts, rights, grid);
}

function scalarScalar(evaluation: Evaluation, expr: BinaryExpr, grid: Grid): Value {
  const operation = operationOf(expr.op);
  const lefts = evaluation.scalarOf(expr.left, grid);
  const rights = evaluation.scalarOf(expr.right, grid);
  const values = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step++)
    values[step] = operation(lefts[step] as number, rights[step] as number);
  return { kind: 'scalar', values };
}

function vectorScalar(
  evaluation: Evaluation,
  expr: BinaryExpr,
  columns: readonly Column[],
  scalars: Float64Array,
  scalarIsLeft: boolean,
): Value {
  const operation = operationOf(expr.op);
  if (isFilter(expr)) {
    if (columns.length > 0) remarkTrim(evaluation, expr);
    return vector(
      columns.map((column) => {
        evaluation.check(column.values.length);
        const present = new Uint8Array(column.present.length);
        for (let step = 0; step < present.length; step++) {
          if (column.present[step] !== float) continue;
          const value = column.values[step] as number;
          const scalar = scalars[step] as number;
          if ((scalarIsLeft ? operation(scalar, value) : operation(value, scalar)) === 1)
            present[step] = float;
        }
        return { ...column, present };
      }),
    );
  }
  const out = columns.map((column) => {
    evaluation.check(column.values.length);
    const values = new Float64Array(column.values.length);
    for (let step = 0; step < values.length; step++) {
      const value = column.values[step] as number;
      const scalar = scalars[step] as number;
      values[step] = scalarIsLeft ? operation(scalar, value) : operation(value, scalar);
    }
    return { ...evaluation.dropName(column.labels), values, present: column.present };
  });
  const merged = evaluation.options.delayedNameRemoval || haveOneName(columns) ? out : mergeColumns(out);
  return { kind: 'vector', columns: merged };
}
