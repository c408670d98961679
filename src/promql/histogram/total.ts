import type { CounterReset, FloatHistogram } from '../../model/float-histogram.ts';
import { commonBounds, histogramOf, isCustom, joinResets, type Parts, partsOf, sameBounds } from './parts.ts';
import { divideHistogram } from './scale.ts';
import { beyondZero, coarser, rebound, type Side, sameIndexes, union } from './side.ts';
import { commonZero } from './zero-bucket.ts';

/** What many histograms add up to. */
export interface Totalled {
  readonly histogram: FloatHistogram;
  /** Some say that the counter was reset, others that it was not. */
  readonly conflict: boolean;
  /** Custom bounds differed, so that only those of all were kept. */
  readonly reconciled: boolean;
}

/** The sum of one or more histograms, with compensated summation; undefined when only some have custom buckets. */
export function sumHistograms(histograms: readonly FloatHistogram[]): Totalled | undefined {
  const total = totalOf(histograms);
  return total === undefined ? undefined : { ...flags(total, histograms), histogram: total.histogram(1) };
}

/** The mean, also where the sum would overflow; undefined when only some have custom buckets. */
export function averageHistograms(histograms: readonly FloatHistogram[]): Totalled | undefined {
  const direct = totalOf(histograms);
  if (direct === undefined) return undefined;
  if (!direct.overflows || histograms.some(hasInfinity))
    return { ...flags(direct, histograms), histogram: direct.histogram(histograms.length) };
  const mean = runningMean(histograms);
  return mean === undefined ? undefined : { ...flags(direct, histograms), histogram: mean };
}

function totalOf(histograms: readonly FloatHistogram[]): RunningTotal | undefined {
  const [first, ...rest] = histograms;
  if (first === undefined) return undefined;
  const total = new RunningTotal(first);
  for (const histogram of rest) if (!total.add(histogram)) return undefined;
  return total;
}

function flags(total: RunningTotal, histograms: readonly FloatHistogram[]) {
  return { conflict: conflicts(histograms), reconciled: total.reconciled };
}

function conflicts(histograms: readonly FloatHistogram[]): boolean {
  const has = (wanted: CounterReset): boolean =>
    histograms.some(({ counterReset }) => counterReset === wanted);
  return has('reset') && has('not-reset');
}

/** The mean that grows with each histogram, so that nothing is ever larger than the largest value. */
function runningMean(histograms: readonly FloatHistogram[]): FloatHistogram | undefined {
  let total: RunningTotal | undefined;
  let n = 0;
  for (const histogram of histograms) {
    n++;
    if (total === undefined) total = new RunningTotal(histogram);
    else {
      total.scale((n - 1) / n);
      if (!total.add(divideHistogram(histogram, n))) return undefined;
    }
  }
  return total?.histogram(1);
}

function hasInfinity({ count, sum, zeroCount, positiveBuckets, negativeBuckets }: FloatHistogram): boolean {
  const infinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY;
  return (
    [count, sum, zeroCount].some(infinite) || positiveBuckets.some(infinite) || negativeBuckets.some(infinite)
  );
}

/** A number and what its summation lost. */
interface Compensated {
  value: number;
  rest: number;
}

function include(total: Compensated, value: number): void {
  const before = total.value;
  const next = before + value;
  if (Math.abs(next) === Number.POSITIVE_INFINITY) total.rest = 0;
  else if (Math.abs(before) >= Math.abs(value)) total.rest += before - next + value;
  else total.rest += value - next + before;
  total.value = next;
}

interface MutableSide {
  indexes: Int32Array;
  counts: Float64Array;
  rest: Float64Array;
}

function mutable({ indexes, counts, rest }: Side): MutableSide {
  return { indexes, counts: counts.slice(), rest: rest?.slice() ?? new Float64Array(counts.length) };
}

/** A sum of histograms in the making. */
class RunningTotal {
  #schema: number;
  #zeroThreshold: number;
  #bounds: readonly number[];
  #counterReset: CounterReset;
  readonly #zero: Compensated;
  readonly #count: Compensated;
  readonly #sum: Compensated;
  #positive: MutableSide;
  #negative: MutableSide;
  reconciled = false;

  constructor(first: FloatHistogram) {
    const parts = partsOf(first);
    this.#schema = parts.schema;
    this.#zeroThreshold = parts.zeroThreshold;
    this.#bounds = parts.bounds;
    this.#counterReset = parts.counterReset;
    this.#zero = { value: parts.zeroCount, rest: 0 };
    this.#count = { value: parts.count, rest: 0 };
    this.#sum = { value: parts.sum, rest: 0 };
    this.#positive = mutable(parts.positive);
    this.#negative = mutable(parts.negative);
  }

