import type { BucketSpan } from '../../model/float-histogram.ts';
import { boundOf, bucketIndexes } from '../../model/float-histogram-buckets.ts';

/**
 * The buckets of one side of a histogram, for computing: each bucket's index, ascending, and its count. `rest` is what Neumaier's
 * summation has lost of each count, where it is kept.
 */
export interface Side {
  readonly indexes: Int32Array;
  readonly counts: Float64Array;
  readonly rest?: Float64Array;
}

export function sideOf(spans: readonly BucketSpan[], buckets: Float64Array): Side {
  return { indexes: bucketIndexes(spans, buckets.length), counts: buckets };
}

/** The spans of buckets with these indexes: runs of neighbours. */
export function spansOf(indexes: Int32Array): BucketSpan[] {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return spans;
}

/** Without the buckets that count nothing. */
export function withoutEmpty(side: Side): Side {
  const { indexes, counts } = side;
  let kept = 0;
  for (const count of counts) if (count !== 0) kept++;
  if (kept === counts.length) return side;
  const out = { indexes: new Int32Array(kept), counts: new Float64Array(kept) };
  for (let i = 0, k = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    out.indexes[k] = indexes[i] as number;
    out.counts[k++] = counts[i] as number;
  }
  return out;
}

export function sameIndexes(left: Int32Array, right: Int32Array): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

/** Every bucket of either side; counts of the right one are taken times `sign`. */
export function addSides(left: Side, right: Side, sign: 1 | -1): Side {
  if (sameIndexes(left.indexes, right.indexes)) {
    const counts = left.counts.slice();
    for (let i = 0; i < counts.length; i++)
      counts[i] = (counts[i] as number) + sign * (right.counts[i] as number);
    return { indexes: left.indexes, counts };
  }
  const { indexes, fromLeft, fromRight } = union(left.indexes, right.indexes);
  const counts = new Float64Array(indexes.length);
  for (let i = 0; i < counts.length; i++) {
    const a = fromLeft[i] as number;
    const b = fromRight[i] as number;
    counts[i] = (a < 0 ? 0 : (left.counts[a] as number)) + (b < 0 ? 0 : sign * (right.counts[b] as number));
  }
  return { indexes, counts };
}

interface Union {
  readonly indexes: Int32Array;
  /** Where each of them stands on the left, −1 where it does not. */
  readonly fromLeft: Int32Array;
  readonly fromRight: Int32Array;
}

export function union(left: Int32Array, right: Int32Array): Union {
  const most = left.length + right.length;
  const indexes = new Int32Array(most);
  const fromLeft = new Int32Array(most).fill(-1);
  const fromRight = new Int32Array(most).fill(-1);
  let a = 0;
  let b = 0;
  let size = 0;
  while (a < left.length || b < right.length) {
    const l = a < left.length ? (left[a] as number) : Number.POSITIVE_INFINITY;
    const r = b < right.length ? (right[b] as number) : Number.POSITIVE_INFINITY;
    indexes[size] = Math.min(l, r);
    if (l <= r) fromLeft[size] = a++;
    if (r <= l) fromRight[size] = b++;
    size++;
  }
  return {
    indexes: indexes.subarray(0, size),
    fromLeft: fromLeft.subarray(0, size),
    fromRight: fromRight.subarray(0, size),
  };
}

/** The same observations in the wider buckets of a coarser schema. */
export function coarser(side: Side, from: number, to: number): Side {
  if (from === to) return side;
  const shift = from - to;
  return regroup(side, (index) => ((index - 1) >> shift) + 1);
}

/** The same observations in the buckets of other bounds, each of which is a bound now. */
export function rebound(side: Side, from: readonly number[], to: readonly number[]): Side {
  return regroup(side, (index) => {
    const upper = from[index] ?? Number.POSITIVE_INFINITY;
    let at = 0;
    while (at < to.length && (to[at] as number) < upper) at++;
    return at;
  });
}

/** Buckets put together; the new indexes must not fall. */
function regroup(side: Side, newIndex: (index: number) => number): Side {
  const { indexes, counts, rest } = side;
  const out = { indexes: new Int32Array(indexes.length), counts: new Float64Array(indexes.length) };
  const outRest = rest === undefined ? undefined : new Float64Array(indexes.length);
  let size = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = newIndex(indexes[i] as number);
    if (size === 0 || out.indexes[size - 1] !== index) out.indexes[size++] = index;
    out.counts[size - 1] = (out.counts[size - 1] as number) + (counts[i] as number);
    if (outRest !== undefined) outRest[size - 1] = (outRest[size - 1] as number) + (rest?.[i] ?? 0);
  }
  return {
    indexes: out.indexes.subarray(0, size),
    counts: out.counts.subarray(0, size),
    ...(outRest === undefined ? {} : { rest: outRest.subarray(0, size) }),
  };
}

/** Without the buckets that lie wholly within the zero bucket. */
export function beyondZero(side: Side, schema: number, zeroThreshold: number): Side {
  const { indexes, counts, rest } = side;
  let first = 0;
  while (first < indexes.length && boundOf(indexes[first] as number, schema) <= zeroThreshold) first++;
  if (first === 0) return side;
  return {
    indexes: indexes.subarray(first),
    counts: counts.subarray(first),
    ...(rest === undefined ? {} : { rest: rest.subarray(first) }),
  };
}
