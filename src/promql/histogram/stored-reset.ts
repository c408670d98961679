import type { FloatHistogram } from '../../model/float-histogram.ts';
import { isCustom, sameBounds } from './parts.ts';
import { isReset } from './resets.ts';
import { withReset } from './scale.ts';

/**
 * A histogram as a store gives it back after the one before it in the same series (undefined: a float, a staleness marker, or
 * none): within a chunk there are no resets, and of the first of a chunk nothing is known. A chunk ends where the counter is
 * reset, and where the layout or the kind changes.
 */
export function storedReset(histogram: FloatHistogram, before: FloatHistogram | undefined): FloatHistogram {
  if (histogram.counterReset === 'gauge') return histogram;
  return withReset(
    histogram,
    before !== undefined && isOneChunk(before, histogram) ? 'not-reset' : 'unknown',
  );
}

function isOneChunk(before: FloatHistogram, histogram: FloatHistogram): boolean {
  return (
    before.counterReset !== 'gauge' &&
    histogram.counterReset !== 'reset' &&
    before.schema === histogram.schema &&
    before.zeroThreshold === histogram.zeroThreshold &&
    (!isCustom(histogram) || sameBounds(before.customValues ?? [], histogram.customValues ?? [])) &&
    !isReset(withReset(histogram, 'unknown'), before)
  );
}
