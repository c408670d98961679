import { metricName } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { type Expr, unwrapParens } from './ast.ts';
import { eachRanged } from './call-range.ts';
import { type Column, ColumnRoom, type Grid } from './column.ts';
import { columnsOf, type Evaluation, type Work } from './evaluation.ts';
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
  else if (mayStream && inner.kind === 'call' && comesApart(evaluation, inner))
    yield* eachRanged(evaluation, inner, grid, stream);
  else
    for (const column of columnsOf(yield* evaluation.evaluate(expr, grid))) {
      use(column);
      if (evaluation.isDue(grid.steps)) yield;
    }
}

/** Whether a range function's series stay apart without their names: they all have one, or keep theirs for now. */
function comesApart(evaluation: Evaluation, call: Extract<Expr, { kind: 'call' }>): boolean {
  const spec = rangeFunctions.get(call.name);
  const arg = call.args[spec?.rangeArg ?? 0];
  const range = arg === undefined ? undefined : unwrapParens(arg);
  if (spec === undefined || range?.kind !== 'matrix') return false;
  if (spec.keepsName === true || evaluation.options.delayedNameRemoval) return true;
  return range.selector.matchers.some(
    ({ name, op, value }: Matcher) => name === metricName && op === '=' && value !== '',
  );
}
