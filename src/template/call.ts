import { messageOf } from '../kit/app-error.ts';
import type { Operand } from './node.ts';
import { show } from './node.ts';
import { bare, GoFloat, isStringSlice, itemsOf, kindOf, typeName } from './value.ts';

type Fail = (problem: string) => never;

const scalars = new Set(['string', 'bool', 'int', 'int64', 'float64']);

/** A value as a parameter of that type takes it; `any` takes it as it is. */
export function coerce(value: unknown, type: string | undefined, fail: Fail): unknown {
  if (type === undefined || type === 'any') return value;
  // A nil that stands in a list or a map of anything.
  if (value === null) return fail(`wrong type for value; expected ${type}; got interface {}`);
  if (value === undefined) {
    if (type.startsWith('[]')) return [];
    if (/^(?:map|\*)/.test(type)) return undefined;
    return fail(`invalid value; expected ${type}`);
  }
  const name = typeName(value);
  const isSlice = kindOf(value) === 'slice';
  if (isSlice && ((type === '[]string' && isStringSlice(value)) || type === '[]any')) return itemsOf(value);
  if (name !== type) return fail(`wrong type for value; expected ${type}; got ${name}`);
  if (isSlice) return itemsOf(value);
  return scalars.has(type) ? bare(value) : value;
}

/** A literal as a parameter of that type takes it. A number's form says what it is where the type does not. */
export function coerceLiteral(node: Operand, type: string, fail: Fail): unknown {
  switch (type) {
    case 'any':
      return ideal(node, fail);
    case 'bool':
      return node.kind === 'bool' ? node.value : fail(`expected bool; found ${show(node)}`);
    case 'string':
      return node.kind === 'string' ? node.text : fail(`expected string; found ${show(node)}`);
    case 'int':
    case 'int64':
      if (node.kind === 'number' && node.int !== undefined) return node.int;
      return fail(`expected integer; found ${show(node)}`);
    case 'float64':
      return node.kind === 'number' ? node.float : fail(`expected float; found ${show(node)}`);
    default:
      return fail(`can't handle ${show(node)} for arg of type ${type}`);
  }
}

function ideal(node: Operand, fail: Fail): unknown {
  switch (node.kind) {
    case 'bool':
      return node.value;
    case 'string':
      return node.text;
    case 'number':
      if (node.isFloat) return new GoFloat(node.float);
      return node.int ?? fail(`${show(node)} overflows int`);
    default:
      return undefined;
  }
}

/** What a function that failed says, on its own. */
export function callMessage(error: unknown): string {
  return messageOf(error);
}
