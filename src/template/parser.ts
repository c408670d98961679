import { type Token, type TokenType, tokenize } from './lexer.ts';
import type { BranchNode, CommandNode, Definition, ListNode, Node, Operand, PipeNode } from './node.ts';
import { show } from './node.ts';
import { readNumber } from './number.ts';
import { quote, unquote } from './quote.ts';
import { TemplateError } from './template-error.ts';

/** How deep actions and parentheses may nest: the parser and the interpreter are recursive. */
const deepest = 250;

/** What ends a list of nodes. */
interface Ending {
  readonly kind: 'end' | 'else';
}

const operandStarts = new Set<TokenType>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

/**
 * Parses a text: the template that it is, and those that it defines.
 *
 * @throws {TemplateError} with Go's message.
 */
export function parse(text: string, name: string, hasFunction: (name: string) => boolean): Definition[] {
  return new Parser(text, name, hasFunction).run();
}

class Parser {
  readonly #text: string;
  readonly #name: string;
  readonly #hasFunction: (name: string) => boolean;
  readonly #tokens: Token[];
  readonly #definitions = new Map<string, Definition>();
  #at = 0;
  /** The furthest token looked at: errors are reported on its line. */
  #furthest = 0;
  #variables: string[] = ['$'];
  #ranges = 0;
  #depth = 0;
  #actionLine = 0;

  constructor(text: string, name: string, hasFunction: (name: string) => boolean) {
    this.#text = text;
    this.#name = name;
    this.#hasFunction = hasFunction;
    this.#tokens = tokenize(text);
  }

  run(): Definition[] {
    const nodes: Node[] = [];
    for (let token = this.#peek(); token.type !== 'eof'; token = this.#peek()) {
      if (token.type === 'leftDelim') {
        const before = this.#at;
        this.#next();
        if (isKeyword(this.#nextWord(), 'define')) {
          this.#define();
          continue;
        }
        this.#at = before;
      }
      const node = this.#statement();
      if (isEnding(node)) this.#fail(`unexpected {{${node.kind}}}`);
      nodes.push(node);
    }
    this.#add(this.#name, { kind: 'list', pos: 0, nodes });
    return [...this.#definitions.values()];
  }

  #add(name: string, root: ListNode): void {
    const known = this.#definitions.get(name);
    if (known !== undefined && !isEmpty(known.root)) {
      if (isEmpty(root)) return;
      this.#fail(`template: multiple definition of template ${quote(name)}`);
    }
    this.#definitions.set(name, { name, source: this.#name, text: this.#text, root });
  }

  #define(): void {
    const context = 'define clause';
    const name = this.#templateName(this.#nextWord(), context);
    this.#expect('rightDelim', context);
    this.#body(name, context);
  }

  /** The body of a `define` or a `block`, which sees no variables of what is around it. */
  #body(name: string, context: string): void {
    const outer = { variables: this.#variables, ranges: this.#ranges };
    this.#variables = ['$'];
    this.#ranges = 0;
    const { list, ending } = this.#list();
    if (ending.kind !== 'end') this.#fail(`unexpected {{${ending.kind}}} in ${context}`);
    this.#variables = outer.variables;
    this.#ranges = outer.ranges;
    this.#add(name, list);
  }

  /** Nodes up to `{{end}}` or `{{else}}`. */
  #list(): { readonly list: ListNode; readonly ending: Ending } {
    if (++this.#depth > deepest) this.#fail(`actions nest more than ${deepest} deep`);
    const nodes: Node[] = [];
    const pos = this.#peekWord().pos;
    while (this.#peekWord().type !== 'eof') {
      const node = this.#statement();
      if (isEnding(node)) {
        this.#depth--;
        return { list: { kind: 'list', pos, nodes }, ending: node };
      }
      nodes.push(node);
    }
    return this.#fail('unexpected EOF');
  }

