import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import { isStaleAt, setStaleAt } from '../model/sample.ts';
import { storedReset } from '../promql/histogram/stored-reset.ts';
import type { SelectedSeries } from '../promql/queryable.ts';

/** Samples of one series, with room for more. */
export class GrowingSeries {
  readonly labels: Labels;
  #timesMs: Float64Array<ArrayBuffer> = new Float64Array(64);
  #values: Float64Array<ArrayBuffer> = new Float64Array(64);
  /** Histograms by index; empty for a series of floats. */
  #histograms: (FloatHistogram | undefined)[] = [];
  #length = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  add(atMs: number, value: number | 'stale' | FloatHistogram): void {
    // A rule may write what the input gave already; the first stands, as in the store.
    if (this.#length > 0 && atMs <= (this.#timesMs[this.#length - 1] ?? 0)) return;
    if (this.#length === this.#timesMs.length) {
      this.#timesMs = doubled(this.#timesMs);
      this.#values = doubled(this.#values);
    }
    this.#timesMs[this.#length] = atMs;
    if (value === 'stale') setStaleAt(this.#values, this.#length);
    else if (typeof value === 'object') {
      this.#histograms[this.#length] = storedReset(value, this.#histograms[this.#length - 1]);
    } else this.#values[this.#length] = value;
    this.#length++;
  }

  get length(): number {
    return this.#length;
  }

  /** Whether there is nothing in it, or its last sample says that it ended. */
  get hasEnded(): boolean {
    return this.#length === 0 || isStaleAt(this.#values, this.#length - 1);
  }

  /** Forgets samples before `atMs`. */
  forget(atMs: number): void {
    const from = this.#firstFrom(atMs);
    if (from === 0) return;
    this.#timesMs = this.#timesMs.slice(from);
    this.#values = this.#values.slice(from);
    if (this.#histograms.length > 0) this.#histograms = this.#histograms.slice(from);
    this.#length -= from;
  }

  between(fromMs: number, toMs: number): SelectedSeries | undefined {
    const from = this.#firstFrom(fromMs);
    const end = this.#firstFrom(toMs + 1);
    if (from >= end) return undefined;
    return {
      labels: this.labels,
      timesMs: this.#timesMs.subarray(from, end),
      values: this.#values.subarray(from, end),
      ...(this.#histograms.length === 0
        ? {}
        : { histograms: Array.from({ length: end - from }, (_, i) => this.#histograms[from + i]) }),
    };
  }

  /** Index of the first sample at `atMs` or later. */
  #firstFrom(atMs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timesMs[middle] ?? 0) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function doubled(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(Math.max(64, array.length * 2));
  // Words, as a copy of doubles may change the bits of a staleness marker.
  new Uint32Array(wider.buffer).set(new Uint32Array(array.buffer));
  return wider;
}
