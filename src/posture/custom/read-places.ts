import { childrenOf, type Expr } from './cel/ast.ts';
import { qualified } from './cel/checker.ts';
import type { Policy, Validation } from './policy.ts';

/**
 * The fields of the object that a validation names, itself or through variables: what evidence points at. Longer paths first;
 * `spec.replicas` for `object.spec.replicas <= 5`.
 */
export function fieldsReadBy({ program }: Validation, { variables }: Policy): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (node: Expr): void => {
    const path = plainPath(node);
    if (path !== undefined) {
      const [root, first = '', ...rest] = path.split('.');
      if (root === 'object' && first !== '') found.add([first, ...rest].join('.'));
      const variable = root === 'variables' && !seen.has(first) ? variables.get(first) : undefined;
      if (variable === undefined) return;
      seen.add(first);
      visit(variable.ast);
      return;
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program.ast);
  return [...found].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** `a.b.c`, be it that its presence is asked or that it is selected where it is there. */
function plainPath(node: Expr): string | undefined {
  if (node.op !== 'select') return qualified(node);
  const operand = plainPath(node.operand);
  return operand === undefined ? undefined : `${operand}.${node.field}`;
}
