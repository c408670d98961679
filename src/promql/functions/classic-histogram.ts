/** A cumulative bucket of a classic histogram. */
export interface Bucket {
  readonly upper: number;
  count: number;
}

/** Counts closer than this, in proportion, count as equal: what is left of sums of floats. */
const tolerance = 1e-12;
const smallestNormal = 2.2250738585072014e-308;

/** What had to be mended before buckets could be used. */
export interface Mended {
  readonly buckets: readonly Bucket[];
  /** A count was below that of a lower bucket by more than rounding. */
  readonly forced: boolean;
  readonly minUpper: number;
  readonly maxUpper: number;
  readonly maxDrop: number;
}

/** Sorted by bound, equal bounds added up, counts made to rise. Undefined when the last bound is not +Inf. */
export function mendBuckets(input: readonly Bucket[]): Mended | undefined {
  const sorted = [...input].sort((left, right) => left.upper - right.upper || 0);
  if (sorted.at(-1)?.upper !== Number.POSITIVE_INFINITY) return undefined;
  const buckets: Bucket[] = [];
  for (const { upper, count } of sorted) {
    const last = buckets.at(-1);
    if (last !== undefined && last.upper === upper) last.count += count;
    else buckets.push({ upper, count });
  }
  let forced = false;
  let minUpper = Number.POSITIVE_INFINITY;
  let maxUpper = Number.NEGATIVE_INFINITY;
  let maxDrop = 0;
  let before = buckets[0]?.count ?? 0;
  for (const bucket of buckets) {
    const { count, upper } = bucket;
    if (count === before) continue;
    if (almostEqual(before, count)) bucket.count = before;
    else if (count < before) {
      bucket.count = before;
      forced = true;
      minUpper = Math.min(minUpper, upper);
      maxUpper = Math.max(maxUpper, upper);
      maxDrop = Math.max(maxDrop, before - count);
    } else before = count;
  }
  return { buckets, forced, minUpper, maxUpper, maxDrop };
}

function almostEqual(left: number, right: number): boolean {
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return true;
  const size = Math.abs(left) + Math.abs(right);
  const difference = Math.abs(left - right);
  if (left === 0 || right === 0 || size < smallestNormal) return difference < tolerance * smallestNormal;
  return difference / Math.min(size, Number.MAX_VALUE) < tolerance;
}

/**
 * The φ-quantile of mended buckets, by a straight line within the bucket. The lowest bucket begins at 0 when its bound is
 * positive; in the highest, the bound below it is the answer.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function bucketQuantile(phi: number, buckets: readonly Bucket[]): number {
  if (Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return Number.NEGATIVE_INFINITY;
  if (phi > 1) return Number.POSITIVE_INFINITY;
  const last = buckets.length - 1;
  const total = buckets[last]?.count ?? 0;
  if (last < 1 || total === 0 || Number.isNaN(total)) return Number.NaN;
  const rank = phi * total;
  let at = buckets.findIndex(({ count }) => count >= rank);
  if (at < 0 || at >= last) at = last;
  if (at === last) return buckets[last - 1]?.upper ?? Number.NaN;
  const { upper, count } = buckets[at] as Bucket;
  const below = buckets[at - 1];
  if (below === undefined) return upper <= 0 ? upper : upper * (rank / count);
  return below.upper + (upper - below.upper) * ((rank - below.count) / (count - below.count));
}

/** The share of observations between two bounds, of mended buckets. */
export function bucketFraction(lower: number, upper: number, buckets: readonly Bucket[]): number {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0 || Number.isNaN(total) || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (rankOf(upper, buckets, total) - rankOf(lower, buckets, total)) / total;
}

function rankOf(bound: number, buckets: readonly Bucket[], total: number): number {
  let below = 0;
  let start = Number.NEGATIVE_INFINITY;
  for (const [i, { upper, count }] of buckets.entries()) {
    if (i === 0 && upper > 0) start = 0;
    if (start >= bound) return below;
    if (upper > bound) {
      // Nothing is known of the inside of an open bucket; what is in it lies at its finite end.
      if (start === Number.NEGATIVE_INFINITY) return below;
      if (upper === Number.POSITIVE_INFINITY) return below;
      return below + ((count - below) * (bound - start)) / (upper - start);
    }
    below = count;
    start = upper;
  }
  return total;
}
