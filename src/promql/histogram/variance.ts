import type { FloatHistogram } from '../../model/float-histogram.ts';
import { KahanSum } from '../kahan.ts';
import { isCustom } from './parts.ts';
import { walk } from './walk.ts';

/**
 * The variance of the observations, each taken to be in the middle of its bucket: the geometric one, in custom buckets the
 * arithmetic one, in the zero bucket 0.
 */
export function histogramVariance(histogram: FloatHistogram): number {
  const custom = isCustom(histogram);
  const mean = histogram.sum / histogram.count;
  const total = new KahanSum();
  for (const { lower, upper, count } of walk(histogram, false)) {
    if (count === 0) continue;
    const delta = middle(lower, upper, custom) - mean;
    total.add(count * delta * delta);
  }
  return total.total / histogram.count;
}

function middle(lower: number, upper: number, custom: boolean): number {
  if (custom) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  const geometric = Math.sqrt(upper * lower);
  return upper < 0 ? -geometric : geometric;
}
