import type { MixedSamples } from '../model/float-histogram.ts';
import type { Matcher } from '../model/matcher.ts';

/** Where the engine reads series; the store and tests provide it. */
export interface Queryable {
  /**
   * Series that match all matchers, each with its samples of `fromMs ≤ t ≤ toMs` (staleness markers included). Order is free.
   *
   * The engine has read a series' arrays before it asks this iterable for the next, so that one call may decode into the same
   * arrays again. They belong to the call: between two series, and while one is read, the engine may give way to other work,
   * which may select too, and append. Histograms are never written again.
   */
  select(selection: Selection): Iterable<SelectedSeries>;
}

export interface Selection {
  readonly matchers: readonly Matcher[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** A series as the engine reads it: floats and histograms, and the column of start times that only some stores have. */
export interface SelectedSeries extends MixedSamples {
  /** When the counter of each sample was created, Unix milliseconds; 0 where it is not known. As long as `timesMs`. */
  readonly startsMs?: Float64Array;
}
