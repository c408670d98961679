import { valueText } from './json-numbers.ts';

const zero = 48;
const comma = 44;
const point = 46;
const exponent = 101;
const millionths = 1_000_000;
/** Whole numbers up to here are exact, with room for six decimals: any shorter text of the same double is the same number. */
const mostExact = 1e15;

/**
 * Writes values as bytes, as {@link valueText} has them. Whole numbers and those of few decimals are written digit by digit. The digits
 * of others are made for many at once, by `JSON.stringify`: that is nearly twice as fast as a text for each.
 */
export class DigitWriter {
  /** Always as long as it is filled; numbers only, so that it stays an array of doubles. */
  readonly #hard: number[] = [];
  #texts = Buffer.allocUnsafe(64);
  /** Where the next text begins, and the last one did. */
  #at = 0;
  #lastAt = 0;
  #last = Number.NaN;

  /** Makes ready for the values `from` up to `to`, which are then written in this order. */
  read(values: Float64Array, from: number, to: number): void {
    const hard = this.#hard;
    hard.length = 0;
    let last = Number.NaN;
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      if (value === last || !isHard(value)) continue;
      hard.push(value);
      last = value;
    }
    this.#at = 1;
    this.#last = Number.NaN;
    if (hard.length === 0) return;
    const text = JSON.stringify(hard);
    if (this.#texts.length < text.length) this.#texts = Buffer.allocUnsafe(text.length * 2);
    this.#texts.write(text, 0, 'latin1');
  }

  /** @returns where it ended. There must be room for 40 bytes. */
  write(value: number, bytes: Uint8Array, at: number): number {
    if (isWhole(value)) return writeWhole(value, bytes, at);
    if (isShort(value)) return writeShort(value, bytes, at);
    if (!isHard(value)) return writeText(valueText(value), bytes, at);
    // A value that stays is made once.
    if (value !== this.#last) this.#lastAt = this.#at;
    this.#last = value;
    return this.#copy(bytes, at);
  }

  #copy(bytes: Uint8Array, start: number): number {
    const texts = this.#texts;
    let at = start;
    let from = this.#lastAt;
    let exponentAt = -1;
    for (let byte = texts[from] as number; byte !== comma && byte !== 93; byte = texts[++from] as number) {
      if (byte === exponent) exponentAt = at;
      bytes[at++] = byte;
    }
    this.#at = Math.max(this.#at, from + 1);
    // Exponents have two digits at least: e-7 is e-07.
    if (exponentAt >= 0 && at - exponentAt === 3) {
      bytes[at] = bytes[at - 1] as number;
      bytes[at - 1] = zero;
      at++;
    }
    return at;
  }
}

/** Neither of the above, nor NaN, an infinity, or the zero with a sign. */
function isHard(value: number): boolean {
  return !isWhole(value) && !isShort(value) && value !== 0 && Number.isFinite(value);
}

/** Non-negative, in 31 bits, and not the zero with a sign. */
function isWhole(value: number): boolean {
  const whole = value | 0;
  return whole === value && whole >= 0 && (whole !== 0 || !Object.is(value, -0));
}

/** Whether six decimals are enough; below 1e-6 there is an exponent. */
function isShort(value: number): boolean {
  const scaled = Math.round(value * millionths);
  return scaled !== 0 && Math.abs(scaled) < mostExact && scaled / millionths === value;
}

function writeWhole(value: number, bytes: Uint8Array, at: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound && digits < 10; bound *= 10) digits++;
  let left = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tens = (left / 10) | 0;
    bytes[i] = zero + left - tens * 10;
    left = tens;
  }
  return at + digits;
}

function writeShort(value: number, bytes: Uint8Array, start: number): number {
  let at = start;
  const scaled = Math.abs(Math.round(value * millionths));
  if (value < 0) bytes[at++] = 45;
  const whole = Math.floor(scaled / millionths);
  let fraction = scaled - whole * millionths;
  at = writeWhole(whole, bytes, at);
  if (fraction === 0) return at;
  bytes[at] = point;
  let digits = 6;
  while (fraction % 10 === 0) {
    fraction /= 10;
    digits--;
  }
  for (let i = at + digits; i > at; i--) {
    const tens = (fraction / 10) | 0;
    bytes[i] = zero + fraction - tens * 10;
    fraction = tens;
  }
  return at + digits + 1;
}

function writeText(text: string, bytes: Uint8Array, start: number): number {
  for (let i = 0; i < text.length; i++) bytes[start + i] = text.charCodeAt(i);
  return start + text.length;
}
