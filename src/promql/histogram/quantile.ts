import type { FloatHistogram } from '../../model/float-histogram.ts';
import { isCustom } from './parts.ts';
import { type Step, walk } from './walk.ts';

/** A quantile, and what NaN observations (which no bucket counts) did to it. */
export interface HistogramQuantile {
  readonly value: number;
  /** `result`: it is NaN because of them. `skew`: it is higher than it would be without them. */
  readonly nans?: 'result' | 'skew';
}

/**
 * The φ-quantile of a native histogram: within a bucket by exponential interpolation, within the zero bucket and custom
 * buckets by linear interpolation.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function histogramQuantile(phi: number, histogram: FloatHistogram): HistogramQuantile {
  if (phi < 0) return { value: Number.NEGATIVE_INFINITY };
  if (phi > 1) return { value: Number.POSITIVE_INFINITY };
  const { count: total, sum } = histogram;
  if (total === 0 || Number.isNaN(phi)) return { value: Number.NaN };
  // From above where that is nearer. NaN observations are in no bucket, so that only counting from below finds the rank.
  const fromBelow = Number.isNaN(sum) || phi < 0.5;
  const steps = walk(histogram, !isCustom(histogram));
  if (!fromBelow) steps.reverse();
  let rank = (fromBelow ? phi : 1 - phi) * total;
  let counted = 0;
  let at = 0;
  let step: Step = { lower: 0, upper: 0, count: 0, isZero: true };
  for (; at < steps.length; at++) {
    const next = steps[at] as Step;
    if (next.count === 0) {
      // The last bucket counts as reached, although nothing is in it.
      if (at === steps.length - 1) step = next;
      continue;
    }
    step = next;
    counted += step.count;
    if (counted >= rank) break;
  }
  const open = isCustom(histogram) ? openBucket(step) : undefined;
  if (typeof open === 'number') return { value: open };
  const { lower, upper } = open ?? step;
  if (counted > total) counted = total;
  if (counted < rank) return Number.isNaN(sum) ? { value: Number.NaN, nans: 'result' } : { value: upper };
  rank = fromBelow ? rank - (counted - step.count) : counted - rank;
  const nans = Number.isNaN(sum) && sumOf(steps) < total ? ({ nans: 'skew' } as const) : {};
  return { value: within({ ...step, lower, upper }, rank / step.count, isCustom(histogram)), ...nans };
}

/** The first custom bucket begins at 0 when it ends above; otherwise, and in the last one, only a bound is known. */
function openBucket({ lower, upper, count, isZero }: Step): number | Step | undefined {
  if (lower === Number.NEGATIVE_INFINITY) return upper <= 0 ? upper : { lower: 0, upper, count, isZero };
  return upper === Number.POSITIVE_INFINITY ? lower : undefined;
}

function within({ lower, upper }: Step, share: number, linear: boolean): number {
  if (linear || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * share;
  const low = Math.log2(Math.abs(lower));
  const high = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (low + (high - low) * share);
  return -(2 ** (high + (low - high) * (1 - share)));
}

export function sumOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { count }) => sum + count, 0);
}
