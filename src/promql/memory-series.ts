import { compileMatcher } from '../kit/compile-matcher.ts';
import type { FloatHistogram, MixedSamples } from '../model/float-histogram.ts';
import { type Labels, labelsKey } from '../model/labels.ts';
import { setStaleAt } from '../model/sample.ts';
import { storedReset } from './histogram/stored-reset.ts';
import type { Queryable, Selection } from './queryable.ts';

/** One sample for a series. */
export interface MemoryReading {
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number | 'stale' | FloatHistogram;
}

/** Series in memory, at any time that their owner likes: for unit tests of rules, back-tests and the engine's own tests. */
export class MemorySeries implements Queryable {
  readonly #series: GrowingSeries[];
  /** Made when something is appended. */
  #byKey: Map<string, GrowingSeries> | undefined;

  /** Each series' samples are oldest first; their arrays are not written. */
  constructor(series: readonly MixedSamples[] = []) {
    this.#series = series.map((samples) => new GrowingSeries(samples));
  }

  /** What is not newer than the last sample of its series is passed over. */
  append(batch: readonly MemoryReading[]): void {
    this.#byKey ??= new Map(this.#series.map((series) => [labelsKey(series.labels), series]));
    for (const { labels, atMs, value } of batch) {
      const key = labelsKey(labels);
      let series = this.#byKey.get(key);
      if (series === undefined) {
        series = new GrowingSeries({ labels, timesMs: new Float64Array(0), values: new Float64Array(0) });
        this.#byKey.set(key, series);
        this.#series.push(series);
      }
      series.add(atMs, value);
    }
  }

  *select({ matchers, fromMs, toMs }: Selection): Generator<MixedSamples> {
    const tests = matchers.map((matcher) => ({ name: matcher.name, matches: compileMatcher(matcher) }));
    for (const series of this.#series) {
      if (!tests.every(({ name, matches }) => matches(series.labels[name] ?? ''))) continue;
      const samples = series.between(fromMs, toMs);
      if (samples !== undefined) yield samples;
    }
  }
}

/** Samples of one series, with room for more. */
class GrowingSeries {
  readonly labels: Labels;
  #timesMs: Float64Array;
  #values: Float64Array;
  /** By index, where there are any. */
  #histograms: (FloatHistogram | undefined)[] | undefined;
  #length: number;

  constructor({ labels, timesMs, values, histograms }: MixedSamples) {
    this.labels = labels;
    this.#timesMs = timesMs;
    this.#values = values;
    this.#histograms = histograms?.slice();
    this.#length = timesMs.length;
  }

  add(atMs: number, value: MemoryReading['value']): void {
    // A rule may write what the input gave already; the first stands, as in the store.
    if (this.#length > 0 && atMs <= (this.#timesMs[this.#length - 1] ?? 0)) return;
    if (this.#length === this.#timesMs.length) {
      this.#timesMs = withRoom(this.#timesMs);
      this.#values = withRoom(this.#values);
    }
    this.#timesMs[this.#length] = atMs;
    if (value === 'stale') setStaleAt(this.#values, this.#length);
    else if (typeof value === 'object') {
      this.#histograms ??= [];
      this.#histograms[this.#length] = storedReset(value, this.#histograms[this.#length - 1]);
    } else this.#values[this.#length] = value;
    this.#length++;
  }

  between(fromMs: number, toMs: number): MixedSamples | undefined {
    const from = this.#firstFrom(fromMs);
    const end = this.#firstFrom(toMs + 1);
    if (from >= end) return undefined;
    const histograms = this.#histograms;
    return {
      labels: this.labels,
      timesMs: this.#timesMs.subarray(from, end),
      values: this.#values.subarray(from, end),
      ...(histograms === undefined
        ? {}
        : { histograms: Array.from({ length: end - from }, (_, i) => histograms[from + i]) }),
    };
  }

  /** Index of the first sample at `atMs` or later. */
  #firstFrom(atMs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timesMs[middle] as number) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function withRoom(array: Float64Array): Float64Array {
  const wider = new Float64Array(Math.max(64, array.length * 2));
  // Words, as a copy of doubles may change the bits of a staleness marker.
  new Uint32Array(wider.buffer).set(
    new Uint32Array(array.buffer as ArrayBuffer, array.byteOffset, array.length * 2),
  );
  return wider;
}
