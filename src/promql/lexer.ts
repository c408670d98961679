import { PromqlError } from './errors.ts';

export type TokenType = 'eof' | 'word' | 'metric' | 'number' | 'duration' | 'string' | 'op' | 'punctuation';

export interface Token {
  readonly type: TokenType;
  /** As written; strings with their quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const operators = [
  '==',
  '=~',
  '!=',
  '!~',
  '>=',
  '<=',
  '</',
  '>/',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '>',
  '<',
  '=',
];
const wordStart = /[a-zA-Z_]/;
const wordPart = /[a-zA-Z0-9_]/;
const hexNumber = /0[xX][0-9a-fA-F_]+/y;
const duration = /(?:\d+(?:ms|[smhdwy]))+/y;
const decimal = /(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?/y;

interface State {
  readonly text: string;
  at: number;
  parens: number;
  inBraces: boolean;
  inBrackets: boolean;
}

/**
 * Cuts a query into tokens, without blanks and comments; the last is of type `eof`.
 *
 * @throws {PromqlError} at the first character that starts no token.
 */
export function tokenize(text: string): Token[] {
  const state: State = { text, at: 0, parens: 0, inBraces: false, inBrackets: false };
  const tokens: Token[] = [];
  for (;;) {
    skipBlanks(state);
    const token = state.at >= text.length ? endToken(state) : nextToken(state);
    tokens.push(token);
    if (token.type === 'eof') return tokens;
    state.at = token.end;
  }
}

function skipBlanks(state: State): void {
  const { text } = state;
  for (; state.at < text.length; state.at++) {
    const char = text[state.at] ?? '';
    if (char === '#') {
      const end = text.indexOf('\n', state.at);
      state.at = end < 0 ? text.length : end;
    } else if (!/[ \t\r\n]/.test(char)) return;
  }
  state.at = Math.min(state.at, text.length);
}

function endToken(state: State): Token {
  const { text } = state;
  if (state.inBraces) throw new PromqlError(text, text.length, 'unexpected end of input inside braces');
  if (state.inBrackets) throw new PromqlError(text, text.length, 'unclosed left bracket');
  if (state.parens > 0) throw new PromqlError(text, text.length, 'unclosed left parenthesis');
  return { type: 'eof', text: '', start: text.length, end: text.length };
}

function nextToken(state: State): Token {
  const { text, at } = state;
  const char = text[at] ?? '';
  if (char === '"' || char === "'" || char === '`') {
    return {
      type: 'string',
      text: text.slice(at, endOfString(text, at)),
      start: at,
      end: endOfString(text, at),
    };
  }
  if (state.inBraces) return tokenInBraces(state, char);
  if (/\d/.test(char) || (char === '.' && /\d/.test(text[at + 1] ?? ''))) return numberToken(text, at);
  if (wordStart.test(char) || (char === ':' && !state.inBrackets)) return wordToken(state);
  const op = operators.find((candidate) => text.startsWith(candidate, at));
  if (op !== undefined && op !== '=~' && op !== '!~')
    return { type: 'op', text: op, start: at, end: at + op.length };
  if (op !== undefined) return { type: 'op', text: op, start: at, end: at + op.length };
  return punctuation(state, char);
}

function tokenInBraces(state: State, char: string): Token {
  const { text, at } = state;
  if (wordStart.test(char)) {
    let end = at + 1;
    while (wordPart.test(text[end] ?? '')) end++;
    return { type: 'word', text: text.slice(at, end), start: at, end };
  }
  if (char === ',' || char === '}') {
    if (char === '}') state.inBraces = false;
    return { type: 'punctuation', text: char, start: at, end: at + 1 };
  }
  const op = ['=~', '!~', '!=', '='].find((candidate) => text.startsWith(candidate, at));
  if (op !== undefined) return { type: 'op', text: op, start: at, end: at + op.length };
  if (char === '!') {
    throw new PromqlError(
      text,
      at,
      `unexpected character after '!' inside braces: ${quoteChar(text, at + 1)}`,
    );
  }
  if (char === '{') throw new PromqlError(text, at, "unexpected left brace '{'");
  throw new PromqlError(text, at, `unexpected character inside braces: ${quoteChar(text, at)}`);
}

function wordToken({ text, at, inBrackets }: State): Token {
  let end = at + 1;
  const part = inBrackets ? wordPart : /[a-zA-Z0-9_:]/;
  while (part.test(text[end] ?? '')) end++;
  const word = text.slice(at, end);
  if (/^(?:inf|nan)$/i.test(word)) return { type: 'number', text: word, start: at, end };
  return { type: word.includes(':') ? 'metric' : 'word', text: word, start: at, end };
}

function numberToken(text: string, at: number): Token {
  const forms = [
    ['number', hexNumber],
    ['duration', duration],
    ['number', decimal],
  ] as const;
  for (const [type, form] of forms) {
    form.lastIndex = at;
    const match = form.exec(text);
    if (match === null) continue;
    const end = at + match[0].length;
    const next = text[end] ?? '';
    if (!/[a-zA-Z0-9_]/.test(next)) return { type, text: match[0], start: at, end };
  }
  let end = at + 1;
  while (/[a-zA-Z0-9_.]/.test(text[end] ?? '')) end++;
  throw new PromqlError(text, at, `bad number or duration syntax: ${JSON.stringify(text.slice(at, end))}`);
}

function punctuation(state: State, char: string): Token {
  const { text, at } = state;
  switch (char) {
    case '(':
      state.parens++;
      break;
    case ')':
      state.parens--;
      if (state.parens < 0) throw new PromqlError(text, at, "unexpected right parenthesis ')'");
      break;
    case '{':
      state.inBraces = true;
      break;
    case '[':
      if (state.inBrackets) throw new PromqlError(text, at, "unexpected left bracket '['");
      state.inBrackets = true;
      break;
    case ']':
      if (!state.inBrackets) throw new PromqlError(text, at, "unexpected right bracket ']'");
      state.inBrackets = false;
      break;
    case ',':
    case '@':
    case ':':
      break;
    default: {
      const where = state.inBrackets ? ' inside brackets' : '';
      throw new PromqlError(text, at, `unexpected character${where}: ${quoteChar(text, at)}`);
    }
  }
  return { type: 'punctuation', text: char, start: at, end: at + 1 };
}

function endOfString(text: string, at: number): number {
  const quote = text[at];
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i];
    if (char === quote) return i + 1;
    if (quote === '`') continue;
    if (char === '\n') break;
    if (char === '\\') i++;
  }
  const kind = quote === '`' ? 'raw' : 'quoted';
  throw new PromqlError(text, at, `unterminated ${kind} string`);
}

/** A character as Go prints one: `'x'`. */
function quoteChar(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? 'end of input' : `'${String.fromCodePoint(code)}'`;
}
