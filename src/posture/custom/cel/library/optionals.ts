import { CelError } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import { type CelMap, CelOptional, CelUint, type CelValue, noValue } from '../values.ts';

/**
 * Values that may be absent.
 *
 * Source: https://pkg.go.dev/github.com/google/cel-go/cel#OptionalTypes
 */
export const optionals: readonly Overload[] = [
  func('optional.of', 'A -> optional(A)', (value: CelValue) => new CelOptional(value)),
  func('optional.ofNonZeroValue', 'A -> optional(A)', (value: CelValue) =>
    isZero(value) ? noValue : new CelOptional(value),
  ),
  func('optional.none', '-> optional(A)', () => noValue),
  func('optional.unwrap', 'list(optional(A)) -> list(A)', unwrapped),
  method('unwrapOpt', 'list(optional(A)) -> list(A)', unwrapped),
  method('hasValue', 'optional(A) -> bool', ({ value }: CelOptional) => value !== undefined),
  method('value', 'optional(A) -> A', ({ value }: CelOptional) =>
    value === undefined ? new CelError('optional.none() dereference') : value,
  ),
  method('or', 'optional(A), optional(A) -> optional(A)', (one: CelOptional, other: CelOptional) =>
    one.value === undefined ? other : one,
  ),
  method(
    'orValue',
    'optional(A), A -> A',
    ({ value }: CelOptional, other: CelValue) => value ?? nullOr(value, other),
  ),
  method('first', 'list(A) -> optional(A)', (list: readonly CelValue[]) => at(list, 0)),
  method('last', 'list(A) -> optional(A)', (list: readonly CelValue[]) => at(list, -1)),
];

/** A null that is there is a value as well. */
function nullOr(value: null | undefined, other: CelValue): CelValue {
  return value === null ? null : other;
}

function at(list: readonly CelValue[], index: number): CelOptional {
  const value = list.at(index);
  return value === undefined ? noValue : new CelOptional(value);
}

function unwrapped(list: readonly CelOptional[]): CelValue[] {
  return list.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (value instanceof CelUint) return value.value === 0n;
  if (value instanceof CelOptional) return value.value === undefined;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return value instanceof Map && (value as CelMap).size === 0;
}
