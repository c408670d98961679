import {
  type BucketSpan,
  coarsestSchema,
  type FloatHistogram,
  finestSchema,
  usesCustomBuckets,
} from '../../model/float-histogram.ts';
import { bucketIndexes } from '../../model/float-histogram-buckets.ts';
import { ScrapeError } from '../read/body-reader.ts';

/** How fine native histograms may be; 0 is no limit. */
export interface ResolutionLimits {
  readonly bucketLimit: number;
  readonly minBucketFactor: number;
}

/**
 * The histogram at the finest resolution that the limits allow.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config (`native_histogram_bucket_limit`)
 * @throws {ScrapeError} where even the coarsest has too many buckets.
 */
export function limitResolution(histogram: FloatHistogram, limits: ResolutionLimits): FloatHistogram {
  const { bucketLimit, minBucketFactor } = limits;
  let now = histogram;
  if (!usesCustomBuckets(now)) {
    const finest = minBucketFactor > 1 ? schemaOf(minBucketFactor) : finestSchema;
    while (now.schema > finest) now = coarser(now);
    while (bucketLimit > 0 && bucketsOf(now) > bucketLimit && now.schema > coarsestSchema) now = coarser(now);
  }
  if (bucketLimit > 0 && bucketsOf(now) > bucketLimit)
    throw new ScrapeError(
      `native_histogram_bucket_limit exceeded: ${bucketsOf(now)} buckets, limit: ${bucketLimit}`,
      'sample',
    );
  return now;
}

function bucketsOf({ positiveBuckets, negativeBuckets }: FloatHistogram): number {
  return positiveBuckets.length + negativeBuckets.length;
}

/** The finest schema whose buckets grow by at least this factor. */
function schemaOf(factor: number): number {
  const schema = -Math.floor(Math.log2(Math.log2(factor)));
  return Math.max(coarsestSchema, Math.min(finestSchema, schema));
}

/** Two neighbouring buckets become one. */
function coarser(histogram: FloatHistogram): FloatHistogram {
  const positive = merged(histogram.positiveSpans, histogram.positiveBuckets);
  const negative = merged(histogram.negativeSpans, histogram.negativeBuckets);
  return {
    ...histogram,
    schema: histogram.schema - 1,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
  };
}

function merged(
  spans: readonly BucketSpan[],
  buckets: Float64Array,
): { readonly spans: readonly BucketSpan[]; readonly buckets: Float64Array } {
  const made: { offset: number; length: number }[] = [];
  const counts: number[] = [];
  let last = 0;
  bucketIndexes(spans, buckets.length).forEach((index, i) => {
    const at = ((index - 1) >> 1) + 1;
    const count = buckets[i] ?? 0;
    const span = made.at(-1);
    if (span !== undefined && at === last) counts[counts.length - 1] = (counts.at(-1) ?? 0) + count;
    else {
      if (span !== undefined && at === last + 1) span.length++;
      else made.push({ offset: span === undefined ? at : at - last - 1, length: 1 });
      counts.push(count);
    }
    last = at;
  });
  return { spans: made, buckets: Float64Array.from(counts) };
}
