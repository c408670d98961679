import { DamageError } from './damage.ts';

const twoTo32 = 0x1_0000_0000;

/**
 * Sizes of the payloads of a number of varying length, by the number of leading one bits. Nothing but a zero bit stands for 0.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md (varbit_int, varbit_uint)
 */
const payloads = [0, 3, 6, 9, 12, 18, 25, 56, 64] as const;
const longest = payloads.length - 1;

/** Appends bits to memory that grows. */
export class BitWriter {
  #bytes: Uint8Array;
  #bit = 0;

  constructor(bytes = 256) {
    this.#bytes = new Uint8Array(bytes);
  }

  /** Bits written. */
  get length(): number {
    return this.#bit;
  }

  get byteLength(): number {
    return (this.#bit + 7) >>> 3;
  }

  /** Valid until the next write; the last byte is filled up with zeros. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.byteLength);
  }

  setByte(at: number, byte: number): void {
    this.#bytes[at] = byte;
  }

  /** The low `size` bits (at most 32) of `value`. */
  bits(value: number, size: number): void {
    if (((this.#bit + size + 7) >>> 3) + 1 > this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    const word = value | 0;
    let bit = this.#bit;
    let left = size;
    while (left > 0) {
      const free = 8 - (bit & 7);
      const take = Math.min(free, left);
      const part = (word >>> (left - take)) & ((1 << take) - 1);
      bytes[bit >>> 3] = (bytes[bit >>> 3] as number) | (part << (free - take));
      bit += take;
      left -= take;
    }
    this.#bit = bit;
  }

  word64(high: number, low: number): void {
    this.bits(high, 32);
    this.bits(low, 32);
  }

  /** A whole number of either sign, in 1 to 72 bits. */
  varbitInt(value: number): void {
    for (let ones = 0; ; ones++) {
      const size = payloads[ones] as number;
      if (ones < longest && !fitsSigned(value, size)) continue;
      this.#payload(value, ones, size);
      return;
    }
  }

  /** A whole number that is not negative, in 1 to 72 bits. */
  varbitUint(value: number): void {
    for (let ones = 0; ; ones++) {
      const size = payloads[ones] as number;
      if (ones < longest && value >= 2 ** size) continue;
      this.#payload(value, ones, size);
      return;
    }
  }

  #payload(value: number, ones: number, size: number): void {
    if (ones === longest) this.bits(0xff, 8);
    else this.bits(((1 << ones) - 1) << 1, ones + 1);
    if (size > 32) {
      this.bits(Math.floor(value / twoTo32) | 0, size - 32);
      this.bits(low32(value), 32);
    } else this.bits(value, size);
  }

  #grow(): void {
    const wider = new Uint8Array(this.#bytes.length * 2);
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

/** Half of the range and one more is positive: −3 … 4 in three bits. */
function fitsSigned(value: number, size: number): boolean {
  if (size === 0) return value === 0;
  const half = 2 ** (size - 1);
  return value > -half && value <= half;
}

/** The low 32 bits in two's complement, also of numbers beyond 32 bits. */
function low32(value: number): number {
  return (value - Math.floor(value / twoTo32) * twoTo32) | 0;
}

/** Reads what {@link BitWriter} wrote, and never beyond the end. @throws {DamageError} from every method when there is too little. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #bit: number;

  /** Reads `bytes[from … to)`. */
  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#bit = from * 8;
    this.#end = to * 8;
  }

  /** At most 32 bits, as a number that is not negative. */
  bits(size: number): number {
    if (this.#bit + size > this.#end) throw new DamageError('the data ends too early');
    let value = 0;
    let left = size;
    while (left > 0) {
      const free = 8 - (this.#bit & 7);
      const take = Math.min(free, left);
      const part = ((this.#bytes[this.#bit >>> 3] as number) >>> (free - take)) & ((1 << take) - 1);
      value = (value << take) | part;
      this.#bit += take;
      left -= take;
    }
    return value >>> 0;
  }

  varbitInt(): number {
    const size = this.#payloadSize();
    if (size === 0) return 0;
    if (size > 32) {
      // The sign comes first: as a whole the number would be too large for a double.
      const high = this.bits(size - 32);
      const sign = high >= 2 ** (size - 33) ? 2 ** (size - 32) : 0;
      return (high - sign) * twoTo32 + this.bits(32);
    }
    const bits = this.bits(size);
    return bits > 2 ** (size - 1) ? bits - 2 ** size : bits;
  }

  varbitUint(): number {
    const size = this.#payloadSize();
    return size > 32 ? this.bits(size - 32) * twoTo32 + this.bits(32) : this.bits(size);
  }

  #payloadSize(): number {
    let ones = 0;
    while (ones < longest && this.bits(1) === 1) ones++;
    return payloads[ones] as number;
  }
}
