import type { FloatHistogram } from '../../model/float-histogram.ts';
import { commonBounds, isCustom, type Parts, partsOf, sameBounds } from './parts.ts';
import { beyondZero, coarser, rebound, type Side } from './side.ts';
import { widen } from './zero-bucket.ts';

/**
 * Whether a counter was reset between two histograms: what is known of the later one decides, and where nothing is known, any
 * count that fell does, any bucket that counted something and is gone, and any layout that can only come of a restart (a
 * finer resolution, a narrower zero bucket).
 */
export function isReset(current: FloatHistogram, previous: FloatHistogram): boolean {
  if (current.counterReset === 'reset') return true;
  if (current.counterReset === 'not-reset') return false;
  if (current.count < previous.count) return true;
  const now = partsOf(current);
  const before = partsOf(previous);
  if (isCustom(current)) {
    if (!isCustom(previous)) return true;
    return isCustomReset(now, before);
  }
  // Custom buckets are a schema below all others: leaving them is a finer resolution.
  if (now.schema > before.schema || now.zeroThreshold < before.zeroThreshold) return true;
  const wide = widen(before, now.zeroThreshold);
  if (wide.threshold !== now.zeroThreshold || now.zeroCount < wide.count) return true;
  const fell = (of: 'positive' | 'negative'): boolean =>
    anyFell(
      beyondZero(now[of], now.schema, now.zeroThreshold),
      beyondZero(coarser(before[of], before.schema, now.schema), now.schema, now.zeroThreshold),
    );
  return fell('positive') || fell('negative');
}

function isCustomReset(now: Parts, before: Parts): boolean {
  if (sameBounds(now.bounds, before.bounds)) return anyFell(now.positive, before.positive);
  const bounds = commonBounds(now.bounds, before.bounds);
  return anyFell(rebound(now.positive, now.bounds, bounds), rebound(before.positive, before.bounds, bounds));
}

function anyFell(now: Side, before: Side): boolean {
  let at = 0;
  for (let i = 0; i < before.indexes.length; i++) {
    const index = before.indexes[i] as number;
    const count = before.counts[i] as number;
    while (at < now.indexes.length && (now.indexes[at] as number) < index) at++;
    if (now.indexes[at] === index ? (now.counts[at] as number) < count : count !== 0) return true;
  }
  return false;
}

const noBuckets = new Float64Array(0);

/**
 * Histograms of a series as functions of count and sum only need them: without buckets, and with resets found by comparing each
 * with the one before it where nothing was known.
 */
export function statsOnly(
  histograms: readonly (FloatHistogram | undefined)[],
): readonly (FloatHistogram | undefined)[] {
  let previous: FloatHistogram | undefined;
  return histograms.map((histogram) => {
    if (histogram === undefined) return undefined;
    let { counterReset } = histogram;
    if (counterReset === 'unknown' && previous !== undefined)
      counterReset = isReset(histogram, previous) ? 'reset' : 'not-reset';
    previous = histogram;
    const { schema, count, sum } = histogram;
    return {
      schema,
      count,
      sum,
      counterReset,
      zeroThreshold: 0,
      zeroCount: 0,
      positiveSpans: [],
      negativeSpans: [],
      positiveBuckets: noBuckets,
      negativeBuckets: noBuckets,
      ...(isCustom(histogram) ? { customValues: [] } : {}),
    };
  });
}
