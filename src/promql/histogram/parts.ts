import { type CounterReset, customBucketsSchema, type FloatHistogram } from '../../model/float-histogram.ts';
import { type Side, sideOf, spansOf, withoutEmpty } from './side.ts';

/** A histogram taken apart for computing. */
export interface Parts {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: Side;
  readonly negative: Side;
  /** Empty for exponential schemas. */
  readonly bounds: readonly number[];
  readonly counterReset: CounterReset;
}

const noBounds: readonly number[] = [];

export function partsOf(histogram: FloatHistogram): Parts {
  const { schema, zeroThreshold, zeroCount, count, sum, counterReset, customValues } = histogram;
  return {
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    counterReset,
    bounds: customValues ?? noBounds,
    positive: sideOf(histogram.positiveSpans, histogram.positiveBuckets),
    negative: sideOf(histogram.negativeSpans, histogram.negativeBuckets),
  };
}

/** The histogram again, without the buckets that count nothing. */
export function histogramOf(parts: Parts): FloatHistogram {
  const { schema, zeroThreshold, zeroCount, count, sum, counterReset, bounds } = parts;
  const positive = withoutEmpty(parts.positive);
  const negative = withoutEmpty(parts.negative);
  return {
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positiveSpans: spansOf(positive.indexes),
    negativeSpans: spansOf(negative.indexes),
    positiveBuckets: positive.counts,
    negativeBuckets: negative.counts,
    ...(schema === customBucketsSchema ? { customValues: bounds } : {}),
    counterReset,
  };
}

export function isCustom({ schema }: Pick<FloatHistogram, 'schema'>): boolean {
  return schema === customBucketsSchema;
}

/** What adding two histograms says of resets: `conflict` where one says there was one, and the other that there was none. */
export function joinResets(
  left: CounterReset,
  right: CounterReset,
): { readonly counterReset: CounterReset; readonly conflict: boolean } {
  if (left === right) return { counterReset: left, conflict: false };
  if (left === 'gauge' || right === 'gauge') return { counterReset: 'gauge', conflict: false };
  return { counterReset: 'unknown', conflict: left !== 'unknown' && right !== 'unknown' };
}

/** Bounds that both have. */
export function commonBounds(left: readonly number[], right: readonly number[]): readonly number[] {
  const known = new Set(right);
  return left.filter((bound) => known.has(bound));
}

export function sameBounds(left: readonly number[], right: readonly number[]): boolean {
  return left === right || (left.length === right.length && left.every((bound, i) => bound === right[i]));
}
