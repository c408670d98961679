import type { FloatHistogram, MixedSamples } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import { setStaleAt } from '../model/sample.ts';
import { encodings } from './block/format.ts';
import type { Interval } from './block/tombstones.ts';
import { DamageError } from './damage.ts';
import { readHistogramChunk } from './histogram/histogram-chunk.ts';
import { decodeXor, sampleCount } from './xor-chunk.ts';

/**
 * Collects the samples of one series from chunks, best given in order of time, and makes one run of them: sorted, each time once,
 * cut to what is wanted, without what was deleted. Its arrays are used again for the next series.
 */
export class SampleSink {
  timesMs = new Float64Array(1024);
  values = new Float64Array(1024);
  #words = new Uint32Array(this.values.buffer);
  /** As long as the samples from the first histogram on; undefined while there are only floats. */
  #histograms: (FloatHistogram | undefined)[] | undefined;
  #length = 0;
  #isSorted = true;

  /** Samples so far. */
  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
    this.#isSorted = true;
    this.#histograms = undefined;
  }

  /** Adds the chunk in `bytes[from … to)`. @throws {DamageError} */
  addChunk(encoding: number, bytes: Uint8Array, from: number, to: number): void {
    const start = this.#length;
    if (encoding === encodings.xor) {
      if (to - from < 2) throw new DamageError('a chunk is too short');
      this.#reserve(sampleCount(bytes, from));
      this.#length += decodeXor(bytes, from, to, { timesMs: this.timesMs, words: this.#words }, start);
    } else if (encoding === encodings.histogram || encoding === encodings.floatHistogram) {
      this.#addHistograms(bytes, from, to, encoding === encodings.floatHistogram);
    } else throw new DamageError(`there is no chunk encoding ${encoding}`);
    this.#checkOrder(start);
  }

  /** Adds floats, in order of time. */
  addFloats(timesMs: Float64Array, values: Float64Array, length: number): void {
    const start = this.#length;
    this.#reserve(length);
    this.timesMs.set(timesMs.subarray(0, length), start);
    // Bits of NaNs stay, as arrays are copied as they are.
    this.values.set(values.subarray(0, length), start);
    this.#length += length;
    this.#checkOrder(start);
  }

  /** Adds what another sink finished. */
  addSamples({ timesMs, values, histograms }: MixedSamples): void {
    const before = this.#length;
    this.addFloats(timesMs, values, timesMs.length);
    if (histograms === undefined) return;
    this.#histograms ??= [];
    while (this.#histograms.length < before) this.#histograms.push(undefined);
    for (const one of histograms) this.#histograms.push(one);
  }

  /** Sorts, drops doubles and what is deleted or outside of `fromMs ≤ t ≤ toMs`. Returns what is left, in arrays of this sink. */
  finish(
    labels: Labels,
    fromMs: number,
    toMs: number,
    deleted: readonly Interval[],
  ): MixedSamples | undefined {
    if (!this.#isSorted) this.#sort();
    let first = 0;
    let end = this.#length;
    const { timesMs } = this;
    while (first < end && (timesMs[first] as number) < fromMs) first++;
    while (end > first && (timesMs[end - 1] as number) > toMs) end--;
    if (deleted.length > 0) end = this.#dropDeleted(first, end, deleted);
    if (first === end) return undefined;
    const samples = {
      labels,
      timesMs: timesMs.subarray(first, end),
      values: this.values.subarray(first, end),
    };
    const histograms = this.#histograms?.slice(first, end);
    if (histograms === undefined || histograms.every((one) => one === undefined)) return samples;
    while (histograms.length < end - first) histograms.push(undefined);
    return { ...samples, histograms };
  }

  #addHistograms(bytes: Uint8Array, from: number, to: number, isFloat: boolean): void {
    const { timesMs, values } = readHistogramChunk(bytes, from, to, isFloat);
    this.#reserve(timesMs.length);
    this.#histograms ??= [];
    while (this.#histograms.length < this.#length) this.#histograms.push(undefined);
    for (const [i, value] of values.entries()) {
      const at = this.#length++;
      this.timesMs[at] = timesMs[i] as number;
      if (value === 'stale') {
        setStaleAt(this.values, at);
        this.#histograms.push(undefined);
      } else {
        this.values[at] = 0;
        this.#histograms.push(value);
      }
    }
  }

  #checkOrder(start: number): void {
    if (start === 0 || start === this.#length) return;
    if ((this.timesMs[start] as number) <= (this.timesMs[start - 1] as number)) this.#isSorted = false;
  }

  /** Of samples at the same time the one that was added first stays. */
  #sort(): void {
    const length = this.#length;
    const { timesMs } = this;
    const order = new Uint32Array(length);
    for (let i = 0; i < length; i++) order[i] = i;
    order.sort((a, b) => (timesMs[a] as number) - (timesMs[b] as number) || a - b);
    const sortedMs = new Float64Array(length);
    const sorted = new Uint32Array(length * 2);
    const histograms = this.#histograms;
    const sortedHistograms: (FloatHistogram | undefined)[] = [];
    let count = 0;
    for (const i of order) {
      const atMs = timesMs[i] as number;
      if (count > 0 && sortedMs[count - 1] === atMs) continue;
      sortedMs[count] = atMs;
      sorted[count * 2] = this.#words[i * 2] as number;
      sorted[count * 2 + 1] = this.#words[i * 2 + 1] as number;
      // What a chunk knew of resets is not so among samples of other chunks.
      if (histograms !== undefined) sortedHistograms.push(unsure(histograms[i]));
      count++;
    }
    this.timesMs.set(sortedMs.subarray(0, count));
    this.#words.set(sorted.subarray(0, count * 2));
    if (histograms !== undefined) this.#histograms = sortedHistograms;
    this.#length = count;
    this.#isSorted = true;
  }

  #dropDeleted(first: number, end: number, deleted: readonly Interval[]): number {
    let kept = first;
    let next = 0;
    const histograms = this.#histograms;
    for (let i = first; i < end; i++) {
      const atMs = this.timesMs[i] as number;
      while (next < deleted.length && (deleted[next] as Interval).maxMs < atMs) next++;
      const interval = deleted[next];
      if (interval !== undefined && atMs >= interval.minMs) continue;
      this.timesMs[kept] = atMs;
      this.#words[kept * 2] = this.#words[i * 2] as number;
      this.#words[kept * 2 + 1] = this.#words[i * 2 + 1] as number;
      if (histograms !== undefined) histograms[kept] = kept === i ? histograms[i] : unsure(histograms[i]);
      kept++;
    }
    return kept;
  }

  #reserve(more: number): void {
    const length = this.#length + more;
    if (length <= this.timesMs.length) return;
    const size = Math.max(length, this.timesMs.length * 2);
    const timesMs = new Float64Array(size);
    timesMs.set(this.timesMs.subarray(0, this.#length));
    const values = new Float64Array(size);
    values.set(this.values.subarray(0, this.#length));
    this.timesMs = timesMs;
    this.values = values;
    this.#words = new Uint32Array(values.buffer);
  }
}

function unsure(histogram: FloatHistogram | undefined): FloatHistogram | undefined {
  if (histogram === undefined || histogram.counterReset === 'gauge') return histogram;
  return { ...histogram, counterReset: 'unknown' };
}
