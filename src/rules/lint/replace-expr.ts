import type { DurationExpr, Expr, VectorSelector } from '../../promql/ast.ts';

/** The expression with each part that `change` gives something for replaced by that; parts of such a part are not looked at. */
export function replaceExpr(expr: Expr, change: (part: Expr) => Expr | undefined): Expr {
  const changed = change(expr);
  if (changed !== undefined) return changed;
  const inside = (part: Expr) => replaceExpr(part, change);
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
    case 'matrix':
      return expr;
    case 'paren':
    case 'unary':
    case 'subquery':
      return { ...expr, expr: inside(expr.expr) };
    case 'binary':
      return { ...expr, left: inside(expr.left), right: inside(expr.right) };
    case 'aggregate':
      return {
        ...expr,
        expr: inside(expr.expr),
        param: expr.param === undefined ? undefined : inside(expr.param),
      };
    case 'call':
      return { ...expr, args: expr.args.map(inside) };
  }
}

/** `name(selector[range])`. */
export function overRange(name: string, selector: VectorSelector, seconds: number): Expr {
  const { span } = selector;
  const range: DurationExpr = { kind: 'number', span, value: seconds, isDuration: true };
  return { kind: 'call', span, name, args: [{ kind: 'matrix', span, selector, range }] };
}

/** `absent(expr)`. */
export function absentOf(expr: Expr): Expr {
  return { kind: 'call', span: expr.span, name: 'absent', args: [expr] };
}
