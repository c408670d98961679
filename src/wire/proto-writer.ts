const firstBytes = 4096;
const twoTo32 = 0x1_0000_0000;

/**
 * Writes protobuf into memory that is used again. A tag is a field's number and wire type in one, as it stands in the bytes:
 * `field << 3 | wire type`.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoWriter {
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #at = 0;

  get length(): number {
    return this.#at;
  }

  clear(): void {
    this.#at = 0;
  }

  /** What was written; valid until more is. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  uint32(tag: number, value: number): void {
    this.#room(10);
    this.#small(tag);
    this.#varint(value);
  }

  /** A whole number from −(2 ** 53) on; those below 0 take ten bytes. */
  int64(tag: number, value: number): void {
    this.#room(15);
    this.#small(tag);
    if (value >= 0) this.#varint(value);
    else this.#negative(value);
  }

  sint64(tag: number, value: number): void {
    this.#room(15);
    this.#small(tag);
    this.zigzag(value);
  }

  /** A number of a packed list, or of a field whose tag was written. */
  zigzag(value: number): void {
    this.#room(10);
    this.#varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  /** A number of a packed list. */
  plain(value: number): void {
    this.#room(10);
    this.#varint(value);
  }

  double(tag: number, value: number): void {
    this.#room(13);
    this.#small(tag);
    this.rawDouble(value);
  }

  /** A double of a packed list. */
  rawDouble(value: number): void {
    this.#room(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** A double by its bits, as those of a NaN matter. */
  doubleBits(tag: number, high: number, low: number): void {
    this.#room(13);
    this.#small(tag);
    const at = this.#at;
    this.#bytes.writeUInt32LE(low, at);
    this.#bytes.writeUInt32LE(high, at + 4);
    this.#at = at + 8;
  }

  text(tag: number, text: string): void {
    // A character of UTF-16 is at most three bytes of UTF-8.
    this.#room(10 + text.length * 3);
    this.#small(tag);
    const start = this.#at + 1;
    const length = this.#bytes.write(text, start);
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      this.#at = start + length;
      return;
    }
    const size = sizeOf(length);
    this.#bytes.copyWithin(start - 1 + size, start, start + length);
    this.#varint(length);
    this.#at += length;
  }

  raw(tag: number, bytes: Uint8Array): void {
    this.#room(10 + bytes.length);
    this.#small(tag);
    this.#varint(bytes.length);
    this.append(bytes);
  }

  /** Bytes as they are: fields that were written elsewhere. */
  append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Begins a message (or packed list) in this one; {@link end} takes what this gives. */
  begin(tag: number): number {
    this.#room(10);
    this.#small(tag);
    this.#at++;
    return this.#at;
  }

  end(start: number): void {
    const length = this.#at - start;
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      return;
    }
    const size = sizeOf(length);
    this.#room(size);
    this.#bytes.copyWithin(start - 1 + size, start, this.#at);
    this.#at = start - 1;
    this.#varint(length);
    this.#at += length;
  }

  #small(tag: number): void {
    if (tag < 0x80) this.#bytes[this.#at++] = tag;
    else this.#varint(tag);
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let left = value;
    let at = this.#at;
    while (left >= twoTo32) {
      bytes[at++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    let rest = left >>> 0;
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#at = at;
  }

  /** Two's complement of 64 bits. */
  #negative(value: number): void {
    const low = value >>> 0;
    const high = Math.floor(value / twoTo32) >>> 0;
    const bytes = this.#bytes;
    let at = this.#at;
    for (let shift = 0; shift < 28; shift += 7) bytes[at++] = ((low >>> shift) & 0x7f) | 0x80;
    bytes[at++] = (((low >>> 28) | (high << 4)) & 0x7f) | 0x80;
    for (let shift = 3; shift < 31; shift += 7) bytes[at++] = ((high >>> shift) & 0x7f) | 0x80;
    bytes[at++] = high >>> 31;
    this.#at = at;
  }

  #room(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

function sizeOf(length: number): number {
  let size = 1;
  for (let left = length; left >= 0x80; left >>>= 7) size++;
  return size;
}
