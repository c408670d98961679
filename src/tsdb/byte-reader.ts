import { DamageError } from './damage.ts';

const twoTo32 = 0x1_0000_0000;

/** Reads what {@link ByteWriter} wrote, never beyond `end`. @throws {DamageError} from every method when there is too little. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  /** Of the next byte. */
  at: number;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = from;
    this.#end = Math.min(end, bytes.length);
  }

  get hasMore(): boolean {
    return this.at < this.#end;
  }

  get left(): number {
    return this.#end - this.at;
  }

  byte(): number {
    this.#need(1);
    return this.#bytes[this.at++] as number;
  }

  word32(): number {
    this.#need(4);
    const b = this.#bytes;
    const at = this.at;
    this.at = at + 4;
    return (
      (((b[at] as number) << 24) |
        ((b[at + 1] as number) << 16) |
        ((b[at + 2] as number) << 8) |
        (b[at + 3] as number)) >>>
      0
    );
  }

  /** Signed; exact to 2^53. */
  word64(): number {
    const high = this.word32() | 0;
    return high * twoTo32 + this.word32();
  }

  double(): number {
    this.#need(8);
    const value = this.#bytes.readDoubleBE(this.at);
    this.at += 8;
    return value;
  }

  unsigned(): number {
    let value = 0;
    // Up to four groups fit in 32 bits; larger numbers are rare.
    for (let shift = 0; shift < 28; shift += 7) {
      if (this.at >= this.#end) throw new DamageError('the data ends too early');
      const byte = this.#bytes[this.at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    for (let scale = 2 ** 28; scale <= 2 ** 63; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new DamageError('a number is too long');
  }

  signed(): number {
    const zigzag = this.unsigned();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  text(): string {
    const length = this.unsigned();
    this.#need(length);
    const text = this.#bytes.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }

  /** Passes over a text. */
  skipText(): void {
    this.skip(this.unsigned());
  }

  skip(length: number): void {
    this.#need(length);
    this.at += length;
  }

  raw(length: number): Buffer {
    this.#need(length);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  #need(length: number): void {
    if (this.at + length > this.#end) throw new DamageError('the data ends too early');
  }
}