  #statement(): Node | Ending {
    const token = this.#nextWord();
    if (token.type === 'text') return { kind: 'text', pos: token.pos, text: token.value };
    if (token.type !== 'leftDelim') return this.#unexpected(token, 'input');
    this.#actionLine = token.line;
    const node = this.#action();
    this.#actionLine = 0;
    return node;
  }

  #action(): Node | Ending {
    const token = this.#nextWord();
    if (token.type === 'keyword') {
      switch (token.value) {
        case 'block':
          return this.#block();
        case 'break':
        case 'continue':
          return this.#loopControl(token, token.value);
        case 'else':
          return this.#else();
        case 'end':
          this.#expect('rightDelim', 'end');
          return { kind: 'end' };
        case 'if':
        case 'range':
        case 'with':
          return this.#branch(token.value);
        case 'template':
          return this.#template();
      }
    }
    this.#at--;
    const { pos } = this.#peek();
    // Variables that it declares last to the end of what is around it.
    return { kind: 'action', pos, pipe: this.#pipeline('command', 'rightDelim') };
  }

  #loopControl(keyword: Token, kind: 'break' | 'continue'): Node {
    const token = this.#nextWord();
    if (token.type !== 'rightDelim') this.#unexpected(token, `{{${kind}}}`);
    if (this.#ranges === 0) this.#fail(`{{${kind}}} outside {{range}}`);
    return { kind, pos: keyword.pos };
  }

  #else(): Ending {
    const token = this.#peekWord();
    // `{{else if x}}` and `{{else with x}}` go on with a branch of their own.
    if (!isKeyword(token, 'if') && !isKeyword(token, 'with')) this.#expect('rightDelim', 'else');
    return { kind: 'else' };
  }

  #branch(kind: BranchNode['kind']): BranchNode {
    const scope = this.#variables.length;
    const pipe = this.#pipeline(kind, 'rightDelim');
    if (kind === 'range') this.#ranges++;
    const { list, ending } = this.#list();
    if (kind === 'range') this.#ranges--;
    const elseList = ending.kind === 'end' ? undefined : this.#elseList(kind);
    this.#variables.length = scope;
    return { kind, pos: pipe.pos, pipe, list, elseList };
  }

  #elseList(kind: BranchNode['kind']): ListNode {
    const token = this.#peek();
    if (kind !== 'range' && isKeyword(token, kind)) {
      this.#next();
      if (++this.#depth > deepest) this.#fail(`actions nest more than ${deepest} deep`);
      const branch = this.#branch(kind);
      this.#depth--;
      return { kind: 'list', pos: token.pos, nodes: [branch] };
    }
    const { list, ending } = this.#list();
    if (ending.kind !== 'end') this.#fail(`expected end; found {{${ending.kind}}}`);
    return list;
  }

  #template(): Node {
    const context = 'template clause';
    const token = this.#nextWord();
    const name = this.#templateName(token, context);
    if (this.#nextWord().type === 'rightDelim')
      return { kind: 'template', pos: token.pos, name, pipe: undefined };
    this.#at--;
    return { kind: 'template', pos: token.pos, name, pipe: this.#pipeline(context, 'rightDelim') };
  }

  #block(): Node {
    const context = 'block clause';
    const token = this.#nextWord();
    const name = this.#templateName(token, context);
    const pipe = this.#pipeline(context, 'rightDelim');
    this.#body(name, context);
    return { kind: 'template', pos: token.pos, name, pipe };
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') return this.#unexpected(token, context);
    return unquote(token.value) ?? this.#fail('invalid syntax');
  }

  #pipeline(context: string, end: TokenType): PipeNode {
    const { pos } = this.#peekWord();
    const { variables, isAssignment } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (let token = this.#nextWord(); token.type !== end; token = this.#nextWord()) {
      if (!operandStarts.has(token.type)) this.#unexpected(token, context);
      this.#at--;
      commands.push(this.#command());
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    commands.slice(1).forEach((command, i) => {
      const kind = command.args[0]?.kind;
      if (kind === 'bool' || kind === 'dot' || kind === 'nil' || kind === 'number' || kind === 'string')
        this.#fail(`non executable command in pipeline stage ${i + 2}`);
    });
    return { kind: 'pipe', pos, variables, isAssignment, commands };
  }

  /** What stands before `:=` or `=`, if anything. */
  #declarations(context: string): { readonly variables: string[]; readonly isAssignment: boolean } {
    const variables: string[] = [];
    for (;;) {
      const variable = this.#peekWord();
      if (variable.type !== 'variable') return { variables, isAssignment: false };
      const before = this.#at;
      this.#next();
      const next = this.#peekWord();
      const isComma = next.type === 'char' && next.value === ',';
      if (next.type !== 'assign' && next.type !== 'declare' && !isComma) {
        this.#at = before;
        return { variables, isAssignment: false };
      }
      this.#nextWord();
      variables.push(variable.value);
      this.#variables.push(variable.value);
      if (!isComma) return { variables, isAssignment: next.type === 'assign' };
      if (context !== 'range' || variables.length > 1) this.#fail(`too many declarations in ${context}`);
      const after = this.#peekWord().type;
      if (after !== 'variable' && after !== 'rightDelim' && after !== 'rightParen')
        this.#fail('range can only initialize variables');
    }
  }

  #command(): CommandNode {
    const args: Operand[] = [];
    const { pos } = this.#peekWord();
    for (;;) {
      this.#peekWord();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.#next();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') this.#at--;
      else if (token.type !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (args.length === 0) this.#fail('empty command');
    return { kind: 'command', pos, args };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (term === undefined || this.#peek().type !== 'field') return term;
    const { pos } = this.#peek();
    const names: string[] = [];
    while (this.#peek().type === 'field') names.push(this.#next().value.slice(1));
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { kind: term.kind, pos, names: [...term.names, ...names] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#fail(`unexpected . after term ${quote(show(term))}`);
      default:
        return { kind: 'chain', pos, node: term, names };
    }
  }

  #term(): Operand | undefined {
    const token = this.#nextWord();
    const { pos, value } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.#hasFunction(value)) this.#fail(`function ${quote(value)} not defined`);
        return { kind: 'identifier', pos, name: value };
      case 'dot':
      case 'nil':
        return { kind: token.type, pos };
      case 'variable':
        if (!this.#variables.includes(value)) this.#fail(`undefined variable ${quote(value)}`);
        return { kind: 'variable', pos, names: [value] };
      case 'field':
        return { kind: 'field', pos, names: [value.slice(1)] };
      case 'bool':
        return { kind: 'bool', pos, value: value === 'true' };
      case 'complex':
        return this.#fail(`imaginary numbers are not supported: ${quote(value)}`);
      case 'number':
      case 'charConstant': {
        const number = readNumber(value);
        if (typeof number === 'string') return this.#fail(number);
        return { kind: 'number', pos, text: value, ...number };
      }
      case 'string':
      case 'rawString':
        return { kind: 'string', pos, quoted: value, text: unquote(value) ?? this.#fail('invalid syntax') };
      case 'leftParen': {
        if (++this.#depth > deepest) this.#fail('max expression depth exceeded');
        const pipe = this.#pipeline('parenthesized pipeline', 'rightParen');
        this.#depth--;
        return pipe;
      }
      default:
        this.#at--;
        return undefined;
    }
  }

  #peek(): Token {
    this.#furthest = Math.max(this.#furthest, this.#at);
    // The last token is the end or an error, and stands for whatever is read after it.
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)];
    return token ?? { type: 'eof', value: '', pos: this.#text.length, line: 1 };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  /** The next token that is not space; the place stays before it. */
  #peekWord(): Token {
    while (this.#peek().type === 'space') this.#at++;
    return this.#peek();
  }

  #nextWord(): Token {
    this.#peekWord();
    return this.#next();
  }

  #expect(type: TokenType, context: string): Token {
    const token = this.#nextWord();
    return token.type === type ? token : this.#unexpected(token, context);
  }

  #unexpected(token: Token, context: string): never {
    if (token.type !== 'error') return this.#fail(`unexpected ${showToken(token)} in ${context}`);
    const started = this.#actionLine !== 0 && this.#actionLine !== token.line;
    // "unclosed action started at", not "unclosed action in action started at".
    const joint = token.value.endsWith(' action') ? '' : ' in action';
    this.#fail(token.value + (started ? `${joint} started at ${this.#name}:${this.#actionLine}` : ''));
  }

  #fail(problem: string): never {
    const line = this.#tokens[Math.min(this.#furthest, this.#tokens.length - 1)]?.line ?? 1;
    throw new TemplateError(`template: ${this.#name}:${line}: ${problem}`, { template: this.#name, line });
  }
}

function isKeyword(token: Token, word: string): boolean {
  return token.type === 'keyword' && token.value === word;
}

function isEnding(node: Node | Ending): node is Ending {
  return node.kind === 'end' || node.kind === 'else';
}

/** Whether a template is nothing but space: such a one does not replace another. */
export function isEmpty(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}

function showToken(token: Token): string {
  if (token.type === 'eof') return 'EOF';
  if (token.type === 'keyword' || token.type === 'dot' || token.type === 'nil') return `<${token.value}>`;
  if (token.value.length > 10) return `${quote([...token.value].slice(0, 10).join(''))}...`;
  return quote(token.value);
}
