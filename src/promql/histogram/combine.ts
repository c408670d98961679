import type { FloatHistogram } from '../../model/float-histogram.ts';
import { commonBounds, histogramOf, isCustom, joinResets, type Parts, partsOf, sameBounds } from './parts.ts';
import { addSides, beyondZero, coarser, rebound, type Side } from './side.ts';
import { commonZero } from './zero-bucket.ts';

/** Two histograms made one. */
export interface Combined {
  readonly histogram: FloatHistogram;
  /** One says that the counter was reset, the other that it was not. */
  readonly conflict: boolean;
  /** Custom bounds differed, so that only those of both were kept. */
  readonly reconciled: boolean;
}

/** The sum of two histograms at the coarser of their resolutions; undefined when only one has custom buckets. */
export function addHistograms(left: FloatHistogram, right: FloatHistogram): Combined | undefined {
  return combine(left, right, 1);
}

/** As {@link addHistograms}; what is known of resets is joined in the same way, so that `-` has yet to make a gauge of it. */
export function subtractHistograms(left: FloatHistogram, right: FloatHistogram): Combined | undefined {
  return combine(left, right, -1);
}

function combine(first: FloatHistogram, second: FloatHistogram, sign: 1 | -1): Combined | undefined {
  if (isCustom(first) !== isCustom(second)) return undefined;
  const left = partsOf(first);
  const right = partsOf(second);
  const { counterReset, conflict } = joinResets(left.counterReset, right.counterReset);
  const count = left.count + sign * right.count;
  const sum = left.sum + sign * right.sum;
  if (isCustom(first)) {
    const { positive, bounds, reconciled } = combineCustom(left, right, sign);
    const histogram = histogramOf({ ...left, count, sum, counterReset, positive, bounds });
    return { histogram, conflict, reconciled };
  }
  const zero = commonZero(left, right);
  const schema = Math.min(left.schema, right.schema);
  const side = (parts: Parts, of: 'positive' | 'negative'): Side =>
    beyondZero(
      coarser(beyondZero(parts[of], parts.schema, zero.threshold), parts.schema, schema),
      schema,
      zero.threshold,
    );
  const histogram = histogramOf({
    ...left,
    schema,
    count,
    sum,
    counterReset,
    zeroThreshold: zero.threshold,
    zeroCount: zero.left + sign * zero.right,
    positive: addSides(side(left, 'positive'), side(right, 'positive'), sign),
    negative: addSides(side(left, 'negative'), side(right, 'negative'), sign),
  });
  return { histogram, conflict, reconciled: false };
}

function combineCustom(
  left: Parts,
  right: Parts,
  sign: 1 | -1,
): { readonly positive: Side; readonly bounds: readonly number[]; readonly reconciled: boolean } {
  if (sameBounds(left.bounds, right.bounds))
    return {
      positive: addSides(left.positive, right.positive, sign),
      bounds: left.bounds,
      reconciled: false,
    };
  const bounds = commonBounds(left.bounds, right.bounds);
  const positive = addSides(
    rebound(left.positive, left.bounds, bounds),
    rebound(right.positive, right.bounds, bounds),
    sign,
  );
  return { positive, bounds, reconciled: true };
}
