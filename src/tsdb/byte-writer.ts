const twoTo32 = 0x1_0000_0000;
/** Numbers of a smaller amount can be shifted by a bit. */
const maxShort = 2 ** 30;

/** Appends numbers and texts to memory that grows: big-endian words, and base 128 numbers as Go's `encoding/binary` writes them. */
export class ByteWriter {
  #bytes: Buffer;
  #end = 0;

  constructor(bytes = 1 << 12) {
    this.#bytes = Buffer.allocUnsafe(bytes);
  }

  get length(): number {
    return this.#end;
  }

  clear(): void {
    this.#end = 0;
  }

  /** Valid until the next change. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  /** What was written, to keep; the writer is empty afterwards. */
  take(): Buffer {
    const taken = this.bytes();
    this.#bytes = Buffer.allocUnsafe(this.#bytes.length);
    this.#end = 0;
    return taken;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = value;
  }

  word32(value: number): void {
    this.#reserve(4);
    this.#end = this.#bytes.writeUInt32BE(value >>> 0, this.#end);
  }

  /** A whole number that a double holds exactly, in two's complement. */
  word64(value: number): void {
    const high = Math.floor(value / twoTo32);
    this.words(high, value - high * twoTo32);
  }

  words(high: number, low: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    const at = this.#end;
    bytes[at] = high >>> 24;
    bytes[at + 1] = high >>> 16;
    bytes[at + 2] = high >>> 8;
    bytes[at + 3] = high;
    bytes[at + 4] = low >>> 24;
    bytes[at + 5] = low >>> 16;
    bytes[at + 6] = low >>> 8;
    bytes[at + 7] = low;
    this.#end = at + 8;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#end = this.#bytes.writeDoubleBE(value, this.#end);
  }

  unsigned(value: number): void {
    this.#reserve(10);
    let left = value;
    while (left >= twoTo32) {
      this.#bytes[this.#end++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    left >>>= 0;
    while (left >= 0x80) {
      this.#bytes[this.#end++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    this.#bytes[this.#end++] = left;
  }

  /** Zigzag: small numbers of either sign take few bytes. */
  signed(value: number): void {
    if (value < maxShort && value > -maxShort) {
      this.#reserve(5);
      let left = (value << 1) ^ (value >> 31);
      for (; left > 0x7f; left >>>= 7) this.#bytes[this.#end++] = left | 0x80;
      this.#bytes[this.#end++] = left;
    } else this.unsigned(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.unsigned(length);
    this.#reserve(length);
    this.#end += this.#bytes.write(text, this.#end);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  setWord32(at: number, value: number): void {
    this.#bytes.writeUInt32BE(value >>> 0, at);
  }

  #reserve(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + more));
    this.#bytes.copy(wider, 0, 0, this.#end);
    this.#bytes = wider;
  }
}
