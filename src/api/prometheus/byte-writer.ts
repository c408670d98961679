import { timestampText, valueText } from './json-numbers.ts';

const firstBytes = 8 * 1024;
const mostBytes = 128 * 1024;
/** No point is longer: two numbers with sign, 17 digits, point and exponent, and what stands around them. */
const longestPoint = 80;

const zero = 48;
const comma = 44;
const quote = 34;
const bracket = 93;

/** Text as bytes in a buffer that is handed on when it is full. Points of series are written byte by byte, without strings between. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #at = 0;
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
    // A short series should not make a small buffer look full.
    if (this.#bytes.length < mostBytes) this.#grow(Math.min((end - from) * longestPoint, mostBytes));
    const most = this.#bytes.length - longestPoint;
    let i = from;
    for (; i < end && this.#at < most; i++) {
      if (i > from || !isFirst) this.#bytes[this.#at++] = comma;
      this.#point(timesMs[i] as number, values[i] as number);
    }
    return i;
  }

  /** As {@link points}, without those where there is a histogram. */
  pointsBeside(
    histograms: readonly unknown[],
    timesMs: Float64Array,
    values: Float64Array,
    from: number,
    isFirst: boolean,
  ): number {
    const end = timesMs.length;
    if (this.#bytes.length < mostBytes) this.#grow(Math.min((end - from) * longestPoint, mostBytes));
    const most = this.#bytes.length - longestPoint;
    let i = from;
    let needsComma = !isFirst && histograms.indexOf(undefined) < from;
    for (; i < end && this.#at < most; i++) {
      if (histograms[i] !== undefined) continue;
      if (needsComma) this.#bytes[this.#at++] = comma;
      needsComma = true;
      this.#point(timesMs[i] as number, values[i] as number);
    }
    return i;
  }

  #point(atMs: number, value: number): void {
    this.#head(atMs);
    this.#value(value);
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

  #value(value: number): void {
    const whole = value | 0;
    if (whole === value && whole >= 0 && !(whole === 0 && Object.is(value, -0))) this.#whole(whole);
    else this.#latin(valueText(value));
  }

  #whole(value: number): void {
    const bytes = this.#bytes;
    let digits = 1;
    for (let bound = 10; value >= bound && digits < 10; bound *= 10) digits++;
    let left = value;
    for (let at = this.#at + digits - 1; at >= this.#at; at--) {
      const tens = (left / 10) | 0;
      bytes[at] = zero + left - tens * 10;
      left = tens;
    }
    this.#at += digits;
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
