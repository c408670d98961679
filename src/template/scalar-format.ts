/** How `fmt` writes numbers and texts under flags, width and precision. */

import { formatDigits, parts } from '../kit/go-float.ts';
import { toBytes } from './bytes.ts';
import { isPrintable, quote, quoteRune } from './quote.ts';

export interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v`: structs with the names of their fields. */
  names?: boolean;
  width?: number;
  precision?: number;
}

/** Fills up to the width, counted in characters. */
export function pad(text: string, flags: Flags): string {
  if (flags.width === undefined) return text;
  const missing = flags.width - countRunes(text);
  if (missing <= 0) return text;
  if (flags.minus) return text + ' '.repeat(missing);
  return (flags.zero ? '0' : ' ').repeat(missing) + text;
}

function countRunes(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** A text under `v`, `s`, `q`, `x` or `X`; undefined for a verb that texts do not have. */
export function formatText(text: string, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'v':
    case 's':
      return pad(truncate(text, flags), flags);
    case 'q': {
      const cut = truncate(text, flags);
      if (flags.sharp && canBackquote(cut)) return pad(`\`${cut}\``, flags);
      return pad(quote(cut, flags.plus), flags);
    }
    case 'x':
    case 'X':
      return formatHex(text, verb, flags);
    default:
      return undefined;
  }
}

function truncate(text: string, { precision }: Flags): string {
  if (precision === undefined || text.length <= precision) return text;
  return [...text].slice(0, precision).join('');
}

function canBackquote(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return !/[\0-\x08\x0a-\x1f\x7f`\ufeff]/.test(text);
}

function formatHex(text: string, verb: string, flags: Flags): string {
  const bytes = toBytes(text).subarray(0, flags.precision);
  const prefix = flags.sharp ? `0${verb}` : '';
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const digits = verb === 'X' ? hex.map((pair) => pair.toUpperCase()) : hex;
  if (digits.length === 0) return pad('', flags);
  const joined = flags.space ? digits.map((pair) => prefix + pair).join(' ') : prefix + digits.join('');
  return pad(joined, flags);
}

const bases: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  d: [10, ''],
  v: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

/** An int; undefined for a verb that ints do not have. */
export function formatInt(value: number | bigint, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'c':
      return pad(toRune(Number(value)), flags);
    case 'q':
      return pad(quoteRune(Number(value), flags.plus), flags);
    case 'U':
      return formatUnicode(Number(value), flags);
  }
  const [base, prefix] = bases[verb] ?? [];
  if (base === undefined || prefix === undefined) return undefined;
  const isNegative = value < 0;
  const size = isNegative ? -value : value;
  let least = flags.precision;
  if (least === 0 && Number(size) === 0) return pad('', { ...flags, zero: false });
  if (least === undefined && flags.zero && flags.width !== undefined && !flags.minus)
    least = flags.width - (isNegative || flags.plus || flags.space ? 1 : 0);
  let digits = size.toString(base).padStart(Math.max(least ?? 0, 0), '0');
  if (verb === 'X') digits = digits.toUpperCase();
  const hasPrefix = (flags.sharp || verb === 'O') && !(verb === 'o' && digits.startsWith('0'));
  const sign = isNegative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  return pad(`${sign}${hasPrefix ? prefix : ''}${digits}`, { ...flags, zero: false });
}

function toRune(code: number): string {
  const isValid = code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return String.fromCodePoint(isValid ? code : 0xfffd);
}

function formatUnicode(code: number, flags: Flags): string {
  const hex = code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 0), '0');
  const char = toRune(code);
  const shown = flags.sharp && code <= 0x10ffff && isPrintable(char) ? `U+${hex} '${char}'` : `U+${hex}`;
  return pad(shown, { ...flags, zero: false });
}

/** A float64; undefined for a verb that floats do not have. */
export function formatFloat(value: number, verb: string, flags: Flags): string | undefined {
  const body = floatBody(Math.abs(value), verb, flags);
  if (body === undefined) return undefined;
  const isNegative = value < 0 || Object.is(value, -0);
  // Infinity always shows its sign under `+`; what is not a number has none.
  const sign = isNegative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  if (!Number.isFinite(value))
    return pad(value === Infinity && sign === '' ? '+Inf' : sign + body, { ...flags, zero: false });
  if (flags.zero && !flags.minus && flags.width !== undefined)
    return sign + pad(body, { ...flags, width: Math.max(0, flags.width - sign.length) });
  return pad(sign + body, flags);
}

function floatBody(size: number, verb: string, flags: Flags): string | undefined {
  if (!/^[vgGeEfFbxX]$/.test(verb)) return undefined;
  if (Number.isNaN(size)) return 'NaN';
  if (size === Infinity) return 'Inf';
  switch (verb) {
    case 'v':
    case 'g':
    case 'G': {
      const text = formatDigits(size, 'g', flags.precision);
      const full = flags.sharp && verb !== 'v' ? withPoint(text, flags.precision ?? 6) : text;
      return verb === 'G' ? full.toUpperCase() : full;
    }
    case 'e':
      return formatDigits(size, 'e', flags.precision ?? 6);
    case 'E':
      return formatDigits(size, 'e', flags.precision ?? 6).toUpperCase();
    case 'f':
    case 'F':
      return formatDigits(size, 'f', flags.precision ?? 6);
    case 'b': {
      const { mantissa, exponent } = parts(size);
      return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
    }
    default:
      return hexFloat(size, verb === 'X');
  }
}

/** `%#g` keeps the point and the zeros behind it. */
function withPoint(text: string, digits: number): string {
  const [mantissa = '', exponent] = text.split('e');
  const count = mantissa.replace('.', '').replace(/^0+/, '').length;
  const point = mantissa.includes('.') ? '' : '.';
  const full = mantissa + point + '0'.repeat(Math.max(0, digits - Math.max(count, 1)));
  return exponent === undefined ? full : `${full}e${exponent}`;
}

function hexFloat(size: number, upper: boolean): string {
  let text = '0x0p+00';
  if (size !== 0) {
    let { mantissa, exponent } = parts(size);
    while (mantissa < 1n << 52n) {
      mantissa <<= 1n;
      exponent--;
    }
    const fraction = (mantissa & 0xf_ffff_ffff_ffffn).toString(16).padStart(13, '0').replace(/0+$/, '');
    const power = exponent + 52;
    text = `0x1${fraction === '' ? '' : `.${fraction}`}p${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return upper ? text.toUpperCase() : text;
}
