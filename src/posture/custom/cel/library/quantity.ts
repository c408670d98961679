import { CelError, type Fault } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import { objectTypes } from '../types.ts';
import { CelObject, intOr, order } from '../values.ts';

/** Kubernetes keeps amounts to a billionth and rounds what is finer up, away from zero. */
const digits = 9;
const one = 10n ** BigInt(digits);
/** Digits that a count in 64 bits always has room for. */
const mostDigits = 18;

/**
 * An amount as Kubernetes keeps small ones: a count of powers of ten. Whether it is an integer goes by the power alone, so that
 * `1.0` and `1000m` are none.
 *
 * Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/api/resource/amount.go
 */
interface Count {
  readonly value: bigint;
  readonly scale: number;
}

class Quantity extends CelObject {
  readonly typeName = objectTypes.Quantity;
  /** In billionths. */
  readonly nanos: bigint;
  /** Undefined for what is kept as a decimal of any size, which is never called an integer. */
  readonly count: Count | undefined;

  constructor(nanos: bigint, count: Count | undefined) {
    super();
    this.nanos = nanos;
    this.count = count;
  }

  equals(other: CelObject): boolean {
    return other instanceof Quantity && other.nanos === this.nanos;
  }

  get isInteger(): boolean {
    const { count } = this;
    return count !== undefined && count.scale >= 0 && isIn64Bits(this.nanos / one);
  }

  plus(other: Quantity, sign: 1n | -1n): Quantity {
    return new Quantity(this.nanos + sign * other.nanos, added(this.count, other.count, sign));
  }
}

function added(a: Count | undefined, b: Count | undefined, sign: 1n | -1n): Count | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (b.value === 0n) return a;
  if (a.value === 0n) return { value: sign * b.value, scale: b.scale };
  const scale = Math.min(a.scale, b.scale);
  const value = raised(a, scale) + sign * raised(b, scale);
  return isIn64Bits(value) ? { value, scale } : undefined;
}

function raised({ value, scale }: Count, to: number): bigint {
  return value * 10n ** BigInt(scale - to);
}

function isIn64Bits(value: bigint): boolean {
  return !(intOr(value) instanceof CelError);
}

function ofInt(value: bigint): Quantity {
  return new Quantity(value * one, { value, scale: 0 });
}

const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const powers: Readonly<Record<string, number>> = {
  ...{ n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 },
};

function parse(text: string): Quantity | CelError {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?\d{1,4}))$/.exec(text);
  if (match === null)
    return new CelError(
      `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    );
  const [, sign = '', number = '', twos, tens = '', exponent] = match;
  const [whole = '', fraction = ''] = number.split('.');
  const bits = twos === undefined ? 0 : (binary[twos] ?? 0);
  const scale = (exponent === undefined ? (powers[tens] ?? 0) : Number(exponent)) - fraction.length;
  const size = BigInt(`${whole}${fraction}`) << BigInt(bits);
  const power = scale + digits;
  const nanos = power >= 0 ? size * 10n ** BigInt(power) : upward(size, 10n ** BigInt(-power));
  const negative = sign === '-';
  const isCounted = hasRoom(whole.replace(/^0+(?=\d)/, ''), fraction, twos === undefined ? undefined : bits);
  const count =
    isCounted && scale >= -digits && isIn64Bits(size) ? { value: negative ? -size : size, scale } : undefined;
  return new Quantity(negative ? -nanos : nanos, count);
}

/** Whether it is kept as a count: by its digits alone, and with a power of two only without a fraction. */
function hasRoom(whole: string, fraction: string, bits: number | undefined): boolean {
  if (bits === undefined) return whole.length + fraction.length <= mostDigits;
  return fraction === '' && 15 - whole.length - Math.trunc((bits * 3) / 10) - 1 >= 0;
}

function upward(size: bigint, by: bigint): bigint {
  return (size + by - 1n) / by;
}

/**
 * Amounts such as `100m` and `1.5Gi`.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library
 */
export const quantity: readonly Overload[] = [
  func('quantity', 'string -> Quantity', parse),
  func('isQuantity', 'string -> bool', (text: string) => parse(text) instanceof Quantity),
  method('sign', 'Quantity -> int', ({ nanos }: Quantity) => BigInt(order(nanos, 0n))),
  method('isInteger', 'Quantity -> bool', ({ isInteger }: Quantity) => isInteger),
  method('asInteger', 'Quantity -> int', ({ nanos, isInteger }: Quantity) =>
    isInteger ? nanos / one : new CelError('cannot convert value to integer'),
  ),
  method('asApproximateFloat', 'Quantity -> double', ({ nanos }: Quantity) => Number(nanos) / Number(one)),
  method('add', 'Quantity, Quantity -> Quantity', (a: Quantity, b: Quantity) => a.plus(b, 1n)),
  method('add', 'Quantity, int -> Quantity', (a: Quantity, b: bigint) => a.plus(ofInt(b), 1n)),
  method('sub', 'Quantity, Quantity -> Quantity', (a: Quantity, b: Quantity) => a.plus(b, -1n)),
  method('sub', 'Quantity, int -> Quantity', (a: Quantity, b: bigint) => a.plus(ofInt(b), -1n)),
  method('isLessThan', 'Quantity, Quantity -> bool', (a: Quantity, b: Quantity) => a.nanos < b.nanos),
  method('isGreaterThan', 'Quantity, Quantity -> bool', (a: Quantity, b: Quantity) => a.nanos > b.nanos),
  method('compareTo', 'Quantity, Quantity -> int', (a: Quantity, b: Quantity): bigint | Fault =>
    BigInt(order(a.nanos, b.nanos)),
  ),
];
