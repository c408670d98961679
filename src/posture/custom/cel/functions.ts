import type { Fault } from './fault.ts';
import { type CelType, formatType, parseType, parseTypes } from './types.ts';
import {
  CelDuration,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
} from './values.ts';

export type Implementation = (...args: readonly CelValue[]) => CelValue | Fault;

/** One way to call a function. */
export interface Overload {
  readonly name: string;
  /** Called as `x.f(y)`; `x` is the first of `params`. */
  readonly isMember: boolean;
  readonly params: readonly CelType[];
  readonly result: CelType;
  readonly call: Implementation;
  /** Whether values are of the types of `params`. */
  accepts(args: readonly CelValue[]): boolean;
}

/**
 * A function `f(x)`.
 *
 * @param signature types with commas between, an arrow, and the type of the result: `string, int -> string`.
 */
export function func(
  name: string,
  signature: string,
  call: (...args: never[]) => CelValue | Fault,
): Overload {
  return overload(name, false, signature, call);
}

/** A function that is called as `x.f()`; the first type is that of `x`. */
export function method(
  name: string,
  signature: string,
  call: (...args: never[]) => CelValue | Fault,
): Overload {
  return overload(name, true, signature, call);
}

function overload(
  name: string,
  isMember: boolean,
  signature: string,
  call: (...args: never[]) => CelValue | Fault,
): Overload {
  const [left = '', right = ''] = signature.split('->');
  const params = parseTypes(left);
  const tests = params.map(testOf);
  return {
    name,
    isMember,
    params,
    result: parseType(right),
    // What is called has been found by the types of the arguments.
    call: call as Implementation,
    accepts: (args) => tests.every((test, i) => test(args[i] as CelValue)),
  };
}

type Test = (value: CelValue) => boolean;

const tests: Readonly<Record<string, Test>> = {
  null_type: (value) => value === null,
  bool: (value) => typeof value === 'boolean',
  int: (value) => typeof value === 'bigint',
  uint: (value) => value instanceof CelUint,
  double: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof Uint8Array,
  timestamp: (value) => value instanceof CelTimestamp,
  duration: (value) => value instanceof CelDuration,
  list: Array.isArray,
  map: (value) => value instanceof Map,
  optional: (value) => value instanceof CelOptional,
  type: (value) => value instanceof CelTypeValue,
};

function testOf(type: CelType): Test {
  if (type.kind === 'object') return (value) => value instanceof CelObject && value.typeName === type.name;
  if (type.kind !== 'list' || type.item.kind === 'dyn' || type.item.kind === 'param')
    return tests[type.kind] ?? (() => true);
  const item = testOf(type.item);
  return (value) => Array.isArray(value) && value.every(item);
}

/** For messages: `string.contains(string) -> bool`. */
export function formatOverload({ name, isMember, params, result }: Overload): string {
  const types = params.map(formatType);
  const on = isMember ? `${types.shift() ?? ''}.` : '';
  return `${on}${name}(${types.join(', ')}) -> ${formatType(result)}`;
}
