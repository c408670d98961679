import type { FloatHistogram } from '../../model/float-histogram.ts';
import { histogramOf, isCustom, partsOf } from './parts.ts';
import { type Step, shareOf, walk } from './walk.ts';

/** What is left of a bucket: how many observations, and their sum as far as it can be told. */
interface Remainder {
  readonly count: number;
  readonly sum: number;
}

const nothing: Remainder = { count: 0, sum: 0 };

/**
 * `h </ limit` (`upper`): observations up to a limit; `h >/ limit`: those above it. Buckets that the limit cuts are divided as
 * quantiles interpolate, and the sum is estimated from what is left, each bucket's observations in its middle. A histogram of
 * which nothing is cut stays as it is.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#trim-operators
 */
export function trimHistogram(histogram: FloatHistogram, limit: number, upper: boolean): FloatHistogram {
  if (limit === (upper ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)) return histogram;
  const custom = isCustom(histogram);
  const steps = walk(histogram, true);
  const left = steps.map((step) =>
    Math.abs(limit) === Number.POSITIVE_INFINITY ? nothing : cut(step, limit, upper, custom),
  );
  if (left.every(({ count }, i) => count === steps[i]?.count)) return histogram;
  const parts = partsOf(histogram);
  const negatives = parts.negative.counts.length;
  const hasZero = steps[negatives]?.isZero === true;
  const countAt = (i: number): number => left[i]?.count ?? 0;
  return histogramOf({
    ...parts,
    count: left.reduce((total, { count }) => total + count, 0),
    sum: left.reduce((total, { sum }) => total + sum, 0),
    zeroCount: hasZero ? countAt(negatives) : parts.zeroCount,
    // The walk goes through the negative side from its far end.
    negative: { ...parts.negative, counts: parts.negative.counts.map((_, i) => countAt(negatives - 1 - i)) },
    positive: {
      ...parts.positive,
      counts: parts.positive.counts.map((_, i) => countAt(negatives + (hasZero ? 1 : 0) + i)),
    },
  });
}

function cut(step: Step, limit: number, upper: boolean, custom: boolean): Remainder {
  if (step.count === 0) return nothing;
  if (step.lower === Number.NEGATIVE_INFINITY) return cutBelow(step, limit, upper);
  if (step.upper === Number.POSITIVE_INFINITY) {
    // Where in the last bucket the observations are is not known: all of them may be above the limit, or none.
    if (upper) return nothing;
    return { count: step.count, sum: step.count * Math.max(step.lower, limit) };
  }
  // A zero bucket without width is above a limit of 0.
  if (limit <= step.lower) return upper ? nothing : whole(step, custom);
  if (limit >= step.upper) return upper ? whole(step, custom) : nothing;
  const below = shareOf(step, limit, custom);
  const kept = upper ? { ...step, upper: limit } : { ...step, lower: limit };
  return whole({ ...kept, count: step.count * (upper ? below : 1 - below) }, custom);
}

/** The first custom bucket, which begins at −Inf, or at 0 when it ends above. */
function cutBelow(step: Step, limit: number, upper: boolean): Remainder {
  if (step.upper === Number.POSITIVE_INFINITY) return nothing;
  if (step.upper > 0) return limit < 0 ? nothing : cut({ ...step, lower: 0 }, limit, upper, true);
  if (!upper) return nothing;
  return { count: step.count, sum: step.count * Math.min(step.upper, limit) };
}

function whole({ lower, upper, count, isZero }: Step, custom: boolean): Remainder {
  return { count, sum: count * middle(lower, upper, custom || isZero) };
}

function middle(lower: number, upper: number, linear: boolean): number {
  if (linear) return (lower + upper) / 2;
  const geometric = Math.sqrt(lower * upper);
  return upper <= 0 ? -geometric : geometric;
}
