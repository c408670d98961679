import { formatDigits } from '../../../../kit/go-float.ts';
import { CelError, type Fault } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import {
  CelDuration,
  type CelMap,
  type CelObject,
  type CelTimestamp,
  CelTypeValue,
  type CelUint,
  type CelValue,
  intOr,
  sizeOfText,
  typeNameOf,
  uintOr,
} from '../values.ts';
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp, timestampOr } from './time.ts';

const sizes: readonly (readonly [type: string, size: (value: never) => number])[] = [
  ['string', (text: string) => sizeOfText(text)],
  ['bytes', (bytes: Uint8Array) => bytes.length],
  ['list(A)', (list: readonly CelValue[]) => list.length],
  ['map(A, B)', (map: CelMap) => map.size],
];

/** `size`, and the functions that are named after the type that they give. */
export const conversions: readonly Overload[] = [
  ...sizes.flatMap(([type, size]) => {
    const call = (value: never) => BigInt(size(value));
    return [func('size', `${type} -> int`, call), method('size', `${type} -> int`, call)];
  }),
  func('type', 'A -> type(A)', (value: CelValue) => new CelTypeValue(typeNameOf(value))),
  func('dyn', 'A -> dyn', (value: CelValue) => value),

  func('int', 'int -> int', (value: bigint) => value),
  func('int', 'uint -> int', ({ value }: CelUint) => intOr(value)),
  func('int', 'double -> int', (value: number) => fromDouble(value, intOr)),
  func('int', 'string -> int', (text: string) =>
    /^[+-]?\d+$/.test(text) ? intOr(BigInt(text.replace('+', ''))) : unreadable('int', text),
  ),
  func('int', 'timestamp -> int', ({ nanos }: CelTimestamp) =>
    nanos % 1_000_000_000n < 0n ? nanos / 1_000_000_000n - 1n : nanos / 1_000_000_000n,
  ),
  func('int', 'duration -> int', ({ nanos }: CelDuration) => nanos),
  func('uint', 'uint -> uint', (value: CelUint) => value),
  func('uint', 'int -> uint', (value: bigint) => uintOr(value)),
  func('uint', 'double -> uint', (value: number) => fromDouble(value, uintOr)),
  func('uint', 'string -> uint', (text: string) =>
    /^\d+$/.test(text) ? uintOr(BigInt(text)) : unreadable('uint', text),
  ),
  func('double', 'double -> double', (value: number) => value),
  func('double', 'int -> double', (value: bigint) => Number(value)),
  func('double', 'uint -> double', ({ value }: CelUint) => Number(value)),
  func('double', 'string -> double', readDouble),

  func('string', 'string -> string', (text: string) => text),
  func('string', 'bool -> string', String),
  func('string', 'int -> string', String),
  func('string', 'uint -> string', ({ value }: CelUint) => String(value)),
  func('string', 'double -> string', formatDouble),
  func('string', 'bytes -> string', (bytes: Uint8Array) => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return new CelError('invalid UTF-8 in bytes, cannot convert to string');
    }
  }),
  func('string', 'timestamp -> string', formatTimestamp),
  func('string', 'duration -> string', formatDuration),
  func('string', 'IP -> string', textOf),
  func('string', 'CIDR -> string', textOf),
  func('bytes', 'bytes -> bytes', (bytes: Uint8Array) => bytes),
  func('bytes', 'string -> bytes', (text: string) => new TextEncoder().encode(text)),
  func('bool', 'bool -> bool', (value: boolean) => value),
  func('bool', 'string -> bool', (text: string) => {
    if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
    return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : unreadable('bool', text);
  }),
  func('timestamp', 'timestamp -> timestamp', (value: CelTimestamp) => value),
  func('timestamp', 'string -> timestamp', parseTimestamp),
  func('timestamp', 'int -> timestamp', (seconds: bigint) => timestampOr(seconds * 1_000_000_000n)),
  func('duration', 'duration -> duration', (value: CelDuration) => value),
  func('duration', 'string -> duration', parseDuration),
  func('duration', 'int -> duration', (nanos: bigint) => new CelDuration(nanos)),
];

function textOf(value: CelObject): string {
  return value.text() ?? '';
}

function unreadable(type: string, text: string): CelError {
  return new CelError(`type conversion error from 'string' to '${type}': "${text}"`);
}

/** Towards zero, as Go converts. */
function fromDouble<Value extends CelValue>(
  value: number,
  checked: (whole: bigint) => Value | Fault,
): Value | Fault {
  if (!Number.isFinite(value)) return new CelError('integer overflow');
  return checked(BigInt(Math.trunc(value)));
}

function readDouble(text: string): number | CelError {
  const special = /^([+-]?)(?:(inf(?:inity)?)|(nan))$/i.exec(text);
  if (special?.[3] !== undefined) return Number.NaN;
  if (special !== null) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : unreadable('double', text);
}

/** As Go's `%g` in its shortest form. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const isNegative = value < 0 || Object.is(value, -0);
  return `${isNegative ? '-' : ''}${formatDigits(Math.abs(value), 'g', undefined)}`;
}
