import { customBucketsSchema, type FloatHistogram } from '../../src/model/float-histogram.ts';
import { type Labels, labelsKey, metricName } from '../../src/model/labels.ts';
import type { NotedValue } from '../../src/promql/series-notation.ts';
import { readNumber } from '../../src/promql/token-reader.ts';
import type { LoadedSeries } from './promql-script.ts';

interface Classic {
  readonly labels: Labels;
  /** Cumulative counts by upper bound, by place in the line. */
  readonly buckets: Map<number, readonly NotedValue[]>;
  count: readonly NotedValue[];
  sum: readonly NotedValue[];
}

/** `load_with_nhcb`: classic histograms among the series of a load, as native ones with custom buckets beside them. */
export function nativeFromClassic(series: readonly LoadedSeries[]): LoadedSeries[] {
  const found = new Map<string, Classic>();
  for (const { labels, values } of series) {
    const match = /^(.*)_(bucket|count|sum)$/.exec(labels[metricName] ?? '');
    const { le, ...rest } = labels;
    if (match === null || (match[2] === 'bucket') !== (le !== undefined)) continue;
    const own = { ...rest, [metricName]: match[1] ?? '' };
    const key = labelsKey(own);
    const classic = found.get(key) ?? { labels: own, buckets: new Map(), count: [], sum: [] };
    found.set(key, classic);
    if (match[2] === 'count') classic.count = values;
    else if (match[2] === 'sum') classic.sum = values;
    else classic.buckets.set(readNumber((le ?? '').replace(/^\+/, '')) ?? Number.NaN, values);
  }
  return [...found.values()]
    .filter(({ buckets }) => buckets.size > 0)
    .map((classic) => ({ labels: classic.labels, values: valuesOf(classic), startsMs: undefined }));
}

function valuesOf({ buckets, count, sum }: Classic): NotedValue[] {
  const bounds = [...buckets.keys()].sort((left, right) => left - right);
  const length = Math.max(...[...buckets.values(), count, sum].map((values) => values.length));
  return Array.from({ length }, (_, i): NotedValue => {
    const at = (values: readonly NotedValue[] | undefined): number | undefined => {
      const value = values?.[i];
      return value?.kind === 'float' ? value.value : undefined;
    };
    const known = bounds.flatMap((bound) => {
      const cumulative = at(buckets.get(bound));
      return cumulative === undefined ? [] : [{ bound, cumulative }];
    });
    if (known.length === 0 && at(count) === undefined) return { kind: 'none' };
    const finite = known.filter(({ bound }) => bound !== Number.POSITIVE_INFINITY);
    const total = at(count) ?? known.at(-1)?.cumulative ?? 0;
    const counts = [...finite.map(({ cumulative }) => cumulative), total].map(
      (cumulative, k, all) => cumulative - (k === 0 ? 0 : (all[k - 1] ?? 0)),
    );
    const histogram: FloatHistogram = {
      schema: customBucketsSchema,
      zeroThreshold: 0,
      zeroCount: 0,
      count: total,
      sum: at(sum) ?? 0,
      positiveSpans: [{ offset: 0, length: counts.length }],
      negativeSpans: [],
      positiveBuckets: Float64Array.from(counts),
      negativeBuckets: new Float64Array(0),
      customValues: finite.map(({ bound }) => bound),
      counterReset: 'unknown',
    };
    return { kind: 'histogram', histogram, saysReset: false };
  });
}
