import type { Labels } from '../../model/labels.ts';
import type { MetricFamily, MetricType } from '../../model/metric.ts';

/** What histograms and summaries hold: points are buckets by upper bound, or quantiles. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly points: readonly (readonly [at: number, value: number])[];
}

export interface PushedMetric {
  readonly labels: Labels;
  /** Of counters, gauges and what has no type. */
  readonly value: number;
  /** Of histograms and summaries. */
  readonly distribution?: Distribution;
}

/** A family as one push brought it. */
export interface PushedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly metrics: readonly PushedMetric[];
}

/** What a push holds. */
export interface PushedBody {
  readonly families: readonly PushedFamily[];
  /** Whether any sample has a time of its own, which no push may have. */
  readonly hasTimes: boolean;
}

type FlatSample = MetricFamily['samples'][number];

/** The family as series: `x_bucket`, `x_sum` and so on where it has them. A bucket without an end is added where none was pushed. */
export function* samplesOf({ name, type, metrics }: PushedFamily): Generator<FlatSample> {
  for (const { labels, value, distribution } of metrics) {
    if (distribution === undefined) {
      yield { name, labels, value };
      continue;
    }
    const { count, sum, points } = distribution;
    if (type === 'summary') {
      for (const [quantile, of] of points)
        yield { name, labels: { ...labels, quantile: boundText(quantile) }, value: of };
    } else {
      for (const [bound, of] of points)
        yield { name: `${name}_bucket`, labels: { ...labels, le: boundText(bound) }, value: of };
      if (points.at(-1)?.[0] !== Number.POSITIVE_INFINITY)
        yield { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count };
    }
    yield { name: `${name}_sum`, labels, value: sum };
    yield { name: `${name}_count`, labels, value: count };
  }
}

function boundText(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf';
  return bound === Number.NEGATIVE_INFINITY ? '-Inf' : String(bound);
}

/** Names of all series that a family of this name and type has. */
export function seriesNames(name: string, type: MetricType): readonly string[] {
  if (type === 'histogram') return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
  return type === 'summary' ? [name, `${name}_sum`, `${name}_count`] : [name];
}

/** The label of buckets and of quantiles, by which the parts of a metric are told apart. */
export const pointLabels: Readonly<Partial<Record<MetricType, string>>> = {
  histogram: 'le',
  summary: 'quantile',
};
