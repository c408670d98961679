import type { BitReader, BitWriter } from '../bits.ts';
import { DamageError } from '../damage.ts';

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const noWindow = 0xff;

/** Several doubles that change from sample to sample, each written as the difference to its own last value. */
export class XorFields {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly #leading: Uint8Array;
  readonly #trailing: Uint8Array;

  constructor(count: number) {
    this.high = new Uint32Array(count);
    this.low = new Uint32Array(count);
    this.#leading = new Uint8Array(count).fill(noWindow);
    this.#trailing = new Uint8Array(count);
  }

  value(field: number): number {
    words[0] = this.low[field] as number;
    words[1] = this.high[field] as number;
    return double[0] as number;
  }

  /** Writes the first value of a field, whole. */
  writeFirst(out: BitWriter, field: number, value: number): void {
    double[0] = value;
    this.writeFirstWords(out, field, words[1] as number, words[0] as number);
  }

  writeFirstWords(out: BitWriter, field: number, high: number, low: number): void {
    this.high[field] = high;
    this.low[field] = low;
    out.word64(high, low);
  }

  write(out: BitWriter, field: number, value: number): void {
    double[0] = value;
    this.writeWords(out, field, words[1] as number, words[0] as number);
  }

  writeWords(out: BitWriter, field: number, high: number, low: number): void {
    const xorHigh = (high ^ (this.high[field] as number)) >>> 0;
    const xorLow = (low ^ (this.low[field] as number)) >>> 0;
    this.high[field] = high;
    this.low[field] = low;
    if (xorHigh === 0 && xorLow === 0) {
      out.bits(0, 1);
      return;
    }
    const leading = Math.min(31, xorHigh === 0 ? 32 + Math.clz32(xorLow) : Math.clz32(xorHigh));
    const trailing = xorLow === 0 ? 32 + trailingZeros(xorHigh) : trailingZeros(xorLow);
    const known = this.#leading[field] as number;
    if (known !== noWindow && leading >= known && trailing >= (this.#trailing[field] as number)) {
      out.bits(0b10, 2);
    } else {
      this.#leading[field] = leading;
      this.#trailing[field] = trailing;
      out.bits(0b11, 2);
      out.bits(leading, 5);
      // 64 does not fit in six bits; 0 cannot occur and stands for it.
      out.bits((64 - leading - trailing) & 63, 6);
    }
    this.#writeWindow(out, field, xorHigh, xorLow);
  }

  readFirst(from: BitReader, field: number): number {
    this.high[field] = from.bits(32);
    this.low[field] = from.bits(32);
    return this.value(field);
  }

  read(from: BitReader, field: number): number {
    if (from.bits(1) === 1) {
      if (from.bits(1) === 1) {
        const leading = from.bits(5);
        const trailing = 64 - leading - (from.bits(6) || 64);
        if (trailing < 0) throw new DamageError('a value has more than 64 bits');
        this.#leading[field] = leading;
        this.#trailing[field] = trailing;
      } else if (this.#leading[field] === noWindow) throw new DamageError('a value has no window');
      this.#readWindow(from, field);
    }
    return this.value(field);
  }

  #writeWindow(out: BitWriter, field: number, xorHigh: number, xorLow: number): void {
    const trailing = this.#trailing[field] as number;
    const size = 64 - (this.#leading[field] as number) - trailing;
    let high = xorHigh;
    let low = xorLow;
    if (trailing >= 32) {
      low = xorHigh >>> (trailing - 32);
      high = 0;
    } else if (trailing > 0) {
      low = (xorLow >>> trailing) | (xorHigh << (32 - trailing));
      high = xorHigh >>> trailing;
    }
    if (size > 32) {
      out.bits(high, size - 32);
      out.bits(low, 32);
    } else out.bits(low, size);
  }

  #readWindow(from: BitReader, field: number): void {
    const trailing = this.#trailing[field] as number;
    const size = 64 - (this.#leading[field] as number) - trailing;
    const high = size > 32 ? from.bits(size - 32) : 0;
    const low = from.bits(Math.min(size, 32));
    let xorHigh = high;
    let xorLow = low;
    if (trailing >= 32) {
      xorHigh = low << (trailing - 32);
      xorLow = 0;
    } else if (trailing > 0) {
      xorHigh = (high << trailing) | (low >>> (32 - trailing));
      xorLow = low << trailing;
    }
    this.high[field] = (this.high[field] as number) ^ xorHigh;
    this.low[field] = (this.low[field] as number) ^ xorLow;
  }
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
