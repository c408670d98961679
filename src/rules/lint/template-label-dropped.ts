import type { LintFinding } from '../../model/rule-lint.ts';
import type { Expr } from '../../promql/ast.ts';
import { formatExpr } from '../../promql/format.ts';
import { keepLabel } from './keep-label.ts';
import { labelsOf } from './label-flow.ts';
import { mayHave } from './label-set.ts';
import { findingOf, type LintedRule } from './linted-rule.ts';
import { labelsReadBy } from './template-labels.ts';

/** A template that reads a label which no series of the expression can have: the text has a hole there. */
export function templateLabelDropped(rule: LintedRule): LintFinding[] {
  const { spec, expr } = rule;
  if (spec.kind !== 'alerting') return [];
  const available = labelsOf(expr);
  return (['labels', 'annotations'] as const).flatMap((field) => {
    const places = new Map<string, string[]>();
    for (const [key, text] of Object.entries(spec[field])) {
      for (const name of labelsReadBy(text)) {
        if (!mayHave(available, name)) places.set(name, [...(places.get(name) ?? []), key]);
      }
    }
    return [...places].map(([name, keys]) => {
      const better = keepLabel(expr, name);
      const ownLabel = Object.hasOwn(spec.labels, name)
        ? ' The rule sets that label itself, but its templates see only what the expression gives; write the text there instead.'
        : '';
      return findingOf(rule, {
        lint: 'template-label-dropped',
        severity: 'warning',
        field,
        message: `${keys.map((key) => `${field === 'labels' ? 'label' : 'annotation'} "${key}"`).join(' and ')} shows $labels.${name}, but the expression drops that label${dropper(expr, name)}: the text is empty there.${ownLabel}`,
        suggestion: better === undefined || ownLabel !== '' ? undefined : formatExpr(better),
      });
    });
  });
}

/** Which part drops it, in words. */
function dropper(expr: Expr, name: string): string {
  const part = dropping(expr, name);
  if (part === undefined) return '';
  if (part.kind === 'aggregate') {
    const by = part.grouping.join(', ');
    return part.without
      ? ` (${part.op} without (${by}))`
      : by === ''
        ? ` (${part.op} of everything together)`
        : ` (${part.op} by (${by}))`;
  }
  if (part.kind === 'call') return ` (${part.name}())`;
  return part.kind === 'binary' ? ` (the operator "${part.op}")` : '';
}

/** The innermost part that does not have the label although what it takes may. */
function dropping(expr: Expr, name: string): Expr | undefined {
  if (mayHave(labelsOf(expr), name)) return undefined;
  const inner =
    expr.kind === 'paren' || expr.kind === 'unary' || expr.kind === 'aggregate'
      ? [expr.expr]
      : expr.kind === 'binary'
        ? [expr.left, expr.right]
        : expr.kind === 'call'
          ? expr.args
          : [];
  for (const part of inner) {
    if (part.kind === 'number' || part.kind === 'string') continue;
    const found = dropping(part, name);
    if (found !== undefined) return found;
  }
  return expr;
}
