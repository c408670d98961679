import { CelError, type Fault } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import { objectTypes } from '../types.ts';
import { CelObject, intOr, order } from '../values.ts';

/** Kubernetes keeps amounts to a billionth and rounds what is finer up, away from zero. */
const digits = 9;
const one = 10n ** BigInt(digits);

class Quantity extends CelObject {
  readonly typeName = objectTypes.Quantity;
  /** In billionths. */
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }

  equals(other: CelObject): boolean {
    return other instanceof Quantity && other.nanos === this.nanos;
  }

  get isInteger(): boolean {
    return this.nanos % one === 0n && !(intOr(this.nanos / one) instanceof CelError);
  }
}

const binary: Readonly<Record<string, bigint>> = Object.fromEntries(
  ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, i) => [suffix, 1024n ** BigInt(i + 1)]),
);
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
  const power = (exponent === undefined ? (powers[tens] ?? 0) : Number(exponent)) + digits - fraction.length;
  const size = BigInt(`${whole}${fraction}`) * (twos === undefined ? 1n : (binary[twos] ?? 1n));
  const nanos = power >= 0 ? size * 10n ** BigInt(power) : upward(size, 10n ** BigInt(-power));
  return new Quantity(sign === '-' ? -nanos : nanos);
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
  method(
    'add',
    'Quantity, Quantity -> Quantity',
    (a: Quantity, b: Quantity) => new Quantity(a.nanos + b.nanos),
  ),
  method('add', 'Quantity, int -> Quantity', (a: Quantity, b: bigint) => new Quantity(a.nanos + b * one)),
  method(
    'sub',
    'Quantity, Quantity -> Quantity',
    (a: Quantity, b: Quantity) => new Quantity(a.nanos - b.nanos),
  ),
  method('sub', 'Quantity, int -> Quantity', (a: Quantity, b: bigint) => new Quantity(a.nanos - b * one)),
  method('isLessThan', 'Quantity, Quantity -> bool', (a: Quantity, b: Quantity) => a.nanos < b.nanos),
  method('isGreaterThan', 'Quantity, Quantity -> bool', (a: Quantity, b: Quantity) => a.nanos > b.nanos),
  method('compareTo', 'Quantity, Quantity -> int', (a: Quantity, b: Quantity): bigint | Fault =>
    BigInt(order(a.nanos, b.nanos)),
  ),
];
