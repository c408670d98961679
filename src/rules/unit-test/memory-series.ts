import { compileMatcher } from '../../kit/compile-matcher.ts';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import { setStaleAt } from '../../model/sample.ts';
import { storedReset } from '../../promql/histogram/stored-reset.ts';
import type { Queryable, SelectedSeries, Selection } from '../../promql/queryable.ts';

/** Samples of one series, with room for more. */
class GrowingSeries {
  readonly labels: Labels;
  #timesMs = new Float64Array(64);
  #values = new Float64Array(64);
  /** Histograms by index; empty for a series of floats. */
  readonly #histograms: (FloatHistogram | undefined)[] = [];
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

/** The series of one test: small, in memory, at any time that the test likes. */
export class MemorySeries implements Queryable {
  readonly #series = new Map<string, GrowingSeries>();

  append(
    batch: readonly {
      readonly labels: Labels;
      readonly atMs: number;
      readonly value: number | 'stale' | FloatHistogram;
    }[],
  ): void {
    for (const { labels, atMs, value } of batch) {
      const key = labelsKey(labels);
      let series = this.#series.get(key);
      if (series === undefined) {
        series = new GrowingSeries(labels);
        this.#series.set(key, series);
      }
      series.add(atMs, value);
    }
  }

  *select({ matchers, fromMs, toMs }: Selection): Generator<SelectedSeries> {
    const tests = matchers.map((matcher) => ({ name: matcher.name, accepts: compileMatcher(matcher) }));
    for (const series of this.#series.values()) {
      if (!tests.every(({ name, accepts }) => accepts(series.labels[name] ?? ''))) continue;
      const samples = series.between(fromMs, toMs);
      if (samples !== undefined) yield samples;
    }
  }
}

function doubled(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(array.length * 2);
  // Words, as a copy of doubles may change the bits of a staleness marker.
  new Uint32Array(wider.buffer).set(new Uint32Array(array.buffer));
  return wider;
}