  /** False when one has custom buckets and the other has not. */
  add(histogram: FloatHistogram): boolean {
    if (isCustom(histogram) !== isCustom({ schema: this.#schema })) return false;
    let parts = partsOf(histogram);
    parts = isCustom(histogram) ? this.#alignBounds(parts) : this.#align(parts);
    this.#counterReset = joinResets(this.#counterReset, parts.counterReset).counterReset;
    include(this.#zero, parts.zeroCount);
    include(this.#count, parts.count);
    include(this.#sum, parts.sum);
    this.#positive = addTo(this.#positive, parts.positive);
    this.#negative = addTo(this.#negative, parts.negative);
    return true;
  }

  scale(factor: number): void {
    for (const total of [this.#zero, this.#count, this.#sum]) {
      total.value *= factor;
      total.rest *= factor;
    }
    for (const { counts, rest } of [this.#positive, this.#negative]) {
      for (let i = 0; i < counts.length; i++) {
        counts[i] = (counts[i] as number) * factor;
        rest[i] = (rest[i] as number) * factor;
      }
    }
  }

  get overflows(): boolean {
    const infinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY;
    return (
      [this.#zero, this.#count, this.#sum].some(({ value }) => infinite(value)) ||
      this.#positive.counts.some(infinite) ||
      this.#negative.counts.some(infinite)
    );
  }

  /** The total by a divisor. */
  histogram(divisor: number): FloatHistogram {
    const whole = ({ value, rest }: Compensated): number => value / divisor + rest / divisor;
    const side = ({ indexes, counts, rest }: MutableSide): Side => ({
      indexes,
      counts: counts.map((value, i) => value / divisor + (rest[i] as number) / divisor),
    });
    return histogramOf({
      schema: this.#schema,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: whole(this.#zero),
      count: whole(this.#count),
      sum: whole(this.#sum),
      positive: side(this.#positive),
      negative: side(this.#negative),
      bounds: this.#bounds,
      counterReset: this.#counterReset,
    });
  }

  /** Brings the total and what is to be added to one resolution and one zero bucket. */
  #align(parts: Parts): Parts {
    if (parts.schema === this.#schema && parts.zeroThreshold === this.#zeroThreshold) return parts;
    const own = {
      schema: this.#schema,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zero.value,
      positive: this.#positive,
      negative: this.#negative,
    };
    const zero = commonZero(own, parts);
    const schema = Math.min(this.#schema, parts.schema);
    const aligned = (side: Side, from: number): Side =>
      beyondZero(coarser(beyondZero(side, from, zero.threshold), from, schema), schema, zero.threshold);
    this.#zero.value = zero.left;
    this.#zeroThreshold = zero.threshold;
    this.#positive = mutable(aligned(this.#positive, this.#schema));
    this.#negative = mutable(aligned(this.#negative, this.#schema));
    this.#schema = schema;
    return {
      ...parts,
      zeroCount: zero.right,
      positive: aligned(parts.positive, parts.schema),
      negative: aligned(parts.negative, parts.schema),
    };
  }

  #alignBounds(parts: Parts): Parts {
    if (sameBounds(this.#bounds, parts.bounds)) return parts;
    const bounds = commonBounds(this.#bounds, parts.bounds);
    this.#positive = mutable(rebound(this.#positive, this.#bounds, bounds));
    this.#bounds = bounds;
    this.reconciled = true;
    return { ...parts, positive: rebound(parts.positive, parts.bounds, bounds) };
  }
}

function addTo(total: MutableSide, side: Side): MutableSide {
  if (sameIndexes(total.indexes, side.indexes)) {
    addCounts(total, side.counts);
    return total;
  }
  const { indexes, fromLeft, fromRight } = union(total.indexes, side.indexes);
  const grown: MutableSide = {
    indexes,
    counts: Float64Array.from(fromLeft, (at) => (at < 0 ? 0 : (total.counts[at] as number))),
    rest: Float64Array.from(fromLeft, (at) => (at < 0 ? 0 : (total.rest[at] as number))),
  };
  addCounts(
    grown,
    Float64Array.from(fromRight, (at) => (at < 0 ? 0 : (side.counts[at] as number))),
  );
  return grown;
}

function addCounts({ counts, rest }: MutableSide, added: Float64Array): void {
  for (let i = 0; i < counts.length; i++) {
    const before = counts[i] as number;
    const value = added[i] as number;
    const next = before + value;
    if (Math.abs(next) === Number.POSITIVE_INFINITY) rest[i] = 0;
    else if (Math.abs(before) >= Math.abs(value)) rest[i] = (rest[i] as number) + (before - next + value);
    else rest[i] = (rest[i] as number) + (value - next + before);
    counts[i] = next;
  }
}
