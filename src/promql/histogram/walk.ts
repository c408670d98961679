import type { FloatHistogram } from '../../model/float-histogram.ts';
import { boundOf, bucketIndexes } from '../../model/float-histogram-buckets.ts';
import { isCustom } from './parts.ts';

/** One bucket on the way through a histogram. */
export interface Step {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  readonly isZero: boolean;
}

/**
 * All buckets from the lowest bound to the highest. Buckets that reach into the zero bucket begin where that ends. The zero
 * bucket is there when it counts something; it begins or ends at 0 when the other buckets are all on one side (`biased`).
 */
export function walk(histogram: FloatHistogram, biased: boolean): Step[] {
  const { schema, positiveSpans, negativeSpans, positiveBuckets, negativeBuckets, customValues } = histogram;
  const custom = isCustom(histogram);
  const threshold = custom ? 0 : histogram.zeroThreshold;
  const steps: Step[] = [];
  const negative = bucketIndexes(negativeSpans, negativeBuckets.length);
  for (let i = negative.length - 1; i >= 0; i--) {
    const index = negative[i] as number;
    steps.push({
      lower: -boundOf(index, schema),
      upper: Math.min(-boundOf(index - 1, schema), -threshold),
      count: negativeBuckets[i] as number,
      isZero: false,
    });
  }
  if (!custom && histogram.zeroCount > 0) {
    const hasPositive = positiveBuckets.length > 0;
    const hasNegative = negativeBuckets.length > 0;
    steps.push({
      lower: biased && hasPositive && !hasNegative ? 0 : -threshold,
      upper: biased && hasNegative && !hasPositive ? 0 : threshold,
      count: histogram.zeroCount,
      isZero: true,
    });
  }
  const positive = bucketIndexes(positiveSpans, positiveBuckets.length);
  for (let i = 0; i < positive.length; i++) {
    const index = positive[i] as number;
    const lower = boundOf(index - 1, schema, customValues);
    steps.push({
      lower: custom ? lower : Math.max(lower, threshold),
      upper: boundOf(index, schema, customValues),
      count: positiveBuckets[i] as number,
      isZero: false,
    });
  }
  return steps;
}

/** How far `value` lies within a bucket of an exponential schema, from 0 to 1, on a logarithmic scale. */
export function logarithmicShare({ lower, upper }: Step, value: number): number {
  const low = Math.log2(Math.abs(lower));
  const high = Math.log2(Math.abs(upper));
  const at = Math.log2(Math.abs(value));
  return value > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
}

/** How far `value` lies within a bucket, from 0 to 1: in custom buckets and the zero bucket on a straight line. */
export function shareOf(step: Step, value: number, linear: boolean): number {
  if (linear || step.isZero) return (value - step.lower) / (step.upper - step.lower);
  return logarithmicShare(step, value);
}
