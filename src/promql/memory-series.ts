import { compileMatcher } from '../kit/compile-matcher.ts';
import type { MixedSamples } from '../model/float-histogram.ts';
import type { Queryable, Selection } from './queryable.ts';

/** Series that stand in memory as they are: for unit tests of rules, back-tests and the engine's own tests. */
export class MemorySeries implements Queryable {
  readonly #series: readonly MixedSamples[];

  /** Each series' samples are oldest first. */
  constructor(series: readonly MixedSamples[]) {
    this.#series = series;
  }

  *select({ matchers, fromMs, toMs }: Selection): Iterable<MixedSamples> {
    const tests = matchers.map((matcher) => ({ name: matcher.name, matches: compileMatcher(matcher) }));
    for (const { labels, timesMs, values, histograms } of this.#series) {
      if (!tests.every(({ name, matches }) => matches(labels[name] ?? ''))) continue;
      const from = firstAfter(timesMs, fromMs - 1);
      const to = firstAfter(timesMs, toMs);
      if (from >= to) continue;
      const samples = { labels, timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
      yield histograms === undefined ? samples : { ...samples, histograms: histograms.slice(from, to) };
    }
  }
}

/** Index of the first time above `ms`; times are in milliseconds, whole. */
function firstAfter(timesMs: Float64Array, ms: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] as number) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
