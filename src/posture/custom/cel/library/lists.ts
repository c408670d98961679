import { CelError, type Fault } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import { CelDuration, CelUint, type CelValue, compare, equal, intOr, uintOr } from '../values.ts';
import { durationOr } from './time.ts';

type List = readonly CelValue[];

const ordered = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

const sums: readonly (readonly [
  type: string,
  zero: CelValue,
  add: (a: never, b: never) => CelValue | Fault,
])[] = [
  ['int', 0n, (a: bigint, b: bigint) => intOr(a + b)],
  ['uint', new CelUint(0n), (a: CelUint, b: CelUint) => uintOr(a.value + b.value)],
  ['double', 0, (a: number, b: number) => a + b],
  ['duration', new CelDuration(0n), (a: CelDuration, b: CelDuration) => durationOr(a.nanos + b.nanos)],
];

/**
 * Lists: Kubernetes's functions, and cel-go's for sets.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-list-library
 */
export const lists: readonly Overload[] = [
  ...ordered.flatMap((type) => [
    method('isSorted', `list(${type}) -> bool`, (list: List) =>
      list.every((one, i) => i === 0 || Number(compare(list[i - 1] as CelValue, one)) <= 0),
    ),
    method('min', `list(${type}) -> ${type}`, (list: List) => extreme('min', list, -1)),
    method('max', `list(${type}) -> ${type}`, (list: List) => extreme('max', list, 1)),
  ]),
  ...sums.map(([type, zero, add]) =>
    method('sum', `list(${type}) -> ${type}`, (list: List) => {
      let sum: CelValue | Fault = zero;
      for (const one of list) {
        sum = add(sum as never, one as never);
        if (sum instanceof CelError) return sum;
      }
      return sum;
    }),
  ),
  method('indexOf', 'list(A), A -> int', (list: List, wanted: CelValue) =>
    BigInt(list.findIndex((one) => equal(one, wanted))),
  ),
  method('lastIndexOf', 'list(A), A -> int', (list: List, wanted: CelValue) =>
    BigInt(list.findLastIndex((one) => equal(one, wanted))),
  ),
  func('sets.contains', 'list(A), list(A) -> bool', hasAll),
  func('sets.equivalent', 'list(A), list(A) -> bool', (a: List, b: List) => hasAll(a, b) && hasAll(b, a)),
  func('sets.intersects', 'list(A), list(A) -> bool', (a: List, b: List) =>
    b.some((wanted) => a.some((one) => equal(one, wanted))),
  ),
];

function hasAll(list: List, all: List): boolean {
  return all.every((wanted) => list.some((one) => equal(one, wanted)));
}

function extreme(name: string, list: List, sign: 1 | -1): CelValue | Fault {
  let [found] = list;
  if (found === undefined) return new CelError(`${name} called on empty list`);
  for (const one of list) if (Number(compare(one, found)) * sign > 0) found = one;
  return found;
}
