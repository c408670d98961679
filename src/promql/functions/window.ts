import type { FloatHistogram } from '../../model/float-histogram.ts';
import type { Histograms } from '../column.ts';
import type { HistogramRemark } from '../remarks.ts';

/**
 * What a range function sees at one step: samples `from ≤ i < to` of a series, all in the range (start, end]. One object
 * is reused for all steps of a series, so that nothing is allocated in the loop. The function writes `out`, or
 * `outHistogram`.
 */
export class Window {
  timesMs: Float64Array = new Float64Array(0);
  values: Float64Array = new Float64Array(0);
  /** Where set at an index, the sample is a histogram and the value means nothing. */
  histograms: Histograms | undefined;
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
  outHistogram: FloatHistogram | undefined;
  /** What is to be said of the series; each once. */
  readonly remarks = new Set<HistogramRemark>();
}

/** Computes `window.out` and returns true, or returns false when there is no answer. `to - from` is at least 1. */
export type RangeKernel = (window: Window) => boolean;

/** The histogram at an index of a window that holds histograms only. */
export function histogramIn({ histograms }: Window, index: number): FloatHistogram {
  const found = histograms?.[index];
  if (found === undefined) throw new Error('a float stands where a histogram is expected');
  return found;
}
