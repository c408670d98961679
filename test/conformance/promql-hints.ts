import type { FloatHistogram } from '../../src/model/float-histogram.ts';
import { isCustom, sameBounds } from '../../src/promql/histogram/parts.ts';
import { isReset } from '../../src/promql/histogram/resets.ts';
import { withReset } from '../../src/promql/histogram/scale.ts';

/**
 * What a store knows of resets when it gives histograms back: within a chunk there are none, and of the first of a chunk nothing
 * is known. A chunk ends where the counter is reset, the layout or the kind changes, and after a float or a stale sample.
 * The histograms are a series', oldest first; undefined stands for a float, `stale` for a staleness marker.
 */
export function storedResets(
  histograms: readonly (FloatHistogram | 'stale' | undefined)[],
): (FloatHistogram | undefined)[] {
  let previous: FloatHistogram | undefined;
  return histograms.map((one) => {
    const before = previous;
    previous = one === 'stale' ? undefined : one;
    if (one === undefined || one === 'stale') return undefined;
    if (one.counterReset === 'gauge') return one;
    const goesOn = before !== undefined && isOneChunk(before, one);
    return withReset(one, goesOn ? 'not-reset' : 'unknown');
  });
}

function isOneChunk(before: FloatHistogram, one: FloatHistogram): boolean {
  return (
    before.counterReset !== 'gauge' &&
    one.counterReset !== 'reset' &&
    before.schema === one.schema &&
    before.zeroThreshold === one.zeroThreshold &&
    (!isCustom(one) || sameBounds(before.customValues ?? [], one.customValues ?? [])) &&
    !isReset(withReset(one, 'unknown'), before)
  );
}
