import type { Labels } from '../model/labels.ts';

/**
 * The records of the write-ahead log that we write: numbers are big-endian, counts base 128, differences zigzag.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/wal.md
 */
export const recordTypes = { series: 1, samples: 2 } as const;

/** Builds one record at a time in memory that is used again. */
export class RecordBuilder {
  #bytes = Buffer.allocUnsafe(1 << 16);
  #end = 0;
  #baseRef = 0;
  #baseMs = 0;

  get isEmpty(): boolean {
    return this.#end === 0;
  }

  get length(): number {
    return this.#end;
  }

  clear(): void {
    this.#end = 0;
  }

  /** Valid until the next change. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  addSeries(ref: number, labels: Labels): void {
    if (this.#end === 0) this.#byte(recordTypes.series);
    this.#word64(Math.floor(ref / 0x1_0000_0000), ref);
    const names = Object.keys(labels)
      .filter((name) => labels[name] !== '')
      .sort(byBytes);
    this.#unsigned(names.length);
    for (const name of names) {
      this.#text(name);
      this.#text(labels[name] ?? '');
    }
  }

  addSample(ref: number, atMs: number, high: number, low: number): void {
    if (this.#end === 0) {
      this.#byte(recordTypes.samples);
      this.#baseRef = ref;
      this.#baseMs = atMs;
      this.#word64(Math.floor(ref / 0x1_0000_0000), ref);
      this.#word64(Math.floor(atMs / 0x1_0000_0000), atMs);
    }
    this.#signed(ref - this.#baseRef);
    this.#signed(atMs - this.#baseMs);
    this.#word64(high, low);
  }

  #word64(high: number, low: number): void {
    this.#reserve(8);
    // Stored modulo 2^32; a double above that would not convert by itself.
    this.#bytes.writeUInt32BE(high >>> 0, this.#end);
    this.#bytes.writeUInt32BE(modulo32(low), this.#end + 4);
    this.#end += 8;
  }

  #signed(value: number): void {
    this.#unsigned(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  #unsigned(value: number): void {
    this.#reserve(10);
    let left = value;
    while (left >= 0x80) {
      this.#bytes[this.#end++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#bytes[this.#end++] = left;
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#unsigned(length);
    this.#reserve(length);
    this.#end += this.#bytes.write(text, this.#end);
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = value;
  }

  #reserve(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + more));
    this.#bytes.copy(wider, 0, 0, this.#end);
    this.#bytes = wider;
  }
}

/** What a reader of the log does with the records. */
export interface RecordVisitor {
  series(ref: number, labels: Labels): void;
  /** The value as the high and low words of its double. */
  sample(ref: number, atMs: number, high: number, low: number): void;
  /** A record of another type, which we do not keep. */
  other(type: number): void;
}

/** Reads one record. @throws {RangeError} when it ends too early. */
export function readRecord(record: Buffer, visitor: RecordVisitor): void {
  const reader = new RecordReader(record);
  const type = reader.byte();
  if (type === recordTypes.series) {
    while (reader.hasMore) {
      const ref = reader.word64();
      const labels: Record<string, string> = {};
      for (let left = reader.unsigned(); left > 0; left--) {
        const name = reader.text();
        labels[name] = reader.text();
      }
      visitor.series(ref, labels);
    }
  } else if (type === recordTypes.samples) {
    if (!reader.hasMore) return;
    const baseRef = reader.word64();
    const baseMs = reader.word64();
    while (reader.hasMore) {
      const ref = baseRef + reader.signed();
      const atMs = baseMs + reader.signed();
      const high = reader.word32();
      visitor.sample(ref, atMs, high, reader.word32());
    }
  } else visitor.other(type);
}

class RecordReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  word32(): number {
    const word = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return word;
  }

  /** Exact to 2^53. */
  word64(): number {
    const high = this.word32() | 0;
    return high * 0x1_0000_0000 + this.word32();
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const zigzag = this.unsigned();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  text(): string {
    const length = this.unsigned();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('a text reaches past the end of its record');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }
}

function modulo32(value: number): number {
  return value - Math.floor(value / 0x1_0000_0000) * 0x1_0000_0000;
}

/** Go compares strings by their UTF-8 bytes; JavaScript's order differs beyond the basic plane only. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
