import type { DurationExpr } from './ast.ts';
import { QueryFailedError } from './errors.ts';

/** What `step()` and `range()` stand for in a duration. */
export interface QuerySpan {
  readonly stepMs: number;
  readonly rangeMs: number;
}

/** Longest duration that is allowed, as Go's: about 292 years. */
const longestMs = 9_223_372_036_854;

/**
 * The milliseconds of a duration expression.
 *
 * @throws {QueryFailedError} on a division by zero, and on a result that is no length of time.
 */
export function durationMs(expr: DurationExpr, span: QuerySpan): number {
  const ms = Math.trunc(roundNoise(seconds(expr, span) * 1000));
  if (!(Math.abs(ms) <= longestMs)) throw new QueryFailedError('duration out of range');
  return ms;
}

/**
 * As {@link durationMs}, for ranges and steps.
 *
 * @throws {QueryFailedError} also when it is not above 0.
 */
export function positiveDurationMs(expr: DurationExpr, span: QuerySpan): number {
  const ms = durationMs(expr, span);
  if (ms <= 0) throw new QueryFailedError('duration must be greater than 0');
  return ms;
}

/** 0.1 * 3 seconds are 300 ms, although the product is a little more. */
function roundNoise(ms: number): number {
  const whole = Math.round(ms);
  return Math.abs(ms - whole) < 1e-6 ? whole : ms;
}

function seconds(expr: DurationExpr, span: QuerySpan): number {
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'duration-paren':
      return seconds(expr.expr, span);
    case 'duration-unary':
      return expr.op === '-' ? -seconds(expr.expr, span) : seconds(expr.expr, span);
    case 'duration-binary':
      return binary(expr.op, seconds(expr.left, span), seconds(expr.right, span));
    case 'duration-call': {
      const [first = 0, second = 0] = expr.args.map((arg) => seconds(arg, span));
      if (expr.name === 'step') return span.stepMs / 1000;
      if (expr.name === 'range') return span.rangeMs / 1000;
      return expr.name === 'min_of' ? Math.min(first, second) : Math.max(first, second);
    }
  }
}

function binary(op: '+' | '-' | '*' | '/' | '%' | '^', left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) throw new QueryFailedError('division by zero');
      return left / right;
    case '%':
      if (right === 0) throw new QueryFailedError('modulo by zero');
      return left % right;
    case '^':
      return left ** right;
  }
}
