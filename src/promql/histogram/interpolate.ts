import type { FloatHistogram } from '../../model/float-histogram.ts';
import type { HistogramRemark } from '../remarks.ts';
import { addHistograms, subtractHistograms } from './combine.ts';
import { isReset } from './resets.ts';
import { multiplyHistogram } from './scale.ts';

/**
 * The histogram on the line from `left` (share 0) to `right` (share 1); a counter that was reset in between began at zero.
 * Undefined, with a remark, when only one of them has custom buckets.
 */
export function interpolateHistograms(
  left: FloatHistogram,
  right: FloatHistogram,
  share: number,
  isCounter: boolean,
  remarks: Set<HistogramRemark>,
): FloatHistogram | undefined {
  if (share === 0) return left;
  if (share === 1) return right;
  if (isCounter && isReset(right, left)) return multiplyHistogram(right, share);
  const change = subtractHistograms(right, left);
  if (change === undefined) {
    remarks.add('mixed-buckets');
    return undefined;
  }
  if (change.reconciled) remarks.add('reconciled-subtraction');
  const result = addHistograms(multiplyHistogram(change.histogram, share), left);
  if (result === undefined) return undefined;
  if (result.reconciled) remarks.add('reconciled-addition');
  return result.histogram;
}
