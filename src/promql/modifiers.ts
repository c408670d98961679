import type { AtModifier, DurationExpr, Expr } from './ast.ts';
import { numberOf, type TokenReader } from './token-reader.ts';

const maxTimeMs = Number.MAX_SAFE_INTEGER;

/** `expr offset …` */
export function withOffset(reader: TokenReader, expr: Expr, offset: DurationExpr): Expr {
  const span = { start: expr.span.start, end: offset.span.end };
  const target = expr.kind === 'matrix' ? expr.selector : expr;
  if (target.kind !== 'selector' && target.kind !== 'subquery') {
    throw reader.fault(
      expr.span.start,
      'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    );
  }
  if (target.offset !== undefined)
    throw reader.fault(expr.span.start, 'offset may not be set multiple times');
  if (expr.kind === 'matrix') return { ...expr, span, selector: { ...expr.selector, offset } };
  return { ...target, span, offset };
}

/** `expr @ …`; the `@` has not been taken yet. */
export function withAt(reader: TokenReader, expr: Expr): Expr {
  reader.next();
  const { at, end } = parseAt(reader);
  const span = { start: expr.span.start, end };
  const target = expr.kind === 'matrix' ? expr.selector : expr;
  if (target.kind !== 'selector' && target.kind !== 'subquery') {
    throw reader.fault(
      expr.span.start,
      '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    );
  }
  if (target.at !== undefined)
    throw reader.fault(expr.span.start, '@ <timestamp> may not be set multiple times');
  if (expr.kind === 'matrix') return { ...expr, span, selector: { ...expr.selector, at } };
  return { ...target, span, at };
}

function parseAt(reader: TokenReader): { at: AtModifier; end: number } {
  const word = reader.takeWord('start', 'end');
  if (word !== undefined) {
    reader.expect('(', '@');
    return { at: word as 'start' | 'end', end: reader.expect(')', '@').end };
  }
  const sign = reader.takeSign();
  const token = reader.peek();
  if (token.type !== 'number' && token.type !== 'duration') throw reader.unexpected('@', 'timestamp');
  reader.next();
  const seconds = sign * numberOf(reader, token, '@');
  const at = Math.round(seconds * 1000);
  if (!(Math.abs(at) <= maxTimeMs)) {
    const shown =
      Number.isFinite(seconds) || Number.isNaN(seconds) ? `${seconds}` : seconds > 0 ? '+Inf' : '-Inf';
    throw reader.fault(token.start, `timestamp out of bounds for @ modifier: ${shown}`);
  }
  return { at, end: token.end };
}

/** `expr anchored`, `expr smoothed`: how the ends of a range are chosen. */
export function withExtension(reader: TokenReader, expr: Expr, extension: 'anchored' | 'smoothed'): Expr {
  const span = { start: expr.span.start, end: reader.peek(-1).end };
  const target = expr.kind === 'matrix' ? expr.selector : expr;
  if (target.kind === 'subquery')
    throw reader.fault(expr.span.start, `${extension} modifier is not supported for subqueries`);
  if (target.kind !== 'selector') {
    throw reader.fault(
      expr.span.start,
      `${extension} modifier must be preceded by an instant vector selector or range vector selector`,
    );
  }
  if (target.extension !== undefined) {
    const twice = target.extension === extension;
    const problem = twice
      ? `${extension} modifier may not be set multiple times`
      : 'anchored and smoothed modifiers cannot be used together';
    throw reader.fault(expr.span.start, problem);
  }
  if (expr.kind === 'matrix') return { ...expr, span, selector: { ...expr.selector, extension } };
  if (extension === 'anchored')
    throw reader.fault(expr.span.start, 'anchored modifier can only be used with range vector selectors');
  return { ...target, span, extension };
}
