/** Go's decimal texts of a float64, exact and rounded half to even. Source: https://pkg.go.dev/strconv#FormatFloat */

/** Digits of a number: `0.d1d2d3… × 10^point`. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** No double has more decimals than this; whatever is asked beyond is zeros. */
const mostDecimals = 1100;

/**
 * The text of a finite number's absolute value. `precision` is the number of decimals for `e` and `f`, of digits for
 * `g`; undefined is as many as needed to read the number back.
 */
export function formatDigits(size: number, verb: 'e' | 'f' | 'g', precision: number | undefined): string {
  if (verb === 'f') return precision === undefined ? plain(shortest(size)) : fixed(size, precision);
  if (verb === 'e') {
    if (precision === undefined) return exponential(shortest(size));
    const decimal = rounded(size, Math.min(precision, mostDecimals) + 1);
    return exponential({ ...decimal, digits: decimal.digits.padEnd(precision + 1, '0') });
  }
  return general(size, precision);
}

function general(size: number, precision: number | undefined): string {
  const wanted = precision === 0 ? 1 : precision;
  const exact = wanted === undefined ? shortest(size) : rounded(size, Math.min(wanted, mostDecimals));
  const decimal = { digits: exact.digits.replace(/0+$/, ''), point: exact.point };
  const count = decimal.digits.length;
  const exponent = size === 0 ? 0 : decimal.point - 1;
  let most = wanted ?? 6;
  if (most > count && count >= decimal.point) most = count;
  if (wanted === undefined) most = 6;
  return exponent < -4 || exponent >= most ? exponential(decimal) : plain(decimal);
}

function shortest(size: number): Decimal {
  if (size === 0) return { digits: '0', point: 1 };
  const [mantissa = '0', exponent = '0'] = size.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

/** To `count` significant digits. */
function rounded(size: number, count: number): Decimal {
  if (size === 0) return { digits: '0'.repeat(count), point: 1 };
  let point = shortest(size).point;
  let digits = scaled(size, count - point).toString();
  // Rounding up may have made one digit more (9.99 → 10.0).
  if (digits.length > count) {
    digits = digits.slice(0, count);
    point++;
  }
  return { digits: digits.padStart(count, '0'), point };
}

function fixed(size: number, decimals: number): string {
  const exact = Math.min(decimals, mostDecimals);
  const digits = scaled(size, exact)
    .toString()
    .padStart(exact + 1, '0');
  if (decimals === 0) return digits;
  const whole = digits.slice(0, digits.length - exact);
  return `${whole}.${digits.slice(digits.length - exact).padEnd(decimals, '0')}`;
}

/** size × 10^shift, rounded to an integer, half to even. */
function scaled(size: number, shift: number): bigint {
  const { mantissa, exponent } = parts(size);
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (shift >= 0) numerator *= 10n ** BigInt(shift);
  else denominator *= 10n ** BigInt(-shift);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}

/** A double as mantissa × 2^exponent. */
export function parts(size: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  const bits = view.getBigUint64(0) & 0x7fff_ffff_ffff_ffffn;
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function exponential({ digits, point }: Decimal): string {
  const isZero = /^0*$/.test(digits);
  const exponent = isZero ? 0 : point - 1;
  const tail = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const sign = exponent < 0 ? '-' : '+';
  return `${digits[0] ?? '0'}${tail}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function plain({ digits, point }: Decimal): string {
  if (digits === '') return '0';
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (digits.length <= point) return digits.padEnd(point, '0');
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
