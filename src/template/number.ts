import { unquote } from './quote.ts';

/** A number literal, read. */
export interface NumberLiteral {
  readonly int: number | bigint | undefined;
  readonly float: number;
  readonly isFloat: boolean;
}

const largest = 2n ** 63n;
const integer =
  /^([+-]?)(?:0[xX](_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|0[oO](_?[0-7]+(?:_[0-7]+)*)|0[bB](_?[01]+(?:_[01]+)*)|0(_?[0-7]+(?:_[0-7]+)*)|(0|[1-9][0-9]*(?:_[0-9]+)*))$/;
const decimal = /^[+-]?(?:[0-9]+(?:_[0-9]+)*)?(?:\.(?:[0-9]+(?:_[0-9]+)*)?)?(?:[eE][+-]?[0-9]+)?$/;
const hexFloat = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9]+)$/;

/** Reads a number or a character literal as Go does; a text instead says what is wrong with it. */
export function readNumber(text: string): NumberLiteral | string {
  if (text.startsWith("'")) return readRune(text);
  const int = readInt(text);
  if (int !== undefined) return { int, float: Number(int), isFloat: false };
  if (isUnsigned(text)) return { int: undefined, float: Number(text.replaceAll('_', '')), isFloat: false };
  const float = readFloat(text);
  if (float === undefined) return `illegal number syntax: ${JSON.stringify(text)}`;
  // What looks like an integer but is none is one too large for 64 bits (or `08`, to which Go says the same).
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${JSON.stringify(text)}`;
  const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
  return { int: isWhole ? narrow(BigInt(float)) : undefined, float, isFloat: true };
}

function readRune(text: string): NumberLiteral | string {
  const char = unquote(text);
  const code = char?.codePointAt(0);
  if (char === undefined || code === undefined || String.fromCodePoint(code) !== char)
    return `malformed character constant: ${text}`;
  return { int: code, float: code, isFloat: false };
}

function readInt(text: string): number | bigint | undefined {
  const match = integer.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, octal, binary, oldOctal, plain] = match;
  const digits =
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : plain !== undefined
          ? plain
          : `0o${octal ?? oldOctal}`;
  const size = BigInt(digits.replaceAll('_', ''));
  const value = sign === '-' ? -size : size;
  return value >= largest || value < -largest ? undefined : narrow(value);
}

/** An integer that only fits into 64 bits without a sign: the error is one of where it is used. */
function isUnsigned(text: string): boolean {
  return /^[0-9]/.test(text) && integer.test(text) && BigInt(text.replaceAll('_', '')) < 2n * largest;
}

function readFloat(text: string): number | undefined {
  if (decimal.test(text) && /[0-9]/.test(text)) {
    const value = Number(text.replaceAll('_', ''));
    return Number.isFinite(value) ? value : undefined;
  }
  const match = hexFloat.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replaceAll('_', '');
  if (digits === '') return undefined;
  const value =
    Number(BigInt(`0x${digits}`)) * 2 ** (Number(exponent) - 4 * fraction.replaceAll('_', '').length);
  return sign === '-' ? -value : value;
}

/** An int as a number where a number holds it exactly. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
