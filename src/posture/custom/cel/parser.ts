import type { Expr } from './ast.ts';
import { CelCompileError } from './compile-error.ts';
import { type Token, tokenize } from './lexer.ts';
import { expandMacro } from './macros.ts';

const reserved: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const deepest = 250;

const relations: Readonly<Record<string, string>> = {
  '<': '_<_',
  '<=': '_<=_',
  '>': '_>_',
  '>=': '_>=_',
  '==': '_==_',
  '!=': '_!=_',
};

/**
 * Parses an expression of the Common Expression Language, optional syntax included, with its macros taken apart.
 *
 * Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
 *
 * @throws {CelCompileError}
 */
export function parse(text: string): Expr {
  return new Parser(text).whole();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  whole(): Expr {
    const expr = this.#expr();
    const token = this.#token;
    if (token.kind !== 'end') this.#fail(`Syntax error: mismatched input ${said(token)} expecting <EOF>`);
    return expr;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: this.#text.length };
  }

  #fail(message: string, at = this.#token.at): never {
    throw new CelCompileError(this.#text, [{ message, at }]);
  }

  #is(text: string): boolean {
    const { kind, text: own } = this.#token;
    return kind === 'punct' && own === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text))
      this.#fail(`Syntax error: mismatched input ${said(this.#token)} expecting '${text}'`);
  }

  #expr(): Expr {
    if (++this.#depth > deepest) this.#fail(`expression recursion limit exceeded: ${deepest}`);
    const test = this.#or();
    const at = this.#token.at;
    if (!this.#take('?')) {
      this.#depth--;
      return test;
    }
    const yes = this.#or();
    this.#expect(':');
    const no = this.#expr();
    this.#depth--;
    return { op: '?:', at, test, yes, no };
  }

  #or(): Expr {
    let left = this.#and();
    for (let at = this.#token.at; this.#take('||'); at = this.#token.at)
      left = { op: '||', at, left, right: this.#and() };
    return left;
  }

  #and(): Expr {
    let left = this.#relation();
    for (let at = this.#token.at; this.#take('&&'); at = this.#token.at)
      left = { op: '&&', at, left, right: this.#relation() };
    return left;
  }

  #relation(): Expr {
    let left = this.#sum();
    for (;;) {
      const { kind, text, at } = this.#token;
      const name = kind === 'punct' ? relations[text] : kind === 'ident' && text === 'in' ? '@in' : undefined;
      if (name === undefined) return left;
      this.#next++;
      left = { op: 'call', at, name, args: [left, this.#sum()] };
    }
  }

  #sum(): Expr {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/', '%'], () => this.#unary()));
  }

  #chain(signs: readonly string[], part: () => Expr): Expr {
    let left = part();
    for (;;) {
      const { at } = this.#token;
      const sign = signs.find((one) => this.#take(one));
      if (sign === undefined) return left;
      left = { op: 'call', at, name: `_${sign}_`, args: [left, part()] };
    }
  }

  #unary(): Expr {
    const { at } = this.#token;
    const sign = ['!', '-'].find((one) => this.#is(one));
    if (sign === undefined) return this.#member();
    let times = 0;
    while (this.#take(sign)) times++;
    const { kind, value } = this.#token;
    if (
      sign === '-' &&
      times === 1 &&
      kind === 'literal' &&
      (typeof value === 'bigint' || typeof value === 'number')
    ) {
      this.#next++;
      return this.#suffixes({ op: 'literal', at, value: -value });
    }
    const operand = this.#member();
    return times % 2 === 0 ? operand : { op: 'call', at, name: sign === '!' ? '!_' : '-_', args: [operand] };
  }

  #member(): Expr {
    return this.#suffixes(this.#primary());
  }

  #suffixes(start: Expr): Expr {
    let operand = start;
    for (;;) {
      const { at } = this.#token;
      if (this.#take('.')) operand = this.#selected(operand, at);
      else if (this.#take('[')) {
        const isOptional = this.#take('?');
        const index = this.#expr();
        this.#expect(']');
        operand = { op: 'index', at, operand, index, isOptional };
      } else return operand;
    }
  }

  #selected(operand: Expr, at: number): Expr {
    const isOptional = this.#take('?');
    const { kind, text: field } = this.#token;
    if (kind !== 'ident' || isWord(field))
      this.#fail(`Syntax error: mismatched input ${said(this.#token)} expecting IDENTIFIER`);
    this.#next++;
    if (isOptional || !this.#is('(')) return { op: 'select', at, operand, field, isTest: false, isOptional };
    const opening = this.#token.at;
    return this.#called(field, this.#args('(', ')'), opening, operand);
  }

  #called(name: string, args: readonly Expr[], at: number, target?: Expr): Expr {
    const fail = (message: string, place: number): never => this.#fail(message, place);
    const expanded = expandMacro({ name, args, at, ...(target === undefined ? {} : { target }) }, fail);
    return expanded ?? { op: 'call', at, name, args, ...(target === undefined ? {} : { target }) };
  }

  #args(open: string, close: string): readonly Expr[] {
    this.#expect(open);
    const args: Expr[] = [];
    while (!this.#take(close)) {
      args.push(this.#expr());
      if (!this.#is(close)) this.#expect(',');
      // A call, unlike a list, may not end with a comma.
      if (this.#is(close) && this.#tokens[this.#next - 1]?.text === ',' && close === ')')
        this.#fail(`Syntax error: mismatched input ')'`);
    }
    return args;
  }

  #primary(): Expr {
    const token = this.#token;
    const { kind, text, at, value } = token;
    if (kind === 'literal') {
      this.#next++;
      if (value === 2n ** 63n) this.#fail('Syntax error: invalid int literal', at);
      return { op: 'literal', at, value: value ?? null };
    }
    if (kind === 'ident') return this.#identifier(text, at);
    if (this.#take('(')) {
      const inner = this.#expr();
      this.#expect(')');
      return inner;
    }
    if (this.#is('[')) return this.#list(at);
    if (this.#is('{')) return this.#map(at);
    if (this.#take('.')) {
      const { kind: next, text: name } = this.#token;
      if (next === 'ident' && !isWord(name)) return this.#identifier(name, at);
    }
    return this.#fail(`Syntax error: unexpected ${said(token)}`);
  }

  #identifier(name: string, at: number): Expr {
    this.#next++;
    if (name === 'true' || name === 'false') return { op: 'literal', at, value: name === 'true' };
    if (name === 'null') return { op: 'literal', at, value: null };
    if (name === 'in') this.#fail(`Syntax error: unexpected 'in'`, at);
    if (reserved.has(name)) this.#fail(`Syntax error: reserved identifier: ${name}`, at);
    if (!this.#is('(')) return { op: 'ident', at, name };
    const opening = this.#token.at;
    return this.#called(name, this.#args('(', ')'), opening);
  }

  #list(at: number): Expr {
    this.#expect('[');
    const items: { value: Expr; isOptional: boolean }[] = [];
    while (!this.#take(']')) {
      const isOptional = this.#take('?');
      items.push({ value: this.#expr(), isOptional });
      if (!this.#is(']')) this.#expect(',');
    }
    return { op: 'list', at, items };
  }

  #map(at: number): Expr {
    this.#expect('{');
    const entries: { key: Expr; value: Expr; isOptional: boolean }[] = [];
    while (!this.#take('}')) {
      const isOptional = this.#take('?');
      const key = this.#expr();
      this.#expect(':');
      entries.push({ key, value: this.#expr(), isOptional });
      if (!this.#is('}')) this.#expect(',');
    }
    return { op: 'map', at, entries };
  }
}

function isWord(text: string): boolean {
  return text === 'in' || text === 'true' || text === 'false' || text === 'null';
}

function said({ kind, text }: Token): string {
  if (kind === 'end') return "'<EOF>'";
  return kind === 'literal' ? 'literal' : `'${text}'`;
}
