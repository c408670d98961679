import { type Call, type Expr, unwrapParens } from './ast.ts';
import { comesApart, eachRanged } from './call-range.ts';
import { type Column, ColumnRoom, type Grid } from './column.ts';
import { columnsOf, type Evaluation, perSeries, type Work } from './evaluation.ts';
import { rangeFunctions } from './functions/over-time.ts';
import { eachSelected } from './select-series.ts';

/**
 * Calls `use` with each column of an instant vector. Where the vector comes straight from the store, columns are made one
 * after the other in the same place: `use` keeps nothing of one but its histograms. Ten thousand series then take as much
 * memory as one.
 */
export function* eachColumn(
  evaluation: Evaluation,
  expr: Expr,
  grid: Grid,
  use: (column: Column) => void,
): Work<void> {
  const inner = unwrapParens(expr);
  // A plan tells what each part gave, which nobody knows when it is never whole.
  const mayStream = evaluation.trace === undefined && !evaluation.isRepeated(inner);
  const stream = { use, room: new ColumnRoom(grid.steps) };
  if (mayStream && inner.kind === 'selector')
    yield* eachSelected(evaluation, inner, grid, { ...stream, reading: 'value' });
  else if (mayStream && isRangeCall(inner) && comesApart(evaluation, inner))
    yield* eachRanged(evaluation, inner, grid, stream);
  else
    for (const column of columnsOf(yield* evaluation.evaluate(expr, grid))) {
      use(column);
      if (evaluation.isDue(grid.steps + perSeries)) yield;
    }
}

/** A call of a range function over a range of the store. */
function isRangeCall(expr: Expr): expr is Call {
  if (expr.kind !== 'call') return false;
  const arg = expr.args[rangeFunctions.get(expr.name)?.rangeArg ?? 0];
  return rangeFunctions.has(expr.name) && arg !== undefined && unwrapParens(arg).kind === 'matrix';
}
