/**
 * What a range function sees at one step: samples `from ≤ i < to` of a series, all in the range (start, end]. One object
 * is reused for all steps of a series, so that nothing is allocated in the loop. The function writes `out`.
 */
export class Window {
  timesMs: Float64Array = new Float64Array(0);
  values: Float64Array = new Float64Array(0);
  /** Start timestamps by sample; undefined where the store has none or they are not used. */
  startsMs: Float64Array | undefined;
  from = 0;
  to = 0;
  /** The range's open start and closed end, offset and `@` applied. */
  startMs = 0;
  endMs = 0;
  /** The evaluation time. */
  atMs = 0;
  /** Scalar arguments beside the range vector. */
  first = 0;
  second = 0;
  /** Indexes of samples before which the counter was reset, ascending; filled for functions that ask for it. */
  resets: readonly number[] = [];
  /** The first of `resets` that may lie in the window. */
  resetFrom = 0;
  out = 0;
}

/** Computes `window.out` and returns true, or returns false when there is no answer. `to - from` is at least 1. */
export type RangeKernel = (window: Window) => boolean;
