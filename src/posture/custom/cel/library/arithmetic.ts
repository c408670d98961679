import { CelError, type Fault } from '../fault.ts';
import { func, type Overload } from '../functions.ts';
import {
  type CelDuration,
  type CelTimestamp,
  type CelUint,
  type CelValue,
  compare,
  equal,
  intOr,
  keyOfValue,
  type MapKey,
  uintOr,
} from '../values.ts';
import { durationOr, timestampOr } from './time.ts';

/** Operators by the names that the parser gives them. */
export const arithmetic: readonly Overload[] = [
  func('_+_', 'int, int -> int', (a: bigint, b: bigint) => intOr(a + b)),
  func('_+_', 'uint, uint -> uint', (a: CelUint, b: CelUint) => uintOr(a.value + b.value)),
  func('_+_', 'double, double -> double', (a: number, b: number) => a + b),
  func('_+_', 'string, string -> string', (a: string, b: string) => a + b),
  func('_+_', 'bytes, bytes -> bytes', (a: Uint8Array, b: Uint8Array) => Uint8Array.of(...a, ...b)),
  func('_+_', 'list(A), list(A) -> list(A)', (a: readonly CelValue[], b: readonly CelValue[]) => [
    ...a,
    ...b,
  ]),
  func('_+_', 'timestamp, duration -> timestamp', (a: CelTimestamp, b: CelDuration) =>
    timestampOr(a.nanos + b.nanos),
  ),
  func('_+_', 'duration, timestamp -> timestamp', (a: CelDuration, b: CelTimestamp) =>
    timestampOr(a.nanos + b.nanos),
  ),
  func('_+_', 'duration, duration -> duration', (a: CelDuration, b: CelDuration) =>
    durationOr(a.nanos + b.nanos),
  ),
  func('_-_', 'int, int -> int', (a: bigint, b: bigint) => intOr(a - b)),
  func('_-_', 'uint, uint -> uint', (a: CelUint, b: CelUint) => uintOr(a.value - b.value)),
  func('_-_', 'double, double -> double', (a: number, b: number) => a - b),
  func('_-_', 'timestamp, timestamp -> duration', (a: CelTimestamp, b: CelTimestamp) =>
    durationOr(a.nanos - b.nanos),
  ),
  func('_-_', 'timestamp, duration -> timestamp', (a: CelTimestamp, b: CelDuration) =>
    timestampOr(a.nanos - b.nanos),
  ),
  func('_-_', 'duration, duration -> duration', (a: CelDuration, b: CelDuration) =>
    durationOr(a.nanos - b.nanos),
  ),
  func('_*_', 'int, int -> int', (a: bigint, b: bigint) => intOr(a * b)),
  func('_*_', 'uint, uint -> uint', (a: CelUint, b: CelUint) => uintOr(a.value * b.value)),
  func('_*_', 'double, double -> double', (a: number, b: number) => a * b),
  func('_/_', 'int, int -> int', (a: bigint, b: bigint) =>
    b === 0n ? new CelError('division by zero') : intOr(a / b),
  ),
  func('_/_', 'uint, uint -> uint', (a: CelUint, b: CelUint) =>
    b.value === 0n ? new CelError('division by zero') : uintOr(a.value / b.value),
  ),
  func('_/_', 'double, double -> double', (a: number, b: number) => a / b),
  func('_%_', 'int, int -> int', (a: bigint, b: bigint) =>
    b === 0n ? new CelError('modulus by zero') : a % b,
  ),
  func('_%_', 'uint, uint -> uint', (a: CelUint, b: CelUint) =>
    b.value === 0n ? new CelError('modulus by zero') : uintOr(a.value % b.value),
  ),
  func('-_', 'int -> int', (a: bigint) => intOr(-a)),
  func('-_', 'double -> double', (a: number) => -a),
  func('!_', 'bool -> bool', (a: boolean) => !a),
  func('_==_', 'A, A -> bool', equal),
  func('_!=_', 'A, A -> bool', (a: CelValue, b: CelValue) => !equal(a, b)),
  ...comparisons(),
  func('@in', 'A, list(A) -> bool', (a: CelValue, list: readonly CelValue[]) =>
    list.some((one) => equal(one, a)),
  ),
  func('@in', 'A, map(A, B) -> bool', (a: CelValue, map: ReadonlyMap<MapKey, CelValue>) => {
    const key = keyOfValue(a);
    return key instanceof CelError ? false : map.has(key);
  }),
];

function comparisons(): Overload[] {
  const numbers = ['int', 'uint', 'double'];
  const pairs = [
    ...numbers.flatMap((a) => numbers.map((b) => [a, b] as const)),
    ...['bool', 'string', 'bytes', 'timestamp', 'duration'].map((one) => [one, one] as const),
  ];
  const signs: Readonly<Record<string, (order: number) => boolean>> = {
    '_<_': (order) => order < 0,
    '_<=_': (order) => order <= 0,
    '_>_': (order) => order > 0,
    '_>=_': (order) => order >= 0,
  };
  return Object.entries(signs).flatMap(([name, holds]) => {
    const call = (a: CelValue, b: CelValue): CelValue | Fault => {
      const order = compare(a, b);
      return order === undefined ? new CelError('no such overload') : holds(order);
    };
    return pairs.map(([a, b]) => func(name, `${a}, ${b} -> bool`, call));
  });
}
