import type { AggregateExpr, Expr } from '../../promql/ast.ts';
import { labelsOf } from './label-flow.ts';
import { mayHave } from './label-set.ts';
import { replaceExpr } from './replace-expr.ts';

/**
 * The expression with `name` kept where it was dropped: added to a `by`, taken out of a `without`, or to what `on` matches.
 * Undefined where that does not bring it to the end.
 */
export function keepLabel(expr: Expr, name: string): Expr | undefined {
  const changed = replaceExpr(expr, (part) => kept(part, name));
  return mayHave(labelsOf(changed), name) ? changed : undefined;
}

function kept(part: Expr, name: string): Expr | undefined {
  if (part.kind === 'aggregate') {
    const inner = mayHave(labelsOf(part.expr), name) ? part.expr : keepLabel(part.expr, name);
    if (inner === undefined || part.op === 'topk' || part.op === 'bottomk') return undefined;
    return grouped({ ...part, expr: inner }, name);
  }
  if (part.kind === 'binary' && part.matching.card === 'one-to-one' && part.matching.on) {
    const [left, right] = [part.left, part.right].map((side) =>
      mayHave(labelsOf(side), name) ? side : keepLabel(side, name),
    );
    if (left === undefined || right === undefined) return undefined;
    const { matching } = part;
    const labels = matching.labels.includes(name) ? matching.labels : [...matching.labels, name];
    return { ...part, left, right, matching: { ...matching, labels } };
  }
  return undefined;
}

function grouped(part: AggregateExpr, name: string): Expr {
  if (part.without) return { ...part, grouping: part.grouping.filter((label) => label !== name) };
  return part.grouping.includes(name) ? part : { ...part, grouping: [...part.grouping, name] };
}
