import { type BucketSpan, customBucketsSchema, type FloatHistogram } from '../../../model/float-histogram.ts';
import type { ExponentialBuckets, ExponentialPoint, HistogramPoint } from '../../../wire/otlp/metrics.ts';

/** Of a point that names none, as Prometheus' own libraries have it. */
const usualZeroThreshold = 1e-128;
const finest = 8;
/** Buckets of zero between others, up to so many, cost less than a span. */
const smallGap = 2;

/**
 * A point of an exponential histogram as a native one; resolutions finer than Prometheus has are made coarser. What it cannot be is
 * a text that says why.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#exponential-histograms
 */
export function nativeHistogram(point: ExponentialPoint): FloatHistogram | string {
  const { scale, count, zeroCount } = point;
  if (scale < -4)
    return `an exponential histogram has the scale ${scale}; the coarsest that can be kept is -4`;
  const coarser = Math.max(0, scale - finest);
  const positive = spread(shifted(point.positive, coarser));
  const negative = spread(shifted(point.negative, coarser));
  return {
    schema: Math.min(scale, finest),
    zeroThreshold: point.zeroThreshold > 0 ? point.zeroThreshold : usualZeroThreshold,
    zeroCount,
    count,
    sum: point.sum ?? 0,
    positiveSpans: positive.spans,
    positiveBuckets: positive.counts,
    negativeSpans: negative.spans,
    negativeBuckets: negative.counts,
    counterReset: 'unknown',
  };
}

/** A point of an explicit histogram as one with custom buckets. */
export function customHistogram({ counts, bounds, count, sum }: HistogramPoint): FloatHistogram | string {
  if (counts.length > 0 && counts.length !== bounds.length + 1)
    return `a histogram has ${bounds.length} bounds and ${counts.length} buckets; there must be one more bucket`;
  const { spans, counts: kept } = spread(new Map(counts.map((one, i) => [i, one])));
  return {
    schema: customBucketsSchema,
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum: sum ?? 0,
    positiveSpans: spans,
    positiveBuckets: kept,
    negativeSpans: [],
    negativeBuckets: new Float64Array(0),
    customValues: bounds,
    counterReset: 'unknown',
  };
}

/** Counts by the index of native buckets: bucket `i` there ends where OTLP's bucket `i - 1` ends. */
function shifted({ offset, counts }: ExponentialBuckets, coarser: number): Map<number, number> {
  const found = new Map<number, number>();
  for (const [i, count] of counts.entries()) {
    const index = Math.floor((i + offset) / 2 ** coarser) + 1;
    found.set(index, (found.get(index) ?? 0) + count);
  }
  return found;
}

/** Rising indices as spans; empty buckets at the ends and in wide gaps are left out. */
function spread(buckets: ReadonlyMap<number, number>): { spans: BucketSpan[]; counts: Float64Array } {
  const spans: { offset: number; length: number }[] = [];
  const counts: number[] = [];
  let next = 0;
  for (const [index, count] of buckets) {
    if (count === 0) continue;
    const last = spans.at(-1);
    const gap = index - next;
    if (last === undefined || gap > smallGap) {
      spans.push({ offset: gap, length: 1 });
    } else {
      for (let i = 0; i < gap; i++) counts.push(0);
      last.length += gap + 1;
    }
    counts.push(count);
    next = index + 1;
  }
  return { spans, counts: Float64Array.from(counts) };
}
