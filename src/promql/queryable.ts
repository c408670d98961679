import type { Matcher } from '../model/matcher.ts';
import type { SeriesSamples } from '../model/sample.ts';

/** Where the engine reads series; the store and tests provide it. */
export interface Queryable {
  /**
   * Series that match all matchers, each with its samples of `fromMs ≤ t ≤ toMs` (staleness markers included). Order is free.
   * The engine has read a series' arrays before it asks for the next, so that a store may decode into the same ones again.
   */
  select(selection: Selection): Iterable<SelectedSeries>;
}

export interface Selection {
  readonly matchers: readonly Matcher[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** A series as the engine reads it: float samples, and the columns that only some stores have. */
export interface SelectedSeries extends SeriesSamples {
  /** When the counter of each sample was created, Unix milliseconds; 0 where it is not known. As long as `timesMs`. */
  readonly startsMs?: Float64Array;
  /** 1 where the sample is a native histogram and `values` means nothing. As long as `timesMs`. */
  readonly isHistogram?: Uint8Array;
}
