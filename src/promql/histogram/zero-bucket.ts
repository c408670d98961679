import { boundOf } from '../../model/float-histogram-buckets.ts';
import type { Side } from './side.ts';

/** What of an exponential histogram has to do with its zero bucket. */
export interface ZeroBucket {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: Side;
  readonly negative: Side;
}

/** A zero bucket made wider: how far it reaches then, and what it counts. */
export interface Widened {
  readonly threshold: number;
  readonly count: number;
}

/**
 * The zero bucket as wide as `threshold` (not below its own). Where that is inside of a bucket that counts something, the whole
 * bucket is taken in.
 */
export function widen(zero: ZeroBucket, threshold: number): Widened {
  let wide = threshold;
  for (;;) {
    let count = zero.zeroCount;
    const positive = taken(zero.positive, zero.schema, wide);
    count += positive.count;
    wide = positive.threshold;
    const negative = taken(zero.negative, zero.schema, wide);
    count += negative.count;
    // The negative side asked for more, so that the positive side is to be looked at anew.
    if (negative.threshold === wide) return { threshold: wide, count };
    wide = negative.threshold;
  }
}

function taken({ indexes, counts }: Side, schema: number, threshold: number): Widened {
  let total = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i] as number;
    if (boundOf(index - 1, schema) >= threshold) break;
    const count = counts[i] as number;
    total += count;
    const upper = boundOf(index, schema);
    if (upper > threshold) return { threshold: count === 0 ? threshold : upper, count: total };
  }
  return { threshold, count: total };
}

/** The least threshold that suits both, and what each zero bucket counts then. */
export function commonZero(
  left: ZeroBucket,
  right: ZeroBucket,
): { readonly threshold: number; readonly left: number; readonly right: number } {
  let a: Widened = { threshold: left.zeroThreshold, count: left.zeroCount };
  let b: Widened = { threshold: right.zeroThreshold, count: right.zeroCount };
  while (a.threshold !== b.threshold) {
    if (a.threshold > b.threshold) b = widen(right, a.threshold);
    if (b.threshold > a.threshold) a = widen(left, b.threshold);
  }
  return { threshold: a.threshold, left: a.count, right: b.count };
}
