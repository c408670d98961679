import type { CounterReset, FloatHistogram } from '../../model/float-histogram.ts';
import { histogramOf, isCustom, partsOf, sameBounds } from './parts.ts';
import { coarser, sameIndexes, sideOf, withoutEmpty } from './side.ts';

/** Every count and the sum times a factor. A negative one makes a gauge of it. */
export function multiplyHistogram(histogram: FloatHistogram, factor: number): FloatHistogram {
  return scaled(histogram, (value) => value * factor, factor < 0);
}

/** Every count and the sum by a divisor. By 0, no bucket is left. */
export function divideHistogram(histogram: FloatHistogram, divisor: number): FloatHistogram {
  const quotient = scaled(histogram, (value) => value / divisor, divisor < 0);
  if (divisor !== 0) return quotient;
  const none = new Float64Array(0);
  return { ...quotient, positiveSpans: [], negativeSpans: [], positiveBuckets: none, negativeBuckets: none };
}

function scaled(
  histogram: FloatHistogram,
  scale: (value: number) => number,
  isNegative: boolean,
): FloatHistogram {
  return {
    ...histogram,
    zeroCount: scale(histogram.zeroCount),
    count: scale(histogram.count),
    sum: scale(histogram.sum),
    positiveBuckets: histogram.positiveBuckets.map(scale),
    negativeBuckets: histogram.negativeBuckets.map(scale),
    counterReset: isNegative ? 'gauge' : histogram.counterReset,
  };
}

export function withReset(histogram: FloatHistogram, counterReset: CounterReset): FloatHistogram {
  return histogram.counterReset === counterReset ? histogram : { ...histogram, counterReset };
}

/** Without buckets that count nothing. */
export function compactHistogram(histogram: FloatHistogram): FloatHistogram {
  return histogramOf(partsOf(histogram));
}

/** At a coarser resolution, or the same. */
export function coarserHistogram(histogram: FloatHistogram, schema: number): FloatHistogram {
  if (schema === histogram.schema || isCustom(histogram)) return histogram;
  const parts = partsOf(histogram);
  return histogramOf({
    ...parts,
    schema,
    positive: coarser(parts.positive, parts.schema, schema),
    negative: coarser(parts.negative, parts.schema, schema),
  });
}

/** Whether both count the same; what is known of resets, and buckets that count nothing, make no difference. */
export function equalHistograms(left: FloatHistogram, right: FloatHistogram): boolean {
  return (
    left.schema === right.schema &&
    Object.is(left.count, right.count) &&
    Object.is(left.sum, right.sum) &&
    left.zeroThreshold === right.zeroThreshold &&
    Object.is(left.zeroCount, right.zeroCount) &&
    (!isCustom(left) || sameBounds(left.customValues ?? [], right.customValues ?? [])) &&
    equalSides(left, right, 'positive') &&
    equalSides(left, right, 'negative')
  );
}

function equalSides(left: FloatHistogram, right: FloatHistogram, side: 'positive' | 'negative'): boolean {
  const a = withoutEmpty(sideOf(left[`${side}Spans`], left[`${side}Buckets`]));
  const b = withoutEmpty(sideOf(right[`${side}Spans`], right[`${side}Buckets`]));
  return sameIndexes(a.indexes, b.indexes) && a.counts.every((count, i) => Object.is(count, b.counts[i]));
}
