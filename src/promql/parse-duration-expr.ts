import type { DurationExpr } from './ast.ts';
import { numberOf, type TokenReader } from './token-reader.ts';

const precedence: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 4 };
const unaryPrecedence = 3;
const longestChain = 100;
const calls: ReadonlySet<string> = new Set(['step', 'range', 'min_of', 'max_of']);
const expected = 'number, duration, step(), or range()';

/** What stands in brackets: a duration, or a computation with durations, numbers, `step()` and `range()`. */
export function parseDurationExpr(reader: TokenReader, context = 'subquery or range selector'): DurationExpr {
  return parseBinary(reader, 0, context);
}

/** What follows `offset`: one operand, with a sign; a computation only in parentheses. */
export function parseOffset(reader: TokenReader): DurationExpr {
  const token = reader.peek();
  if (token.type === 'op' && (token.text === '-' || token.text === '+')) {
    reader.next();
    return signed(token.text, token.start, parseOperand(reader, 'offset'));
  }
  return parseOperand(reader, 'offset');
}

function parseBinary(reader: TokenReader, least: number, context: string): DurationExpr {
  return reader.nested(() => parseChain(reader, least, context));
}

function parseChain(reader: TokenReader, least: number, context: string): DurationExpr {
  let left = parseUnary(reader, context);
  for (let length = 0; ; length++) {
    if (length > longestChain)
      throw reader.fault(reader.peek().start, `more than ${longestChain} operators in a row`);
    const token = reader.peek();
    const op = token.text as keyof typeof precedence;
    const strength = token.type === 'op' ? precedence[op] : undefined;
    if (strength === undefined || strength < least) return left;
    reader.next();
    const right = parseBinary(reader, op === '^' ? strength : strength + 1, context);
    const span = { start: left.span.start, end: right.span.end };
    left = { kind: 'duration-binary', span, op: op as '+' | '-' | '*' | '/' | '%' | '^', left, right };
  }
}

function parseUnary(reader: TokenReader, context: string): DurationExpr {
  const token = reader.peek();
  if (token.type !== 'op' || (token.text !== '-' && token.text !== '+')) return parseOperand(reader, context);
  reader.next();
  return signed(token.text, token.start, parseBinary(reader, unaryPrecedence, context));
}

function signed(op: '+' | '-', start: number, expr: DurationExpr): DurationExpr {
  const span = { start, end: expr.span.end };
  if (expr.kind === 'number') return { ...expr, span, value: op === '-' ? -expr.value : expr.value };
  return { kind: 'duration-unary', span, op, expr };
}

function parseOperand(reader: TokenReader, context: string): DurationExpr {
  const token = reader.peek();
  const word = token.text.toLowerCase();
  if (token.type === 'number' || token.type === 'duration') {
    reader.next();
    const value = numberOf(reader, token, context);
    return {
      kind: 'number',
      span: { start: token.start, end: token.end },
      value,
      isDuration: token.type === 'duration',
    };
  }
  if (token.text === '(' && token.type === 'punctuation') {
    reader.next();
    const expr = parseBinary(reader, 0, context);
    const close = reader.expect(')', context);
    return { kind: 'duration-paren', span: { start: token.start, end: close.end }, expr };
  }
  if (token.type === 'word' && calls.has(word)) return parseCall(reader, context);
  throw reader.unexpected(context, expected);
}

function parseCall(reader: TokenReader, context: string): DurationExpr {
  const token = reader.next();
  const name = token.text.toLowerCase() as 'step' | 'range' | 'min_of' | 'max_of';
  reader.expect('(', context);
  const args: DurationExpr[] = [];
  if (name === 'min_of' || name === 'max_of') {
    args.push(parseBinary(reader, 0, context));
    reader.expect(',', context);
    args.push(parseBinary(reader, 0, context));
  }
  const close = reader.expect(')', context);
  return { kind: 'duration-call', span: { start: token.start, end: close.end }, name, args };
}
