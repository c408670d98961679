import { valueText } from './json-numbers.ts';

/** Values whose digits are made at once. */
export const mostAtOnce = 1024;

const zero = 48;
const comma = 44;
const point = 46;
const bracket = 93;
const exponent = 101;
const millionths = 1_000_000;
/** Whole numbers up to here are exact, with room for six decimals: any shorter text of the same double is the same number. */
const mostExact = 1e15;

/** How a value is written: as a whole number, with few decimals, by its text among many, as the text before, or by itself. */
const whole = 0;
const short = 1;
const hard = 2;
const again = 3;
const special = 4;

/**
 * Writes values as bytes, as `valueText` has them. Whole numbers and those of few decimals are written digit by digit. The digits of
 * others are made for many at once, by `JSON.stringify`: that is nearly twice as fast as a text for each.
 */
export class DigitWriter {
  readonly #kinds = new Uint8Array(mostAtOnce);
  /** Always as long as it is filled; numbers only, so that it stays an array of doubles. */
  readonly #hard: number[] = [];
  #texts = Buffer.allocUnsafe(64);
  /** Where the next text begins, and where the last one did. */
  #at = 0;
  #lastAt = 0;

  /**
   * Makes ready for the values `from` up to `to`, at most {@link mostAtOnce}, which are then written in this order; those where
   * `skip` has something are not.
   */
  read(values: Float64Array, from: number, to: number, skip: readonly unknown[] | undefined): void {
    const list = this.#hard;
    list.length = 0;
    let last = Number.NaN;
    for (let i = from; i < to; i++) {
      if (skip !== undefined && skip[i] !== undefined) continue;
      const value = values[i] as number;
      const kind = value === last ? again : kindOf(value);
      if (kind === hard) {
        list.push(value);
        last = value;
      }
      this.#kinds[i - from] = kind;
    }
    this.#at = 1;
    if (list.length === 0) return;
    const text = JSON.stringify(list);
    if (this.#texts.length < text.length) this.#texts = Buffer.allocUnsafe(text.length * 2);
    this.#texts.write(text, 0, 'latin1');
  }

  /**
   * @param index of the value among those that were read, from 0
   * @returns where it ended. There must be room for 40 bytes.
   */
  write(value: number, index: number, bytes: Uint8Array, at: number): number {
    switch (this.#kinds[index]) {
      case whole:
        return writeWhole(value, bytes, at);
      case short:
        return writeShort(value, bytes, at);
      case hard:
        this.#lastAt = this.#at;
        return this.#copy(bytes, at);
      case again:
        return this.#copy(bytes, at);
      default:
        return writeText(valueText(value), bytes, at);
    }
  }

  #copy(bytes: Uint8Array, start: number): number {
    const texts = this.#texts;
    let at = start;
    let from = this.#lastAt;
    let exponentAt = -1;
    for (
      let byte = texts[from] as number;
      byte !== comma && byte !== bracket;
      byte = texts[++from] as number
    ) {
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

function kindOf(value: number): number {
  const cut = value | 0;
  if (cut === value && cut >= 0) return cut === 0 && Object.is(value, -0) ? special : whole;
  const scaled = Math.round(value * millionths);
  // Below 1e-6 there is an exponent.
  if (scaled !== 0 && scaled < mostExact && scaled > -mostExact && scaled / millionths === value)
    return short;
  return Number.isFinite(value) ? hard : special;
}

/** A whole number from 0 up to 2 ** 31. */
export function writeWhole(value: number, bytes: Uint8Array, at: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound && digits < 10; bound *= 10) digits++;
  let left = value | 0;
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
  const cut = Math.floor(scaled / millionths);
  let fraction = scaled - cut * millionths;
  at = writeWhole(cut, bytes, at);
  if (fraction === 0) return at;
  bytes[at] = point;
  let digits = 6;
  while (fraction % 10 === 0) {
    fraction /= 10;
    digits--;
  }
  return writePadded(fraction, digits, bytes, at + 1);
}

/** With zeros before it, up to so many digits. */
export function writePadded(value: number, digits: number, bytes: Uint8Array, at: number): number {
  let left = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const tens = (left / 10) | 0;
    bytes[i] = zero + left - tens * 10;
    left = tens;
  }
  return at + digits;
}

export function writeText(text: string, bytes: Uint8Array, start: number): number {
  for (let i = 0; i < text.length; i++) bytes[start + i] = text.charCodeAt(i);
  return start + text.length;
}
