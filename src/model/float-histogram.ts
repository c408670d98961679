import type { SeriesSamples } from './sample.ts';

/**
 * One sample of a native histogram, with counts as floats; integer histograms are read into this form too. Immutable: whoever
 * has one may keep it, and makes a new one to change it.
 *
 * Bucket `i` of a side counts observations between `base ** (i - 1)` and `base ** i`, with `base = 2 ** 2 ** -schema`: the
 * upper bound belongs to a positive bucket, the lower bound to a negative one. What lies within ± `zeroThreshold` is in the zero
 * bucket. With custom buckets (`schema` {@link customBucketsSchema}) bucket `i` ends at `customValues[i]`, the one after the last
 * bound at +Inf, and there are neither negative buckets nor a zero bucket.
 *
 * Source: https://prometheus.io/docs/specs/native_histograms/
 */
export interface FloatHistogram {
  /** Resolution: −4 (coarse) … 8 (fine), or {@link customBucketsSchema}. */
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Of all observations, NaN ones included. */
  readonly count: number;
  readonly sum: number;
  /** Which buckets are there; their lengths add up to the length of `positiveBuckets`. */
  readonly positiveSpans: readonly BucketSpan[];
  readonly negativeSpans: readonly BucketSpan[];
  /** Counts of the buckets themselves: neither cumulative, nor differences. In order of the bucket's index. */
  readonly positiveBuckets: Float64Array;
  readonly negativeBuckets: Float64Array;
  /** Upper bounds of custom buckets, ascending, +Inf left out. Only where `schema` is {@link customBucketsSchema}. */
  readonly customValues?: readonly number[];
  readonly counterReset: CounterReset;
}

/** A run of neighbouring buckets. `offset`: index of the first for the first span, buckets left out before it for the others. */
export interface BucketSpan {
  readonly offset: number;
  readonly length: number;
}

/**
 * What is known of a counter histogram against the sample before it: that it was reset, that it was not, or nothing.
 * A gauge has no resets.
 */
export type CounterReset = 'unknown' | 'reset' | 'not-reset' | 'gauge';

/** The schema of histograms whose bounds are listed (NHCB). */
export const customBucketsSchema = -53;

/** Finest and coarsest exponential schemas. */
export const finestSchema = 8;
export const coarsestSchema = -4;

/**
 * A series of floats, histograms, or both. Where `histograms[i]` is set, sample `i` is that histogram and `values[i]` means
 * nothing. A staleness marker is always in `values`, after histograms too. A series of floats only has no `histograms`.
 */
export interface MixedSamples extends SeriesSamples {
  /** As long as `timesMs`. */
  readonly histograms?: readonly (FloatHistogram | undefined)[];
}

export function usesCustomBuckets({ schema }: Pick<FloatHistogram, 'schema'>): boolean {
  return schema === customBucketsSchema;
}

/** Whether all counts are whole numbers, so that they can be stored and sent as integers. */
export function hasWholeCounts(value: FloatHistogram): boolean {
  const whole = Number.isSafeInteger;
  return (
    whole(value.count) &&
    whole(value.zeroCount) &&
    value.count >= 0 &&
    value.zeroCount >= 0 &&
    value.positiveBuckets.every((count) => whole(count)) &&
    value.negativeBuckets.every((count) => whole(count))
  );
}
