import type { LintFinding } from '../../model/rule-lint.ts';
import { type BinaryExpr, type ComparisonOp, childrenOf, type Expr, unwrapParens } from '../../promql/ast.ts';
import { formatExpr } from '../../promql/format.ts';
import { findingOf, type LintedRule } from './linted-rule.ts';
import { absentOf, replaceExpr } from './replace-expr.ts';

/**
 * `count(x) < 1`: where there is no x, `count` gives nothing at all rather than 0, so the comparison is never true.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators
 */
export function countBelowOne(rule: LintedRule): LintFinding[] {
  return comparisonsIn(rule.expr).flatMap((comparison) => {
    const counted = countedIn(comparison);
    if (counted === undefined) return [];
    const { inner, isGrouped } = counted;
    const text = formatExpr(comparison);
    const missing = `absent(${formatExpr(inner)})`;
    return [
      findingOf(rule, {
        lint: 'count-below-one',
        severity: 'error',
        field: 'expr',
        message: `"${text}" is never true: count() of nothing is no series, not 0, so when the last series is gone there is nothing left to compare, and the alert cannot fire just when it should. ${
          isGrouped
            ? `absent() says that there is nothing, but of one group at a time: write one "absent(…)" for each group that must be there.`
            : `${missing} is 1 when there is none.`
        }`,
        suggestion: isGrouped
          ? undefined
          : formatExpr(replaceExpr(rule.expr, (part) => (part === comparison ? absentOf(inner) : undefined))),
      }),
    ];
  });
}

function comparisonsIn(expr: Expr): BinaryExpr[] {
  const own = expr.kind === 'binary' && !expr.returnBool ? [expr] : [];
  return [...own, ...childrenOf(expr).flatMap(comparisonsIn)];
}

const mirrored: Readonly<Record<string, ComparisonOp>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
};

/** What is counted, where a comparison asks whether that is none. */
function countedIn({
  op,
  left,
  right,
}: BinaryExpr): { readonly inner: Expr; readonly isGrouped: boolean } | undefined {
  const [a, b] = [unwrapParens(left), unwrapParens(right)];
  const [count, bound, as] = b.kind === 'number' ? [a, b, op] : [b, a, mirrored[op] ?? ''];
  if (count.kind !== 'aggregate' || count.op !== 'count' || bound.kind !== 'number') return undefined;
  const { value } = bound;
  const asksForNone =
    (as === '<' && value > 0 && value <= 1) ||
    (as === '<=' && value >= 0 && value < 1) ||
    (as === '==' && value === 0);
  if (!asksForNone) return undefined;
  return { inner: unwrapParens(count.expr), isGrouped: count.grouping.length > 0 || count.without };
}
