import type { SampleSink } from './sample-sink.ts';

interface LateSeries {
  timesMs: Float64Array;
  values: Float64Array;
  words: Uint32Array;
  length: number;
}

/** Samples that came out of order, by series, sorted by time. They stay in memory until they are written to a block. */
export class LateSamples {
  readonly #series = new Map<number, LateSeries>();
  #samples = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;

  get samples(): number {
    return this.#samples;
  }

  get minMs(): number {
    return this.#minMs;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  has(slot: number): boolean {
    return this.#series.has(slot);
  }

  slots(): IterableIterator<number> {
    return this.#series.keys();
  }

  /** The bits of the value as two words. False when there is a sample at this time, which stays. */
  insert(slot: number, atMs: number, high: number, low: number): boolean {
    let series = this.#series.get(slot);
    if (series === undefined) {
      series = makeSeries(8);
      this.#series.set(slot, series);
    }
    if (series.length === series.timesMs.length) {
      const wider = makeSeries(series.length * 2);
      wider.timesMs.set(series.timesMs);
      wider.values.set(series.values);
      wider.length = series.length;
      series = wider;
      this.#series.set(slot, series);
    }
    const { timesMs, values, words, length } = series;
    let at = length;
    while (at > 0 && (timesMs[at - 1] as number) > atMs) at--;
    if (at > 0 && timesMs[at - 1] === atMs) return false;
    timesMs.copyWithin(at + 1, at, length);
    values.copyWithin(at + 1, at, length);
    timesMs[at] = atMs;
    words[at * 2] = low;
    words[at * 2 + 1] = high;
    series.length++;
    this.#samples++;
    if (atMs < this.#minMs) this.#minMs = atMs;
    if (atMs > this.#maxMs) this.#maxMs = atMs;
    return true;
  }

  hasSamples(slot: number, fromMs: number, toMs: number): boolean {
    const series = this.#series.get(slot);
    if (series === undefined) return false;
    const { timesMs, length } = series;
    return (timesMs[0] as number) <= toMs && (timesMs[length - 1] as number) >= fromMs;
  }

  /** Calls `visit` with every sample from a time on. */
  eachSince(fromMs: number, visit: (slot: number, atMs: number, high: number, low: number) => void): void {
    for (const [slot, { timesMs, words, length }] of this.#series) {
      for (let i = 0; i < length; i++) {
        const atMs = timesMs[i] as number;
        if (atMs >= fromMs) visit(slot, atMs, words[i * 2 + 1] as number, words[i * 2] as number);
      }
    }
  }

  read(slot: number, sink: SampleSink): void {
    const series = this.#series.get(slot);
    if (series !== undefined) sink.addFloats(series.timesMs, series.values, series.length);
  }
}

function makeSeries(capacity: number): LateSeries {
  const values = new Float64Array(capacity);
  return { timesMs: new Float64Array(capacity), values, words: new Uint32Array(values.buffer), length: 0 };
}
