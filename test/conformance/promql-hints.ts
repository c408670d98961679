import type { FloatHistogram } from '../../src/model/float-histogram.ts';
import { storedReset } from '../../src/promql/histogram/stored-reset.ts';

/** A series' histograms as a store gives them back, oldest first; undefined stands for a float, `stale` for a staleness marker. */
export function storedResets(
  histograms: readonly (FloatHistogram | 'stale' | undefined)[],
): (FloatHistogram | undefined)[] {
  let previous: FloatHistogram | undefined;
  return histograms.map((one) => {
    const before = previous;
    previous = one === 'stale' ? undefined : one;
    return one === undefined || one === 'stale' ? undefined : storedReset(one, before);
  });
}
