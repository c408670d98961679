import type { FloatHistogram } from '../../model/float-histogram.ts';
import { bucketsOf } from '../../model/float-histogram-buckets.ts';
import { formatNumber } from '../format-number.ts';

/** A histogram as `count_values` and messages show it: `{count:4, sum:5, [-0.001,0.001]:1, (1,2]:3}`. */
export function formatHistogram(histogram: FloatHistogram): string {
  const buckets = bucketsOf(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, lowerInclusive, upperInclusive, count }) => {
      const bounds = `${formatNumber(lower)},${formatNumber(upper)}`;
      return `, ${lowerInclusive ? '[' : '('}${bounds}${upperInclusive ? ']' : ')'}:${formatNumber(count)}`;
    });
  return `{count:${formatNumber(histogram.count)}, sum:${formatNumber(histogram.sum)}${buckets.join('')}}`;
}
