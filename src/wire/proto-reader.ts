import { BadInputError } from '../kit/app-error.ts';

const twoTo32 = 0x1_0000_0000;
const decoder = new TextDecoder();

/** How a field's value is laid out. Source: https://protobuf.dev/programming-guides/encoding/#structure */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Reads protobuf, field by field, within the bounds that it was given: a message in a message is read by moving them, so that nothing
 * is copied.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 * @throws {BadInputError} from every method, when the bytes are no such message.
 */
export class ProtoReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** Of the next byte. */
  at: number;
  /** Of the first byte that is not to be read. */
  end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  get hasMore(): boolean {
    return this.at < this.end;
  }

  /** Field number and wire type: `tag >>> 3` and `tag & 7`. */
  tag(): number {
    const tag = this.uint32();
    if (tag >>> 3 === 0) throw bad('a field has the number 0');
    return tag;
  }

  uint32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    // Numbers of 64 bits may stand where 32 are wanted; the rest is cut off, as everybody does.
    for (let more = 0; more < 5; more++) if (this.#byte() < 0x80) return value >>> 0;
    throw bad('a number is longer than ten bytes');
  }

  int32(): number {
    return this.uint32() | 0;
  }

  sint32(): number {
    const zigzag = this.uint32();
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  /** Beyond 2 ** 53 the nearest number there is. */
  uint64(): number {
    const low = this.#low();
    return this.#high * twoTo32 + low;
  }

  int64(): number {
    const low = this.#low();
    return (this.#high | 0) * twoTo32 + low;
  }

  sint64(): number {
    const low = this.#low();
    const high = this.#high;
    const half = (high >>> 1) * twoTo32 + (((low >>> 1) | (high << 31)) >>> 0);
    return (low & 1) === 0 ? half : -half - 1;
  }

  bool(): boolean {
    return this.uint64() !== 0;
  }

  double(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  /** The bits of a double, low half; {@link high} is the other. */
  doubleLow(): number {
    this.#need(8);
    const low = this.#view.getUint32(this.at, true);
    this.#high = this.#view.getUint32(this.at + 4, true);
    this.at += 8;
    return low;
  }

  get high(): number {
    return this.#high;
  }

  /** Unsigned; beyond 2 ** 53 the nearest number there is. */
  fixed64(): number {
    const low = this.doubleLow();
    return this.#high * twoTo32 + low;
  }

  sfixed64(): number {
    const low = this.doubleLow();
    return (this.#high | 0) * twoTo32 + low;
  }

  fixed32(): number {
    this.#need(4);
    const value = this.#view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  float(): number {
    this.#need(4);
    const value = this.#view.getFloat32(this.at, true);
    this.at += 4;
    return value;
  }

  /** Reads the length of what follows; returns where it ends. */
  span(): number {
    const length = this.uint32();
    this.#need(length);
    return this.at + length;
  }

  text(): string {
    const end = this.span();
    const text = textOf(this.bytes, this.at, end);
    this.at = end;
    return text;
  }

  /** Not a copy. */
  raw(): Uint8Array {
    const end = this.span();
    const found = this.bytes.subarray(this.at, end);
    this.at = end;
    return found;
  }

  /** Reads a message in this one: `read` is called for each of its fields and says whether it took the value. */
  message(read: (field: number, wire: number) => boolean): void {
    const outer = this.end;
    this.end = this.span();
    this.fields(read);
    this.end = outer;
  }

  /** Reads up to the end: `read` is called for each field and says whether it took the value; others are passed over. */
  fields(read: (field: number, wire: number) => boolean): void {
    while (this.at < this.end) this.field(read);
    if (this.at !== this.end) throw bad('a field goes beyond the end of its message');
  }

  /** The next field alone. */
  field(read: (field: number, wire: number) => boolean): void {
    const tag = this.tag();
    if (!read(tag >>> 3, tag & 7)) this.skip(tag & 7);
  }

  /** Repeated numbers, packed or one by one. */
  numbers(wire: number, one: () => number, to: number[], most: number): void {
    if (wire !== wireTypes.bytes) {
      to.push(one());
    } else {
      const outer = this.end;
      this.end = this.span();
      while (this.at < this.end) {
        if (to.length >= most) throw bad(`a list has more than ${most} numbers`);
        to.push(one());
      }
      this.end = outer;
    }
    if (to.length > most) throw bad(`a list has more than ${most} numbers`);
  }

  skip(wire: number): void {
    switch (wire) {
      case wireTypes.varint:
        this.uint64();
        return;
      case wireTypes.fixed64:
        this.#need(8);
        this.at += 8;
        return;
      case wireTypes.bytes:
        this.at = this.span();
        return;
      case wireTypes.fixed32:
        this.#need(4);
        this.at += 4;
        return;
      default:
        throw bad(`a field has the wire type ${wire}`);
    }
  }

  #high = 0;

  #low(): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.#high = 0;
        return low;
      }
    }
    const middle = this.#byte();
    low = (low | ((middle & 0x7f) << 28)) >>> 0;
    let high = (middle & 0x7f) >>> 4;
    for (let shift = 3, byte = middle; byte >= 0x80; shift += 7) {
      if (shift > 31) throw bad('a number is longer than ten bytes');
      byte = this.#byte();
      high |= (byte & 0x7f) << shift;
    }
    this.#high = high >>> 0;
    return low;
  }

  #byte(): number {
    if (this.at >= this.end) throw bad('the message ends too early');
    return this.bytes[this.at++] as number;
  }

  #need(length: number): void {
    if (length > this.end - this.at) throw bad('the message ends too early');
  }
}

/** UTF-8, what is none of it replaced. Short texts of ASCII, as almost all are, take the quick way. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > 24) return decoder.decode(bytes.subarray(from, to));
  let text = '';
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(from, to));
    text += String.fromCharCode(byte);
  }
  return text;
}

export function bad(problem: string): BadInputError {
  return new BadInputError('', problem);
}
