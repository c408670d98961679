/** The parts of a parsed template. `pos` is where a part starts in the source, in UTF-16 units. */
import { quote } from './quote.ts';

export interface FieldNode {
  readonly kind: 'field';
  readonly pos: number;
  readonly names: readonly string[];
}

/** `$x.Name`: the first name is the variable's. */
export interface VariableNode {
  readonly kind: 'variable';
  readonly pos: number;
  readonly names: readonly string[];
}

/** Fields of what is in parentheses: `(pipeline).Name`. */
export interface ChainNode {
  readonly kind: 'chain';
  readonly pos: number;
  readonly node: Operand;
  readonly names: readonly string[];
}

export interface NumberNode {
  readonly kind: 'number';
  readonly pos: number;
  /** As written. */
  readonly text: string;
  /** Its value as an int; undefined when it is not whole. */
  readonly int: number | bigint | undefined;
  readonly float: number;
  /** Whether it is a float where nothing says what it should be. */
  readonly isFloat: boolean;
}

export interface StringNode {
  readonly kind: 'string';
  readonly pos: number;
  readonly quoted: string;
  readonly text: string;
}

export type Operand =
  | FieldNode
  | VariableNode
  | ChainNode
  | NumberNode
  | StringNode
  | PipeNode
  | { readonly kind: 'identifier'; readonly pos: number; readonly name: string }
  | { readonly kind: 'bool'; readonly pos: number; readonly value: boolean }
  | { readonly kind: 'dot'; readonly pos: number }
  | { readonly kind: 'nil'; readonly pos: number };

export interface CommandNode {
  readonly kind: 'command';
  readonly pos: number;
  readonly args: readonly Operand[];
}

export interface PipeNode {
  readonly kind: 'pipe';
  readonly pos: number;
  /** Names of the variables that it sets. */
  readonly variables: readonly string[];
  /** Whether it sets variables that exist (`=`) rather than new ones (`:=`). */
  readonly isAssignment: boolean;
  readonly commands: readonly CommandNode[];
}

export interface ListNode {
  readonly kind: 'list';
  readonly pos: number;
  readonly nodes: readonly Node[];
}

export interface BranchNode {
  readonly kind: 'if' | 'range' | 'with';
  readonly pos: number;
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

export interface TemplateNode {
  readonly kind: 'template';
  readonly pos: number;
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export type Node =
  | ListNode
  | BranchNode
  | TemplateNode
  | { readonly kind: 'text'; readonly pos: number; readonly text: string }
  | { readonly kind: 'action'; readonly pos: number; readonly pipe: PipeNode }
  | { readonly kind: 'break' | 'continue'; readonly pos: number };

/** A template that can be run: what it is called, and the source that error messages point into. */
export interface Definition {
  readonly name: string;
  /** Name of the text in which it stands. */
  readonly source: string;
  readonly text: string;
  readonly root: ListNode;
}

/** Any part, as far as an error message is concerned. */
export type AnyNode = Node | Operand | CommandNode;

/** A part as it could be written, which is how error messages show it. */
export function show(node: AnyNode): string {
  switch (node.kind) {
    case 'field':
      return `.${node.names.join('.')}`;
    case 'variable':
      return node.names.join('.');
    case 'chain':
      return `${node.node.kind === 'pipe' ? `(${show(node.node)})` : show(node.node)}.${node.names.join('.')}`;
    case 'number':
      return node.text;
    case 'string':
      return node.quoted;
    case 'identifier':
      return node.name;
    case 'bool':
      return String(node.value);
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${show(arg)})` : show(arg))).join(' ');
    case 'pipe':
      return showPipe(node);
    default:
      return showStatement(node);
  }
}

function showPipe(node: PipeNode): string {
  const commands = node.commands.map(show).join(' | ');
  if (node.variables.length === 0) return commands;
  return `${node.variables.join(', ')} ${node.isAssignment ? '=' : ':='} ${commands}`;
}

function showStatement(node: Node): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'action':
      return `{{${show(node.pipe)}}}`;
    case 'list':
      return node.nodes.map(show).join('');
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe === undefined ? '' : ` ${show(node.pipe)}`}}}`;
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    default: {
      const otherwise = node.elseList === undefined ? '' : `{{else}}${show(node.elseList)}`;
      return `{{${node.kind} ${show(node.pipe)}}}${show(node.list)}${otherwise}{{end}}`;
    }
  }
}
