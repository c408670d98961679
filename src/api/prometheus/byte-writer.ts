import { DigitWriter } from './digit-writer.ts';
import { timestampText } from './json-numbers.ts';

const firstBytes = 8 * 1024;
const mostBytes = 128 * 1024;
/** No point is longer: two numbers with sign, 17 digits, point and exponent, and what stands around them. */
const longestPoint = 80;

/** Values whose digits are made at once. */
const mostAtOnce = 1024;

const comma = 44;
const quote = 34;
const bracket = 93;

/** Text as bytes in a buffer that is handed on when it is full. Points of series are written byte by byte, without strings between. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #at = 0;
  readonly #digits = new DigitWriter();
  /** `[1.500,"` of each step, one after the other, and where each ends. */
  #heads: Uint8Array | undefined;
  #headEnds = new Uint32Array(0);
  #startMs = 0;
  #stepMs = 1;

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

  /** Times of points will mostly be `startMs + n * stepMs`. */
  useGrid(startMs: number, stepMs: number, steps: number): void {
    const heads = Array.from({ length: steps }, (_, step) => `[${timestampText(startMs + step * stepMs)},"`);
    this.#headEnds = new Uint32Array(steps);
    let end = 0;
    for (let step = 0; step < steps; step++) {
      end += (heads[step] as string).length;
      this.#headEnds[step] = end;
    }
    this.#heads = Buffer.from(heads.join(''), 'latin1');
    this.#startMs = startMs;
    this.#stepMs = stepMs;
  }

  /** Writes points `[1.5,"2"]` from index `from` up to `end` or until the buffer is full. @returns the index to go on from. */
  points(timesMs: Float64Array, values: Float64Array, from: number, end: number, isFirst: boolean): number {
    const to = this.#reserve(from, end);
    this.#digits.read(values, from, to);
    for (let i = from; i < to; i++) {
      if (i > from || !isFirst) this.#bytes[this.#at++] = comma;
      this.#point(timesMs[i] as number, values[i] as number);
    }
    return to;
  }

  /** As {@link points}, without those where there is a histogram. */
  pointsBeside(
    histograms: readonly unknown[],
    timesMs: Float64Array,
    values: Float64Array,
    from: number,
    isFirst: boolean,
  ): number {
    const to = this.#reserve(from, timesMs.length);
    let needsComma = !isFirst && histograms.indexOf(undefined) < from;
    for (let i = from; i < to; i++) {
      if (histograms[i] !== undefined) continue;
      if (needsComma) this.#bytes[this.#at++] = comma;
      needsComma = true;
      this.#digits.read(values, i, i + 1);
      this.#point(timesMs[i] as number, values[i] as number);
    }
    return to;
  }

  /** Makes room. @returns up to where points fit, at least one more where there are any. */
  #reserve(from: number, end: number): number {
    // A short series should not make a small buffer look full.
    if (this.#bytes.length < mostBytes) this.#grow(Math.min((end - from) * longestPoint, mostBytes));
    const room = Math.floor((this.#bytes.length - this.#at) / longestPoint);
    if (room === 0) this.#grow(longestPoint);
    return Math.min(end, from + Math.max(1, room), from + mostAtOnce);
  }

  #point(atMs: number, value: number): void {
    this.#head(atMs);
    this.#at = this.#digits.write(value, this.#bytes, this.#at);
    const bytes = this.#bytes;
    bytes[this.#at] = quote;
    bytes[this.#at + 1] = bracket;
    this.#at += 2;
  }

  #head(atMs: number): void {
    const step = (atMs - this.#startMs) / this.#stepMs;
    const heads = this.#heads;
    const end = this.#headEnds[step];
    if (heads === undefined || end === undefined) {
      this.#latin(`[${timestampText(atMs)},"`);
      return;
    }
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = step === 0 ? 0 : (this.#headEnds[step - 1] as number); i < end; i++)
      bytes[at++] = heads[i] as number;
    this.#at = at;
  }

  /** Of a short text the bytes are written sooner by hand. */
  #latin(text: string): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#at = at;
  }

  #grow(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafe(Math.max(needed, Math.min(this.#bytes.length * 2, mostBytes)));
    this.#bytes.copy(bytes, 0, 0, this.#at);
    this.#bytes = bytes;
  }
}
