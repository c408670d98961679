import { CelError } from './fault.ts';

/** `int` is a bigint, `double` a number; lists are arrays, maps are Maps. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelTimestamp
  | CelDuration
  | CelTypeValue
  | CelOptional
  | CelObject
  | CelMap
  | readonly CelValue[];

/** Keys that compare equal are one key: `uint`s and whole `double`s stand as bigint. */
export type MapKey = string | boolean | bigint;
export type CelMap = ReadonlyMap<MapKey, CelValue>;

export class CelUint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** Nanoseconds since 1970. */
export class CelTimestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class CelDuration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** What `type(x)` gives, and what a type's name stands for. */
export class CelTypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export class CelOptional {
  /** `undefined` in {@link noValue} alone. */
  readonly value: CelValue | undefined;
  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

export const noValue = new CelOptional(undefined);

/** A value of one of Kubernetes's own types: a URL, an IP address, a quantity. */
export abstract class CelObject {
  /** As `type(x)` names it, e.g. `kubernetes.Quantity`. */
  abstract readonly typeName: string;
  abstract equals(other: CelObject): boolean;
  /** What `string(x)` gives, where that is defined. */
  text(): string | undefined {
    return undefined;
  }
}

const largestInt = 2n ** 63n - 1n;
const smallestInt = -(2n ** 63n);
const largestUint = 2n ** 64n - 1n;

export function intOr(value: bigint): bigint | CelError {
  return value > largestInt || value < smallestInt ? new CelError('integer overflow') : value;
}

export function uintOr(value: bigint): CelUint | CelError {
  return value > largestUint || value < 0n ? new CelError('unsigned integer overflow') : new CelUint(value);
}

/** The name of a value's type. */
export function typeNameOf(value: CelValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      return objectTypeName(value);
  }
}

function objectTypeName(value: Exclude<CelValue, boolean | bigint | number | string>): string {
  if (value === null) return 'null_type';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'map';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp';
  if (value instanceof CelDuration) return 'google.protobuf.Duration';
  if (value instanceof CelTypeValue) return 'type';
  if (value instanceof CelOptional) return 'optional_type';
  return value instanceof CelObject ? value.typeName : 'dyn';
}

/** The number that a numeric value is, whichever type it has; undefined for others. */
function numeric(value: CelValue): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof CelUint ? value.value : undefined;
}

/** Equal across numeric types; values of different types are never equal otherwise. */
export function equal(left: CelValue, right: CelValue): boolean {
  if (left === right) return true;
  const [a, b] = [numeric(left), numeric(right)];
  // Loosely, as a bigint and a number of the same value are equal to CEL.
  // biome-ignore lint/suspicious/noDoubleEquals: `===` is false between bigint and number
  if (a !== undefined && b !== undefined) return a == b;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((one, i) => equal(one, right[i] as CelValue));
  if (left instanceof Map && right instanceof Map) return equalMaps(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right) === 0;
  if (left instanceof CelTimestamp && right instanceof CelTimestamp) return left.nanos === right.nanos;
  if (left instanceof CelDuration && right instanceof CelDuration) return left.nanos === right.nanos;
  if (left instanceof CelTypeValue && right instanceof CelTypeValue) return left.name === right.name;
  if (left instanceof CelOptional && right instanceof CelOptional)
    return left.value === undefined || right.value === undefined
      ? left.value === right.value
      : equal(left.value, right.value);
  return (
    left instanceof CelObject &&
    right instanceof CelObject &&
    left.typeName === right.typeName &&
    left.equals(right)
  );
}

function equalMaps(left: CelMap, right: CelMap): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) {
    const other = right.get(key);
    if (other === undefined || !equal(value, other)) return false;
  }
  return true;
}

/** Below, at or above 0; NaN for what has no order (NaN); undefined for types that have none between them. */
export function compare(left: CelValue, right: CelValue): number | undefined {
  const [a, b] = [numeric(left), numeric(right)];
  // biome-ignore lint/suspicious/noDoubleEquals: `===` is false between bigint and number
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : a == b ? 0 : Number.NaN;
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof CelTimestamp && right instanceof CelTimestamp) return order(left.nanos, right.nanos);
  if (left instanceof CelDuration && right instanceof CelDuration) return order(left.nanos, right.nanos);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right);
  return undefined;
}

export function order(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By code points, where JavaScript goes by UTF-16 units. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const [a, b] = [pointsOf(left), pointsOf(right)];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x = 0, y = 0] = [a[i]?.codePointAt(0), b[i]?.codePointAt(0)];
    if (x !== y) return x - y;
  }
  return a.length - b.length;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = 0, y = 0] = [left[i], right[i]];
    if (x !== y) return x - y;
  }
  return left.length - right.length;
}

/** A text as CEL counts it: one entry a code point. */
export function pointsOf(text: string): readonly string[] | string {
  return isPlain(text) ? text : Array.from(text);
}

export function sizeOfText(text: string): number {
  return pointsOf(text).length;
}

/** No code point takes two units, so that the text can be indexed as it is. */
function isPlain(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

/** The key that a value is in a map; an error for what cannot be one. */
export function keyOfValue(value: CelValue): MapKey | CelError {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (value instanceof CelUint) return value.value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  return new CelError(`unsupported key type: ${typeNameOf(value)}`);
}

/**
 * JSON data as CEL sees it: whole numbers are ints, others doubles, as Kubernetes reads them.
 *
 * @param dropsNulls whether fields that are null are as if they were not there.
 */
export function fromJson(data: unknown, dropsNulls = false): CelValue {
  if (typeof data === 'number') return fromNumber(data);
  if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data;
  if (typeof data !== 'object' || data === null) return null;
  if (Array.isArray(data)) return data.map((item) => fromJson(item, dropsNulls));
  const map = new Map<MapKey, CelValue>();
  for (const key in data) {
    const value = (data as Readonly<Record<string, unknown>>)[key];
    if (value !== undefined && !(dropsNulls && value === null)) map.set(key, fromJson(value, dropsNulls));
  }
  return map;
}

function fromNumber(data: number): bigint | number {
  return Number.isInteger(data) && Math.abs(data) < 2 ** 63 ? BigInt(data) : data;
}
