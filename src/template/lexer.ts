/** Splits a template into tokens: text, and inside `{{ }}` the words of actions. Source: https://pkg.go.dev/text/template */

export type TokenType =
  | 'error'
  | 'eof'
  | 'text'
  | 'leftDelim'
  | 'rightDelim'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'leftParen'
  | 'rightParen'
  | 'char'
  | 'string'
  | 'rawString'
  | 'charConstant'
  | 'number'
  | 'complex'
  | 'bool'
  | 'dot'
  | 'nil'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword';

export interface Token {
  readonly type: TokenType;
  /** The words as written; for an error, what is wrong. */
  readonly value: string;
  /** Where it starts, in UTF-16 units. */
  readonly pos: number;
  /** The line it starts on, counted from 1. */
  readonly line: number;
}

const keywords = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);
const spaces = /[ \t\r\n]/;
const wordPart = /[\p{L}\p{Nd}_]/u;

/** All tokens of a template; the last is `eof`, or the `error` at which the text stops making sense. */
export function tokenize(text: string): Token[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #pos = 0;
  #line = 1;
  #counted = 0;
  #parens = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Token[] {
    while (this.#textAndAction());
    return this.#tokens;
  }

  /** Text up to the next action, then that action. False when nothing more is to be read. */
  #textAndAction(): boolean {
    const open = this.#text.indexOf('{{', this.#pos);
    if (open < 0) {
      if (this.#pos < this.#text.length) this.#emit('text', this.#text.length);
      this.#emit('eof', this.#text.length);
      return false;
    }
    const trims = this.#text[open + 2] === '-' && spaces.test(this.#text[open + 3] ?? '');
    let end = open;
    if (trims) while (end > this.#pos && spaces.test(this.#text[end - 1] ?? '')) end--;
    if (end > this.#pos) this.#emit('text', end);
    this.#pos = open;
    const inside = open + 2 + (trims ? 2 : 0);
    if (this.#text.startsWith('/*', inside)) return this.#comment(inside);
    this.#emit('leftDelim', open + 2);
    this.#pos = inside;
    this.#parens = 0;
    return this.#action();
  }

  #comment(start: number): boolean {
    const close = this.#text.indexOf('*/', start);
    if (close < 0) return this.#fail('unclosed comment');
    this.#pos = close + 2;
    const delim = this.#rightDelim();
    if (delim === undefined) return this.#fail('comment ends before closing delimiter');
    this.#leave(delim);
    return true;
  }

  /** Length of the closing delimiter at this place, its trim marker included. */
  #rightDelim(): { readonly trims: boolean } | undefined {
    if (this.#text.startsWith('}}', this.#pos)) return { trims: false };
    const marked = spaces.test(this.#text[this.#pos] ?? '') && this.#text.startsWith('-}}', this.#pos + 1);
    return marked ? { trims: true } : undefined;
  }

  #leave({ trims }: { readonly trims: boolean }): void {
    this.#pos += trims ? 4 : 2;
    if (trims) while (spaces.test(this.#text[this.#pos] ?? '')) this.#pos++;
  }

  #action(): boolean {
    for (;;) {
      const delim = this.#rightDelim();
      if (delim !== undefined) {
        if (this.#parens > 0) return this.#fail('unclosed left paren');
        if (delim.trims) this.#pos += 2;
        this.#emit('rightDelim', this.#pos + 2);
        if (delim.trims) while (spaces.test(this.#text[this.#pos] ?? '')) this.#pos++;
        return true;
      }
      if (!this.#word()) return false;
    }
  }

  /** One token inside an action. False after an error. */
  #word(): boolean {
    const code = this.#text.codePointAt(this.#pos);
    if (code === undefined) return this.#fail('unclosed action');
    const char = String.fromCodePoint(code);
    if (spaces.test(char)) return this.#space();
    switch (char) {
      case '=':
        return this.#emit('assign', this.#pos + 1);
      case ':':
        if (this.#text[this.#pos + 1] !== '=') return this.#fail('expected :=');
        return this.#emit('declare', this.#pos + 2);
      case '|':
        return this.#emit('pipe', this.#pos + 1);
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.#quoted("'", 'charConstant', 'unterminated character constant');
      case '`':
        return this.#raw();
      case '$':
        return this.#named('variable', this.#pos + 1);
      case '(':
        this.#parens++;
        return this.#emit('leftParen', this.#pos + 1);
      case ')':
        if (--this.#parens < 0) return this.#fail('unexpected right paren');
        return this.#emit('rightParen', this.#pos + 1);
    }
    if (char === '.' && this.#pos + 1 < this.#text.length && !/[0-9]/.test(this.#text[this.#pos + 1] ?? ''))
      return this.#named('field', this.#pos + 1);
    if (/[.+\-0-9]/.test(char)) return this.#number();
    if (wordPart.test(char)) return this.#identifier();
    if (code >= 0x21 && code < 0x7f) return this.#emit('char', this.#pos + 1);
    return this.#fail(`unrecognized character in action: ${formatRune(code)}`);
  }

  #space(): boolean {
    let end = this.#pos;
    while (spaces.test(this.#text[end] ?? '')) end++;
    // The last space may belong to a closing delimiter with a trim marker.
    if (this.#text.startsWith('-}}', end)) end--;
    if (end > this.#pos) this.#emit('space', end);
    return true;
  }

  #quoted(quote: string, type: TokenType, problem: string): boolean {
    let at = this.#pos + 1;
    for (; ; at++) {
      let char = this.#text[at];
      if (char === '\\') {
        char = this.#text[++at];
        if (char !== undefined && char !== '\n') continue;
      }
      if (char === undefined || char === '\n') return this.#fail(problem);
      if (char === quote) return this.#emit(type, at + 1);
    }
  }

  #raw(): boolean {
    const close = this.#text.indexOf('`', this.#pos + 1);
    if (close < 0) return this.#fail('unterminated raw quoted string');
    return this.#emit('rawString', close + 1);
  }

  /** A field such as `.Name` or a variable such as `$x`; nothing behind the sign is the dot or `$`. */
  #named(type: 'field' | 'variable', from: number): boolean {
    const end = this.#wordEnd(from);
    const isBare = end === from && this.#isTerminator(end);
    if (isBare) return this.#emit(type === 'field' ? 'dot' : 'variable', end);
    if (!this.#isTerminator(end)) return this.#badCharacter(end);
    return this.#emit(type, end);
  }

  #identifier(): boolean {
    const end = this.#wordEnd(this.#pos);
    if (!this.#isTerminator(end)) return this.#badCharacter(end);
    const word = this.#text.slice(this.#pos, end);
    if (keywords.has(word)) return this.#emit('keyword', end);
    if (word === 'true' || word === 'false') return this.#emit('bool', end);
    return this.#emit(word === 'nil' ? 'nil' : 'identifier', end);
  }

  #number(): boolean {
    const end = this.#numberEnd(this.#pos);
    if (this.#isWordPart(end)) return this.#badNumber(end + this.#charAt(end).length);
    const next = this.#text[end];
    if (next !== '+' && next !== '-') {
      const isImaginary = this.#text[end - 1] === 'i';
      return this.#emit(isImaginary ? 'complex' : 'number', end);
    }
    const second = this.#numberEnd(end);
    if (this.#isWordPart(second)) return this.#badNumber(second + this.#charAt(second).length);
    if (this.#text[second - 1] !== 'i') return this.#badNumber(second);
    return this.#emit('complex', second);
  }

  /** Where a number ends; letters that follow make it a bad one. */
  #numberEnd(from: number): number {
    const form =
      /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
    form.lastIndex = from;
    return from + (form.exec(this.#text)?.[0].length ?? 0);
  }

  #badNumber(end: number): boolean {
    return this.#fail(`bad number syntax: ${JSON.stringify(this.#text.slice(this.#pos, end))}`);
  }

  #badCharacter(at: number): boolean {
    return this.#fail(`bad character ${formatRune(this.#text.codePointAt(at) ?? 0xfffd)}`);
  }

  #wordEnd(from: number): number {
    let end = from;
    while (this.#isWordPart(end)) end += this.#charAt(end).length;
    return end;
  }

  #isWordPart(at: number): boolean {
    return wordPart.test(this.#charAt(at));
  }

  #charAt(at: number): string {
    const code = this.#text.codePointAt(at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  /** Whether a word may end before this place: a typo such as `.x~y` is found early. */
  #isTerminator(at: number): boolean {
    const char = this.#text[at];
    return char === undefined || /[ \t\r\n.,|:()]/.test(char) || this.#text.startsWith('}}', at);
  }

  #emit(type: TokenType, end: number): true {
    this.#push(type, this.#text.slice(this.#pos, end));
    this.#pos = end;
    return true;
  }

  #fail(problem: string): false {
    this.#push('error', problem);
    return false;
  }

  #push(type: TokenType, value: string): void {
    for (; this.#counted < this.#pos; this.#counted++) if (this.#text[this.#counted] === '\n') this.#line++;
    this.#tokens.push({ type, value, pos: this.#pos, line: this.#line });
  }
}

/** As Go's `%#U`: `U+0041 'A'`. */
export function formatRune(code: number): string {
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  const isPrintable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(String.fromCodePoint(code));
  return isPrintable ? `U+${hex} '${String.fromCodePoint(code)}'` : `U+${hex}`;
}
