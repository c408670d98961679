import type { Labels } from '../../model/labels.ts';

/** What is known of a series beside what its target says of it. */
export interface SeriesCompleter {
  /**
   * The labels that a target gave a series, with those filled in that it left empty and that are known elsewhere. It is asked when a
   * series is seen for the first time, before any relabelling.
   */
  complete(given: Labels): Completed;
  /** Whether what an earlier answer waited for has become known. */
  knows(id: string): boolean;
}

export interface Completed {
  readonly labels: Labels;
  /** What would have to be known to tell the rest; undefined where nothing is missing. */
  readonly waitsFor?: string;
}
