import type { BranchNode, CommandNode, ListNode, Node, Operand, PipeNode } from '../../template/node.ts';
import { parse } from '../../template/parser.ts';
import { prelude } from '../expand.ts';

/**
 * Labels of the alert's series that a template of a rule reads: `$labels.pod`, `.Labels.pod`, `index $labels "pod"`. One that
 * it asks for in a condition is left out: it may be missing.
 */
export function labelsReadBy(text: string): ReadonlySet<string> {
  if (!text.includes('{{')) return new Set();
  const reader = new LabelReader();
  try {
    for (const { root } of parse(prelude + text, 'template', () => true)) reader.list(root, true);
  } catch {
    // The rule file's own check has said what is wrong with it.
    return new Set();
  }
  return reader.result();
}

class LabelReader {
  readonly #read = new Set<string>();
  readonly #asked = new Set<string>();

  result(): ReadonlySet<string> {
    return new Set([...this.#read].filter((name) => !this.#asked.has(name)));
  }

  /** @param isTop whether the dot is still the template's data */
  list({ nodes }: ListNode, isTop: boolean): void {
    for (const node of nodes) this.#node(node, isTop);
  }

  #node(node: Node, isTop: boolean): void {
    switch (node.kind) {
      case 'list':
        this.list(node, isTop);
        break;
      case 'action':
        this.#pipe(node.pipe, isTop, this.#read);
        break;
      case 'template':
        if (node.pipe !== undefined) this.#pipe(node.pipe, isTop, this.#read);
        break;
      case 'if':
      case 'with':
      case 'range':
        this.#branch(node, isTop);
        break;
      default:
    }
  }

  #branch({ kind, pipe, list, elseList }: BranchNode, isTop: boolean): void {
    this.#pipe(pipe, isTop, kind === 'range' ? this.#read : this.#asked);
    this.list(list, isTop && kind === 'if');
    if (elseList !== undefined) this.list(elseList, isTop);
  }

  #pipe({ commands }: PipeNode, isTop: boolean, into: Set<string>): void {
    for (const command of commands) this.#command(command, isTop, into);
  }

  #command({ args }: CommandNode, isTop: boolean, into: Set<string>): void {
    const [first, map, key] = args;
    if (first?.kind === 'identifier' && first.name === 'index' && key?.kind === 'string') {
      if (map !== undefined && nameIn(map, isTop) === '') into.add(key.text);
    }
    for (const arg of args) this.#operand(arg, isTop, into);
  }

  #operand(operand: Operand, isTop: boolean, into: Set<string>): void {
    const name = nameIn(operand, isTop);
    if (name !== undefined && name !== '') into.add(name);
    if (operand.kind === 'pipe') this.#pipe(operand, isTop, into);
    if (operand.kind === 'chain') this.#operand(operand.node, isTop, into);
  }
}

/** The label that an operand names; '' for all labels; undefined for anything else. */
function nameIn(operand: Operand, isTop: boolean): string | undefined {
  if (operand.kind === 'variable') {
    if (operand.names[0] === '$labels') return operand.names[1] ?? '';
    if (operand.names[0] === '$' && operand.names[1] === 'Labels') return operand.names[2] ?? '';
  }
  if (operand.kind === 'field' && isTop && operand.names[0] === 'Labels') return operand.names[1] ?? '';
  return undefined;
}
