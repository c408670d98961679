/** Counts closer than this, in proportion, count as equal: what is left of sums of floats. */
const tolerance = 1e-12;
const smallestNormal = 2.2250738585072014e-308;

/**
 * The cumulative buckets of a classic histogram at one step: bounds ascending, none twice. One object is filled anew for each
 * step, so that nothing is allocated in the loop.
 */
export class Buckets {
  readonly uppers: Float64Array;
  readonly counts: Float64Array;
  size = 0;
  /** Whether {@link mend} found a count below that of a lower bucket by more than rounding, and where. */
  forced = false;
  minUpper = 0;
  maxUpper = 0;
  maxDrop = 0;

  constructor(capacity: number) {
    this.uppers = new Float64Array(capacity);
    this.counts = new Float64Array(capacity);
  }

  clear(): void {
    this.size = 0;
    this.forced = false;
  }

  /** Adds a bucket; bounds come in ascending order, equal ones are added up. */
  push(upper: number, count: number): void {
    const { size, uppers, counts } = this;
    if (size > 0 && uppers[size - 1] === upper) counts[size - 1] = (counts[size - 1] as number) + count;
    else {
      uppers[size] = upper;
      counts[size] = count;
      this.size = size + 1;
    }
  }

  /** Whether the last bound is +Inf; without it nothing can be said. */
  get isWhole(): boolean {
    return this.size > 0 && this.uppers[this.size - 1] === Number.POSITIVE_INFINITY;
  }

  /** Makes the counts rise. */
  mend(): void {
    const { counts, uppers, size } = this;
    let before = counts[0] as number;
    for (let i = 1; i < size; i++) {
      const count = counts[i] as number;
      if (count > before && !almostEqual(before, count)) before = count;
      else if (count !== before) {
        counts[i] = before;
        if (count < before && !almostEqual(before, count)) this.#force(uppers[i] as number, before - count);
      }
    }
  }

  #force(upper: number, drop: number): void {
    if (!this.forced) {
      this.minUpper = upper;
      this.maxDrop = 0;
    }
    this.forced = true;
    this.maxUpper = upper;
    this.maxDrop = Math.max(this.maxDrop, drop);
  }

  /**
   * The φ-quantile, by a straight line within the bucket. The lowest bucket begins at 0 when its bound is positive; in the
   * highest, the bound below it is the answer.
   *
   * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
   */
  quantile(phi: number): number {
    if (Number.isNaN(phi)) return Number.NaN;
    if (phi < 0) return Number.NEGATIVE_INFINITY;
    if (phi > 1) return Number.POSITIVE_INFINITY;
    const { uppers, counts } = this;
    const last = this.size - 1;
    const total = counts[last] as number;
    if (last < 1 || total === 0 || Number.isNaN(total)) return Number.NaN;
    const rank = phi * total;
    let at = 0;
    while (at < last && !((counts[at] as number) >= rank)) at++;
    if (at === last) return uppers[last - 1] as number;
    const upper = uppers[at] as number;
    const count = counts[at] as number;
    if (at === 0) return upper <= 0 ? upper : upper * (rank / count);
    const lower = uppers[at - 1] as number;
    const below = counts[at - 1] as number;
    return lower + (upper - lower) * ((rank - below) / (count - below));
  }

  /** The share of observations between two bounds. */
  fraction(lower: number, upper: number): number {
    const total = this.counts[this.size - 1] as number;
    if (total === 0 || Number.isNaN(total) || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
    if (lower >= upper) return 0;
    return (this.#rankOf(upper) - this.#rankOf(lower)) / total;
  }

  /** How many observations lie below a bound: in the open buckets at the ends, all of the lowest and none of the highest. */
  #rankOf(bound: number): number {
    let below = 0;
    let start = (this.uppers[0] as number) > 0 ? 0 : Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.size; i++) {
      const upper = this.uppers[i] as number;
      const count = this.counts[i] as number;
      if (start >= bound) return below;
      if (upper > bound) {
        if (start === Number.NEGATIVE_INFINITY) return count;
        if (upper === Number.POSITIVE_INFINITY) return below;
        return below + ((count - below) * (bound - start)) / (upper - start);
      }
      below = count;
      start = upper;
    }
    return below;
  }
}

function almostEqual(left: number, right: number): boolean {
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return true;
  const size = Math.abs(left) + Math.abs(right);
  const difference = Math.abs(left - right);
  if (left === 0 || right === 0 || size < smallestNormal) return difference < tolerance * smallestNormal;
  return difference / Math.min(size, Number.MAX_VALUE) < tolerance;
}
