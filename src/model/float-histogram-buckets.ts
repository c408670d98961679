import {
  type BucketSpan,
  customBucketsSchema,
  type FloatHistogram,
  finestSchema,
} from './float-histogram.ts';

/** A bucket with its bounds, as answers of the HTTP API and texts show it. */
export interface HistogramBucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/**
 * Every bucket that is there, from the lowest bound to the highest: negative ones, the zero bucket (where it counts anything),
 * positive ones. Empty buckets that stand in a span are among them.
 */
export function bucketsOf(histogram: FloatHistogram): HistogramBucket[] {
  const { schema, positiveSpans, negativeSpans, positiveBuckets, negativeBuckets, customValues } = histogram;
  const buckets: HistogramBucket[] = [];
  const custom = schema === customBucketsSchema;
  const negative = bucketIndexes(negativeSpans, negativeBuckets.length);
  for (let i = negativeBuckets.length - 1; i >= 0; i--) {
    const index = negative[i] ?? 0;
    buckets.push({
      lower: -boundOf(index, schema),
      upper: -boundOf(index - 1, schema),
      lowerInclusive: true,
      upperInclusive: false,
      count: negativeBuckets[i] ?? 0,
    });
  }
  const { zeroThreshold, zeroCount } = histogram;
  if (zeroCount !== 0 && !custom)
    buckets.push({
      lower: -zeroThreshold,
      upper: zeroThreshold,
      lowerInclusive: true,
      upperInclusive: true,
      count: zeroCount,
    });
  bucketIndexes(positiveSpans, positiveBuckets.length).forEach((index, i) => {
    const lower = boundOf(index - 1, schema, customValues);
    const upper = boundOf(index, schema, customValues);
    buckets.push({
      lower,
      upper,
      // The first custom bucket has no bound below it.
      lowerInclusive: lower === Number.NEGATIVE_INFINITY,
      upperInclusive: true,
      count: positiveBuckets[i] ?? 0,
    });
  });
  return buckets;
}

/** The index of each bucket that the spans name, in order; no more than `count`. */
export function bucketIndexes(spans: readonly BucketSpan[], count: number): Int32Array {
  const indexes = new Int32Array(count);
  let at = 0;
  let index = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length && at < count; i++) indexes[at++] = index++;
  }
  return indexes;
}

/**
 * The upper bound of the bucket with an index, on the positive side. With custom bounds, index −1 is the start of the first
 * bucket (−Inf) and the index after the last bound +Inf.
 */
export function boundOf(index: number, schema: number, customValues: readonly number[] = []): number {
  if (schema === customBucketsSchema) {
    if (index < 0) return Number.NEGATIVE_INFINITY;
    return customValues[index] ?? Number.POSITIVE_INFINITY;
  }
  if (schema < 0) {
    const exponent = index * 2 ** -schema;
    // The bucket that holds the largest numbers ends at the largest of them; only the one after it ends at +Inf.
    return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
  }
  const perDoubling = 2 ** schema;
  const exponent = Math.floor(index / perDoubling);
  const fraction = index - exponent * perDoubling;
  if (fraction === 0 && exponent === 1024) return Number.MAX_VALUE;
  return (fractions[fraction * 2 ** (finestSchema - schema)] as number) * 2 ** exponent;
}

/** `2 ** (i / 256)`; coarser schemas use every second, fourth, … of them, so that bounds of all schemas agree. */
const fractions = Float64Array.from({ length: 2 ** finestSchema }, (_, i) => 2 ** (i / 2 ** finestSchema));
