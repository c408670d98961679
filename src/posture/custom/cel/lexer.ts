import { CelCompileError } from './compile-error.ts';
import { readEscapes } from './escapes.ts';
import { CelError } from './fault.ts';
import { CelUint, type CelValue, intOr, uintOr } from './values.ts';

/** `ident` tokens include the words that the language reserves; the parser knows them. */
export interface Token {
  readonly kind: 'literal' | 'ident' | 'punct' | 'end';
  /** The punctuation or the identifier; '' for literals. */
  readonly text: string;
  readonly value?: CelValue;
  readonly at: number;
}

/** Expressions of more code points are refused, as Kubernetes's parser refuses them. */
export const longestExpression = 100_000;

const blank = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const number =
  /0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|\d+[uU]?/y;
const punctuation = /&&|\|\||==|!=|<=|>=|[?:.,()[\]{}<>!+\-*/%]/y;
const opening = /([rRbB]{0,2})("""|'''|"|')/y;

/**
 * @throws {CelCompileError} for text that is no token.
 */
export function tokenize(text: string): readonly Token[] {
  if (text.length > longestExpression)
    throw new CelCompileError(text.slice(0, 80), [
      { message: `the expression has more than ${longestExpression} characters`, at: 0 },
    ]);
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    at += match(blank)?.[0].length ?? 0;
    if (at >= text.length) break;
    const quote = match(opening);
    if (quote !== null && isPrefix(quote[1] ?? '')) {
      const { value, end } = readString(text, at, quote);
      tokens.push({ kind: 'literal', text: '', value, at });
      at = end;
      continue;
    }
    const name = match(identifier)?.[0];
    if (name !== undefined) {
      tokens.push({ kind: 'ident', text: name, at });
      at += name.length;
      continue;
    }
    const digits = isFraction(text, at, tokens) ? match(number)?.[0] : undefined;
    if (digits !== undefined) {
      tokens.push({ kind: 'literal', text: '', value: readNumber(text, digits, at), at });
      at += digits.length;
      continue;
    }
    const sign = match(punctuation)?.[0];
    if (sign === undefined)
      throw new CelCompileError(text, [
        { message: `Syntax error: token recognition error at: '${text[at]}'`, at },
      ]);
    tokens.push({ kind: 'punct', text: sign, at });
    at += sign.length;
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}

/** A dot begins a number only where nothing stands that something could be selected from. */
function isFraction(text: string, at: number, tokens: readonly Token[]): boolean {
  if (text[at] !== '.') return true;
  const last = tokens.at(-1);
  return last === undefined || (last.kind === 'punct' && !/^[)\]}]$/.test(last.text));
}

function isPrefix(prefix: string): boolean {
  return prefix.length < 2 || prefix[0]?.toLowerCase() !== prefix[1]?.toLowerCase();
}

function readNumber(text: string, digits: string, at: number): CelValue {
  if (/^0[xX]/.test(digits) || /^\d+[uU]?$/.test(digits)) {
    const isUint = /[uU]$/.test(digits);
    const value = BigInt(isUint ? digits.slice(0, -1) : digits);
    // -9223372036854775808 is read as a negated literal, so that one more than the largest is let through here.
    const found = isUint ? uintOr(value) : value === 2n ** 63n ? value : intOr(value);
    if (found instanceof CelError) {
      const message = `Syntax error: invalid ${isUint ? 'uint' : 'int'} literal`;
      throw new CelCompileError(text, [{ message, at }]);
    }
    return found instanceof CelUint ? found : value;
  }
  return Number(digits);
}

function readString(
  text: string,
  at: number,
  [whole, prefix = '', quote = '"']: RegExpExecArray,
): { readonly value: string | Uint8Array; readonly end: number } {
  const isRaw = /r/i.test(prefix);
  const start = at + whole.length;
  let end = start;
  for (; ; end++) {
    const char = text[end];
    if (char === undefined || (quote.length === 1 && (char === '\n' || char === '\r')))
      throw new CelCompileError(text, [
        { message: `Syntax error: token recognition error at: '${text.slice(at, at + 20)}'`, at },
      ]);
    if (text.startsWith(quote, end)) break;
    if (char === '\\' && !isRaw) end++;
  }
  const body = text.slice(start, end);
  const isBytes = /b/i.test(prefix);
  const fail = (message: string, offset: number): never => {
    throw new CelCompileError(text, [{ message: `Syntax error: ${message}`, at: start + offset }]);
  };
  const value = isRaw ? (isBytes ? new TextEncoder().encode(body) : body) : readEscapes(body, isBytes, fail);
  return { value, end: end + quote.length };
}
