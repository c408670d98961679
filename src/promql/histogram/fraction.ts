import type { FloatHistogram } from '../../model/float-histogram.ts';
import { isCustom } from './parts.ts';
import { sumOf } from './quantile.ts';
import { type Step, shareOf, walk } from './walk.ts';

export interface HistogramFraction {
  readonly value: number;
  /** There are NaN observations, which are in no fraction. */
  readonly hasNans: boolean;
}

/**
 * The share of observations between two bounds, with the interpolation of the quantile.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_fraction
 */
export function histogramFraction(
  lower: number,
  upper: number,
  histogram: FloatHistogram,
): HistogramFraction {
  const { count: total, sum } = histogram;
  if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: Number.NaN, hasNans: false };
  if (lower >= upper) return { value: 0, hasNans: false };
  const custom = isCustom(histogram);
  const steps = walk(histogram, true).map((step) => (custom ? closed(step) : step));
  const counted = Number.isNaN(sum) ? sumOf(steps) : total;
  const value = (rankOf(upper, steps, counted, custom) - rankOf(lower, steps, counted, custom)) / total;
  return { value, hasNans: Number.isNaN(sum) && counted < total };
}

/** A custom bucket that 0 lies in begins at 0, as if there were nothing below; so does the first one, when it ends above. */
function closed(step: Step): Step {
  return step.lower <= 0 && step.upper >= 0 ? { ...step, lower: 0 } : step;
}

/** How many observations lie below a bound. */
function rankOf(bound: number, steps: readonly Step[], total: number, custom: boolean): number {
  let rank = 0;
  for (const step of steps) {
    if (step.lower >= bound) return Math.min(rank, total);
    if (step.upper > bound) {
      // Nothing is known of the inside of an open bucket: what is below all bounds counts as below, the rest as above.
      if (step.lower === Number.NEGATIVE_INFINITY) return Math.min(step.count, total);
      return Math.min(rank + step.count * shareOf(step, bound, custom), total);
    }
    rank += step.count;
  }
  return total;
}
