import type { Matcher } from '../model/matcher.ts';
import type { BinaryExpr, BinaryOp, Expr, UnaryExpr, VectorMatching } from './ast.ts';
import { check } from './check.ts';
import { withAt, withExtension, withOffset } from './modifiers.ts';
import { aggregators, parseAggregate, parseLabelNames } from './parse-aggregate.ts';
import { parseDurationExpr, parseOffset } from './parse-duration-expr.ts';
import { parseMatchers, selectorOf } from './parse-selector.ts';
import { numberOf, TokenReader } from './token-reader.ts';

/** How strongly the operators bind, weakest first; `^` is the only one that groups from the right. */
const precedence: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '</': 4,
  '>/': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  atan2: 6,
  '^': 8,
};
/** `-a ^ b` is `-(a ^ b)`, `-a * b` is `(-a) * b`. */
const unaryPrecedence = 7;

/** Words that are never the name of a metric where an expression is expected. */
const reserved = new Set(['bool', 'on', 'ignoring', 'group_left', 'group_right', 'atan2']);

/**
 * Reads and type-checks a query.
 *
 * @throws {PromqlError} with a message in Prometheus' form, `1:5: parse error: …`.
 */
export function parseExpr(text: string): Expr {
  const reader = new TokenReader(text);
  if (reader.peek().type === 'eof') throw reader.fault(0, 'no expression found in input');
  const expr = parseBinary(reader, 0);
  if (reader.peek().type !== 'eof') throw reader.unexpected();
  check(text, expr);
  sources.set(expr, text);
  return expr;
}

const sources = new WeakMap<Expr, string>();

/** The text that an expression was parsed from, which its positions refer to; '' for one that was made otherwise. */
export function sourceOf(expr: Expr): string {
  return sources.get(expr) ?? '';
}

/**
 * Reads a series selector on its own, `up{job="a"}`, as the API's `match[]` takes it.
 *
 * @throws {PromqlError} when it is anything else, modifiers included.
 */
export function parseSelector(text: string): Matcher[] {
  const expr = parseExpr(text);
  if (
    expr.kind !== 'selector' ||
    expr.offset !== undefined ||
    expr.at !== undefined ||
    expr.extension !== undefined
  )
    throw new TokenReader(text).fault(
      0,
      'expected a series selector such as up{job="node"}, without modifiers',
    );
  return [...expr.matchers];
}

/** A chain of operators is a tree as deep as the chain is long. */
const longestChain = 1000;

function parseBinary(reader: TokenReader, least: number): Expr {
  return reader.nested(() => parseChain(reader, least));
}

function parseChain(reader: TokenReader, least: number): Expr {
  let left = parseUnary(reader);
  for (let length = 0; ; length++) {
    if (length > longestChain)
      throw reader.fault(
        reader.peek().start,
        `more than ${longestChain} operators in a row; use parentheses`,
      );
    const token = reader.peek();
    const op = token.type === 'op' ? token.text : token.type === 'word' ? token.text.toLowerCase() : '';
    const strength = precedence[op];
    if (strength === undefined || strength < least || !Object.hasOwn(precedence, op)) return left;
    reader.next();
    const modifiers = parseBinaryModifiers(reader);
    const right = parseBinary(reader, op === '^' ? strength : strength + 1);
    left = {
      kind: 'binary',
      span: { start: left.span.start, end: right.span.end },
      op: op as BinaryOp,
      left,
      right,
      ...modifiers,
    };
  }
}

function parseUnary(reader: TokenReader): Expr {
  const token = reader.peek();
  if (token.type !== 'op' || (token.text !== '-' && token.text !== '+')) return parsePostfix(reader);
  reader.next();
  const expr = parseBinary(reader, unaryPrecedence);
  const span = { start: token.start, end: expr.span.end };
  if (expr.kind === 'number') return { ...expr, span, value: token.text === '-' ? -expr.value : expr.value };
  return { kind: 'unary', span, op: token.text, expr } satisfies UnaryExpr;
}

function parseBinaryModifiers(reader: TokenReader): Pick<BinaryExpr, 'returnBool' | 'matching'> {
  const returnBool = reader.takeWord('bool') !== undefined;
  let card: VectorMatching['card'] = 'one-to-one';
  let include: readonly string[] = [];
  let labels: readonly string[] = [];
  const by = reader.takeWord('on', 'ignoring');
  if (by !== undefined) labels = parseLabelNames(reader);
  const group = by === undefined ? undefined : reader.takeWord('group_left', 'group_right');
  if (group !== undefined) {
    card = group === 'group_left' ? 'many-to-one' : 'one-to-many';
    if (reader.peek().text === '(') include = parseLabelNames(reader);
  }
  let fillLeft: number | undefined;
  let fillRight: number | undefined;
  for (let fill = takeFill(reader); fill !== undefined; fill = takeFill(reader)) {
    if (fill.side !== 'fill_right') fillLeft = fill.value;
    if (fill.side !== 'fill_left') fillRight = fill.value;
  }
  const matching = { card, written: by !== undefined, on: by === 'on', labels, include, fillLeft, fillRight };
  return { returnBool, matching };
}

