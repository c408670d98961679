import { parseDuration } from '../kit/duration.ts';
import { PromqlError } from './errors.ts';
import { type Token, tokenize } from './lexer.ts';
import { quote, unquote } from './unquote.ts';

/** Deeper nesting is no one's query, and would take the stack. */
const maxDepth = 300;

const keywords = new Set(
  'and or unless atan2 offset anchored smoothed by without on ignoring group_left group_right bool start end step range'.split(
    ' ',
  ),
);
const aggregatorWords = new Set(
  'sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio'.split(
    ' ',
  ),
);

/** The tokens of a query with a place in them, and the words for faults. */
export class TokenReader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  /** @throws {PromqlError} when the text has a character that starts no token. */
  constructor(text: string) {
    this.text = text;
    this.#tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    const { length } = this.#tokens;
    return this.#tokens[Math.min(this.#at + ahead, length - 1)] ?? eof;
  }

  /**
   * Reads something that may hold more of its kind within, down to a depth that every later walk over the tree can take.
   *
   * @throws {PromqlError} beyond that depth.
   */
  nested<T>(read: () => T): T {
    if (this.#depth >= maxDepth)
      throw this.fault(this.peek().start, `expression is nested more than ${maxDepth} deep`);
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }

  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  /** Takes the next token if it is one of these words, in any case; gives it in lower case. */
  takeWord(...words: readonly string[]): string | undefined {
    const token = this.peek();
    const word = token.text.toLowerCase();
    if (token.type !== 'word' || !words.includes(word)) return undefined;
    this.next();
    return word;
  }

  /** Takes a sign if there is one; 1 or -1. */
  takeSign(): number {
    const token = this.peek();
    if (token.type !== 'op' || (token.text !== '-' && token.text !== '+')) return 1;
    this.next();
    return token.text === '-' ? -1 : 1;
  }

  expect(text: string, context: string): Token {
    const token = this.peek();
    if (token.text !== text || token.type === 'string') throw this.unexpected(context, quote(text));
    return this.next();
  }

  stringOf(token: Token): string {
    const value = unquote(token.text);
    if (value === undefined)
      throw this.fault(token.start, `error unquoting string ${quote(token.text)}: invalid syntax`);
    return value;
  }

  fault(position: number, problem: string): PromqlError {
    return new PromqlError(this.text, position, problem);
  }

  unexpected(context = '', expected = ''): PromqlError {
    const token = this.peek();
    const where = context === '' ? '' : ` in ${context}`;
    const wanted = expected === '' ? '' : `, expected ${expected}`;
    return this.fault(token.start, `unexpected ${describe(token)}${where}${wanted}`);
  }
}

const eof: Token = { type: 'eof', text: '', start: 0, end: 0 };

function describe(token: Token): string {
  const word = token.text.toLowerCase();
  switch (token.type) {
    case 'eof':
      return 'end of input';
    case 'op':
      return `<op:${token.text}>`;
    case 'punctuation':
      return quote(token.text);
    case 'word':
      if (word === 'and' || word === 'or' || word === 'unless' || word === 'atan2') return `<op:${word}>`;
      if (keywords.has(word)) return `<${word}>`;
      if (aggregatorWords.has(word)) return `<aggr:${word}>`;
      return `identifier ${quote(token.text)}`;
    case 'metric':
      return `metric identifier ${quote(token.text)}`;
    case 'number':
    case 'duration':
    case 'string':
      return `${token.type} ${quote(token.text)}`;
  }
}

/**
 * The value of a number or duration token, durations in seconds.
 *
 * @throws {PromqlError} when it is something else.
 */
export function numberOf(reader: TokenReader, token: Token, context: string): number {
  if (token.type === 'duration') {
    const ms = parseDuration(token.text);
    if (ms === undefined)
      throw reader.fault(token.start, `not a valid duration string: ${quote(token.text)}`);
    return ms / 1000;
  }
  const value = token.type === 'number' ? readNumber(token.text) : undefined;
  if (value === undefined) {
    const where = context === '' ? '' : ` in ${context}`;
    throw reader.fault(token.start, `unexpected ${describe(token)}${where}, expected number`);
  }
  return value;
}

/** Go's number literals: decimal with `_`, `0x`, and whole numbers with a leading 0 in octal. */
export function readNumber(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === 'inf' || lower === '+inf') return Number.POSITIVE_INFINITY;
  if (lower === '-inf') return Number.NEGATIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  if (/^_|_$|__|_\.|\._|e_|_e/.test(lower.replace(/^0x_/, '0x'))) return undefined;
  const plain = lower.replaceAll('_', '');
  if (/^0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  const value = Number(plain);
  return Number.isNaN(value) || plain === '' ? undefined : value;
}
