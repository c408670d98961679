import type { Matcher } from '../model/matcher.ts';
import type { SeriesSamples } from '../model/sample.ts';

/** Where the engine reads series; the store and tests provide it. */
export interface Queryable {
  /** Series that match all matchers, each with its samples of `fromMs ≤ t ≤ toMs` (staleness markers included). Order is free. */
  select(selection: Selection): Iterable<SeriesSamples>;
}

export interface Selection {
  readonly matchers: readonly Matcher[];
  readonly fromMs: number;
  readonly toMs: number;
}
