import { timestampText, valueText } from './json-numbers.ts';
import { writePadded, writeShortest, writeWhole } from './shortest-digits.ts';

const firstBytes = 8 * 1024;
const mostBytes = 128 * 1024;
/** Points that are written between two looks at the room that is left. */
const mostAtOnce = 256;
/** No point is longer: two numbers with sign, 17 digits, point and exponent, and what stands around them. */
const longestPoint = 80;

const comma = 44;
const quote = 34;
const openBracket = 91;
const closeBracket = 93;
const point = 46;
const mostSeconds = 2 ** 53;

/** Text as bytes in a buffer that is handed on when it is full. Points of series are written byte by byte, without strings between. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #at = 0;

  /** Whether it is time to {@link take}. */
  get isFull(): boolean {
    return this.#at >= mostBytes - 4096;
  }

  /** What was written since the last time; the buffer is the caller's from then on. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#at);
    this.#bytes = Buffer.allocUnsafe(mostBytes);
    this.#at = 0;
    return taken;
  }

  text(text: string): void {
    // A character of UTF-16 is at most three bytes of UTF-8.
    const room = this.#bytes.length - this.#at;
    if (room < text.length * 3) this.#grow(text.length * 3);
    this.#at += this.#bytes.write(text, this.#at);
  }

  /**
   * Writes points `[1.5,"2"]` from index `from` on, as many as fit at a time.
   *
   * @param skip samples where this has something are left out
   * @param isFirst whether nothing was written of the list yet
   * @returns the index to go on from
   */
  points(
    timesMs: Float64Array,
    values: Float64Array,
    from: number,
    isFirst: boolean,
    skip?: readonly unknown[],
  ): number {
    const to = this.#reserve(from, timesMs.length);
    const bytes = this.#bytes;
    let at = this.#at;
    let needsComma = !isFirst;
    // Where the text of the value before is, which series that seldom change have again and again.
    let last = Number.NaN;
    let lastAt = 0;
    for (let i = from; i < to; i++) {
      if (skip !== undefined && skip[i] !== undefined) continue;
      if (needsComma) bytes[at++] = comma;
      needsComma = true;
      at = writeHead(timesMs[i] as number, bytes, at);
      const value = values[i] as number;
      const valueAt = at;
      at = value === last ? copyNumber(bytes, lastAt, at) : writeValue(value, bytes, at);
      lastAt = valueAt;
      // Zero has two texts.
      last = value === 0 ? Number.NaN : value;
      bytes[at] = quote;
      bytes[at + 1] = closeBracket;
      at += 2;
    }
    this.#at = at;
    return to;
  }

  /** Whether {@link take} is due before more points are written. */
  get isNearlyFull(): boolean {
    return this.#at > mostBytes - mostAtOnce * longestPoint;
  }

  /** Makes room. @returns up to where points fit, at least one more where there are any. */
  #reserve(from: number, end: number): number {
    const count = Math.min(end - from, mostAtOnce);
    this.#grow(count * longestPoint);
    return from + count;
  }

  #grow(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafe(Math.max(needed, Math.min(this.#bytes.length * 2, mostBytes)));
    this.#bytes.copy(bytes, 0, 0, this.#at);
    this.#bytes = bytes;
  }
}

/** `[1.500,"` */
function writeHead(atMs: number, bytes: Uint8Array, start: number): number {
  let at = start;
  bytes[at++] = openBracket;
  const seconds = Math.floor(atMs / 1000);
  const ms = atMs - seconds * 1000;
  if (seconds < 0 || seconds >= mostSeconds) at = writeText(timestampText(atMs), bytes, at);
  else {
    at = writeWhole(seconds, bytes, at);
    if (ms !== 0) {
      bytes[at] = point;
      at = writePadded(ms, 3, bytes, at + 1);
    }
  }
  bytes[at] = comma;
  bytes[at + 1] = quote;
  return at + 2;
}

function writeValue(value: number, bytes: Uint8Array, at: number): number {
  const end = writeShortest(value, bytes, at);
  return end < 0 ? writeText(valueText(value), bytes, at) : end;
}

/** Copies up to the quote. */
function copyNumber(bytes: Uint8Array, start: number, to: number): number {
  let at = to;
  for (let from = start; bytes[from] !== quote; from++) bytes[at++] = bytes[from] as number;
  return at;
}

function writeText(text: string, bytes: Uint8Array, start: number): number {
  for (let i = 0; i < text.length; i++) bytes[start + i] = text.charCodeAt(i);
  return start + text.length;
}
