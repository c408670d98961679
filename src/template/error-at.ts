import type { AnyNode, Definition } from './node.ts';
import { show } from './node.ts';
import { quote } from './quote.ts';
import { TemplateError } from './template-error.ts';

/** What went wrong, with the place of the node that was being evaluated, in Go's form. */
export function errorAt(
  { name, source, text }: Definition,
  node: AnyNode | undefined,
  problem: string,
  cause: unknown,
): TemplateError {
  const before = text.slice(0, node?.pos ?? 0);
  const line = before.split('\n').length;
  const column = new TextEncoder().encode(before.slice(before.lastIndexOf('\n') + 1)).length;
  const context = node === undefined ? '' : show(node);
  return new TemplateError(
    `template: ${source}:${line}:${column}: executing ${quote(name)} at <${context}>: ${problem}`,
    { template: source, line, column },
    cause === undefined ? undefined : { cause },
  );
}
