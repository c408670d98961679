/** Go's rules for `eq` and `lt`: kinds must agree, whatever the types are called. */
import { formatPrint, formatPrintf } from './format.ts';
import { bare, compareStrings, GoMap, GoSlice, GoStruct, type Kind, kindOf, typeName } from './value.ts';

const basic = new Set<Kind>(['bool', 'int', 'float', 'string']);

/** Whether `first` equals any of the others. */
export function equal(first: unknown, ...others: unknown[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => equalPair(first, other));
}

function equalPair(a: unknown, b: unknown): boolean {
  const kindA = kindOf(a);
  const kindB = kindOf(b);
  if (basic.has(kindA) || basic.has(kindB)) {
    // An int may be a number on one side and a bigint on the other, and then `==` compares their values.
    // biome-ignore lint/suspicious/noDoubleEquals: see above
    if (kindA === kindB) return bare(a) == bare(b);
    if (kindA === 'invalid' || kindB === 'invalid') return false;
    throw new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  }
  if (kindA === 'invalid' || kindB === 'invalid') return kindA === kindB;
  if (kindA !== kindB)
    throw new Error(
      `non-comparable types ${asText(a)}: ${typeName(a)}, ${typeName(b)}: ${formatPrint([b], most)}`,
    );
  if (kindA !== 'struct') throw new Error(`non-comparable type ${asText(b)}: ${typeName(b)}`);
  return sameStruct(a as object, b as object);
}

/** Characters of a value that a message shows at most. */
const most = 10_000;

/** As `%s` shows it, which Go uses whatever the value is. */
function asText(value: unknown): string {
  return formatPrintf('%s', [value], most);
}

function sameStruct(a: object, b: object): boolean {
  if (!(a instanceof GoStruct && b instanceof GoStruct)) return a === b;
  if (a.type !== b.type) return false;
  return Object.keys(a.fields).every((name) => {
    const [x, y] = [a.fields[name], b.fields[name]];
    if (x instanceof GoSlice || x instanceof GoMap || Array.isArray(x))
      throw new Error(`non-comparable type ${a.type}`);
    return equalPair(x, y);
  });
}

export function less(a: unknown, b: unknown): boolean {
  const kindA = kindOf(a);
  const kindB = kindOf(b);
  if (!basic.has(kindA) || !basic.has(kindB)) throw new Error('invalid type for comparison');
  if (kindA !== kindB)
    throw new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  if (kindA === 'bool') throw new Error('invalid type for comparison');
  const [x, y] = [bare(a), bare(b)];
  if (typeof x === 'string' && typeof y === 'string') return compareStrings(x, y) < 0;
  return (x as number | bigint) < (y as number | bigint);
}