/** `fill(0)`, unless the word is the name of a metric: then no number in parentheses follows. */
function takeFill(reader: TokenReader): { side: string; value: number } | undefined {
  const word = reader.peek();
  const side = word.text.toLowerCase();
  if (word.type !== 'word' || !['fill', 'fill_left', 'fill_right'].includes(side)) return undefined;
  if (reader.peek(1).text !== '(') return undefined;
  reader.next();
  reader.next();
  const sign = reader.takeSign();
  const value = sign * numberOf(reader, reader.next(), 'fill modifier');
  reader.expect(')', 'fill modifier');
  return { side, value };
}

function parsePostfix(reader: TokenReader): Expr {
  let expr = parsePrimary(reader);
  for (;;) {
    const token = reader.peek();
    const word = token.type === 'word' ? token.text.toLowerCase() : token.text;
    if (word === '[' && token.type === 'punctuation') expr = parseBrackets(reader, expr);
    else if (word === '@' && token.type === 'punctuation') expr = withAt(reader, expr);
    else if (word === 'offset' && token.type === 'word') {
      reader.next();
      expr = withOffset(reader, expr, parseOffset(reader));
    } else if ((word === 'anchored' || word === 'smoothed') && token.type === 'word') {
      reader.next();
      expr = withExtension(reader, expr, word);
    } else return expr;
  }
}

function parseBrackets(reader: TokenReader, expr: Expr): Expr {
  reader.next();
  const range = parseDurationExpr(reader);
  if (reader.peek().text !== ':') {
    const end = reader.expect(']', 'subquery or range selector').end;
    if (expr.kind !== 'selector')
      throw reader.fault(expr.span.start, 'ranges only allowed for vector selectors');
    if (expr.offset !== undefined)
      throw reader.fault(expr.span.start, 'no offset modifiers allowed before range');
    if (expr.at !== undefined) throw reader.fault(expr.span.start, 'no @ modifiers allowed before range');
    if (expr.extension !== undefined)
      throw reader.fault(expr.span.start, `no ${expr.extension} modifier allowed before range`);
    return { kind: 'matrix', span: { start: expr.span.start, end }, selector: expr, range };
  }
  reader.next();
  const step = reader.peek().text === ']' ? undefined : parseDurationExpr(reader);
  const end = reader.expect(']', 'subquery selector').end;
  const span = { start: expr.span.start, end };
  return { kind: 'subquery', span, expr, range, step, offset: undefined, at: undefined };
}

function parsePrimary(reader: TokenReader): Expr {
  const token = reader.peek();
  const span = { start: token.start, end: token.end };
  switch (token.type) {
    case 'number':
    case 'duration':
      reader.next();
      return {
        kind: 'number',
        span,
        value: numberOf(reader, token, ''),
        isDuration: token.type === 'duration',
      };
    case 'string':
      reader.next();
      return { kind: 'string', span, value: reader.stringOf(token) };
    case 'word':
    case 'metric':
      return parseWord(reader);
    case 'punctuation':
      if (token.text === '(') return parseParens(reader);
      if (token.text === '{') return selectorOf(reader, undefined, token.start, parseMatchers(reader));
      throw reader.unexpected();
    case 'op':
    case 'eof':
      throw reader.unexpected();
  }
}

function parseParens(reader: TokenReader): Expr {
  const open = reader.next();
  const expr = parseBinary(reader, 0);
  const close = reader.expect(')', '');
  return { kind: 'paren', span: { start: open.start, end: close.end }, expr };
}

function parseWord(reader: TokenReader): Expr {
  const token = reader.peek();
  const word = token.text.toLowerCase();
  const following = reader.peek(1);
  if (aggregators.has(word) && token.type === 'word') {
    const modifier = following.type === 'word' && /^(?:by|without)$/i.test(following.text);
    if (following.text === '(' || modifier) return parseAggregate(reader, parseBinary);
  }
  if (reserved.has(word)) throw reader.unexpected();
  reader.next();
  if (following.text === '(' && following.type === 'punctuation' && token.type === 'word')
    return parseCall(reader, token);
  const braces =
    following.text === '{' && following.type === 'punctuation' ? parseMatchers(reader) : undefined;
  return selectorOf(reader, token, token.start, braces);
}

function parseCall(reader: TokenReader, name: { text: string; start: number }): Expr {
  reader.next();
  const args: Expr[] = [];
  while (reader.peek().text !== ')' || reader.peek().type !== 'punctuation') {
    args.push(parseBinary(reader, 0));
    if (reader.peek().text !== ',') break;
    reader.next();
    if (reader.peek().text === ')')
      throw reader.fault(reader.peek().start, 'trailing commas not allowed in function call args');
  }
  const close = reader.expect(')', 'function call');
  // Names of functions are case-sensitive except those that are also words of the language.
  const lower = name.text.toLowerCase();
  const isWord = ['start', 'end', 'step', 'range'].includes(lower);
  return {
    kind: 'call',
    span: { start: name.start, end: close.end },
    name: isWord ? lower : name.text,
    args,
  };
}
