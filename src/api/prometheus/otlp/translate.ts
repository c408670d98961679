import type { FloatHistogram } from '../../../model/float-histogram.ts';
import type { Labels } from '../../../model/labels.ts';
import type { OtlpExemplar, OtlpMetric, OtlpResource, OtlpScope, Point } from '../../../wire/otlp/metrics.ts';
import type { Exemplar, FamilyMetadata } from '../../../wire/write-request.ts';
import { customHistogram, nativeHistogram } from './histograms.ts';
import { type OtlpSettings, pointLabels, targetInfoLabels } from './labels.ts';
import { metricName } from './names.ts';

export interface TranslatedSample {
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number | 'stale' | FloatHistogram;
}

/** OTLP metrics as series. */
export interface Translated {
  readonly samples: TranslatedSample[];
  readonly exemplars: { readonly series: Labels; readonly exemplar: Exemplar }[];
  readonly families: FamilyMetadata[];
  /** Points that cannot be series, and why, each reason once. */
  rejected: number;
  readonly problems: Set<string>;
}

/** An exemplar's labels may have so many characters in all. Source: https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars */
const mostExemplarChars = 128;

/**
 * Translates metrics of OTLP as Prometheus does.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
 */
export function translateOtlp(resources: readonly OtlpResource[], settings: OtlpSettings): Translated {
  const out: Translated = { samples: [], exemplars: [], families: [], rejected: 0, problems: new Set() };
  for (const { attributes: resource, scopes } of resources) {
    let latestMs = 0;
    for (const scope of scopes) {
      for (const metric of scope.metrics) {
        new MetricTranslator({ resource, scope }, metric, settings, out).translate();
        for (const { atMs } of pointsOf(metric)) latestMs = Math.max(latestMs, atMs);
      }
    }
    const labels = latestMs === 0 ? undefined : targetInfoLabels(resource, settings);
    if (labels !== undefined) out.samples.push({ labels, atMs: latestMs, value: 1 });
  }
  return out;
}

function pointsOf({ numbers, histograms, exponentials, summaries }: OtlpMetric): readonly Point[] {
  return [...numbers, ...histograms, ...exponentials, ...summaries];
}

const types: Readonly<Record<OtlpMetric['kind'], string>> = {
  gauge: 'gauge',
  sum: 'gauge',
  histogram: 'histogram',
  'exponential-histogram': 'histogram',
  summary: 'summary',
  none: 'unknown',
};

/** One metric with all of its points. */
class MetricTranslator {
  readonly #around: { readonly resource: OtlpResource['attributes']; readonly scope: OtlpScope };
  readonly #metric: OtlpMetric;
  readonly #settings: OtlpSettings;
  readonly #out: Translated;
  readonly #name: string;

  constructor(
    around: { readonly resource: OtlpResource['attributes']; readonly scope: OtlpScope },
    metric: OtlpMetric,
    settings: OtlpSettings,
    out: Translated,
  ) {
    this.#around = around;
    this.#metric = metric;
    this.#settings = settings;
    this.#out = out;
    const { name, unit, kind, isMonotonic } = metric;
    const isCounter = kind === 'sum' && isMonotonic;
    this.#name = metricName({ name, unit, isCounter, isGauge: kind === 'gauge' }, settings);
  }

  translate(): void {
    const { kind, temporality, isMonotonic, description, unit, name } = this.#metric;
    const points = pointsOf(this.#metric);
    const hasTemporality = kind === 'sum' || kind === 'histogram' || kind === 'exponential-histogram';
    if (hasTemporality && temporality !== 'cumulative') {
      const what = temporality === 'delta' ? 'delta temporality' : 'no temporality';
      this.#reject(points.length, `${name} has ${what}; let the sender export cumulative values`);
      return;
    }
    if (this.#name === '' || kind === 'none') {
      this.#reject(
        Math.max(1, points.length),
        `${name || 'a metric without a name'} has no data that is known`,
      );
      return;
    }
    const type = kind === 'sum' && isMonotonic ? 'counter' : types[kind];
    this.#out.families.push({ name: this.#name, type, help: description, unit });
    this.#points();
  }

  #points(): void {
    const { kind } = this.#metric;
    for (const point of this.#metric.numbers) {
      const labels = this.#labels(point, '');
      this.#add(labels, point, point.value);
      // Gauges have no exemplars here, as in Prometheus.
      if (kind === 'sum') for (const exemplar of point.exemplars) this.#exemplar(labels, exemplar);
    }
    for (const point of this.#metric.histograms) {
      if (this.#settings.convert_histograms_to_nhcb)
        this.#native(point, customHistogram(point), point.exemplars);
      else this.#classic(point);
    }
    for (const point of this.#metric.exponentials)
      this.#native(point, nativeHistogram(point), point.exemplars);
    for (const point of this.#metric.summaries) this.#summary(point);
  }

  #native(point: Point, value: FloatHistogram | string, exemplars: readonly OtlpExemplar[]): void {
    if (typeof value === 'string') {
      this.#reject(1, `${this.#metric.name}: ${value}`);
      return;
    }
    const labels = this.#labels(point, '');
    this.#add(labels, point, value);
    for (const exemplar of exemplars) this.#exemplar(labels, exemplar);
  }

  #classic(point: OtlpMetric['histograms'][number]): void {
    if (point.sum !== undefined) this.#add(this.#labels(point, '_sum'), point, point.sum);
    this.#add(this.#labels(point, '_count'), point, point.count);
    const buckets: { readonly bound: number; readonly labels: Labels }[] = [];
    let count = 0;
    for (let i = 0; i < point.bounds.length && i < point.counts.length; i++) {
      const bound = point.bounds[i] as number;
      count += point.counts[i] as number;
      const labels = { ...this.#labels(point, '_bucket'), le: boundText(bound) };
      this.#add(labels, point, count);
      buckets.push({ bound, labels });
    }
    const labels = { ...this.#labels(point, '_bucket'), le: '+Inf' };
    this.#add(labels, point, point.count);
    buckets.push({ bound: Number.POSITIVE_INFINITY, labels });
    for (const exemplar of point.exemplars) {
      const bucket = buckets.find(({ bound }) => exemplar.value <= bound);
      if (bucket !== undefined) this.#exemplar(bucket.labels, exemplar);
    }
  }

  #summary(point: OtlpMetric['summaries'][number]): void {
    this.#add(this.#labels(point, '_sum'), point, point.sum);
    this.#add(this.#labels(point, '_count'), point, point.count);
    const labels = this.#labels(point, '');
    for (const { quantile, value } of point.quantiles)
      this.#add({ ...labels, quantile: boundText(quantile) }, point, value);
  }

  #labels(point: Point, ending: string): Labels {
    return { ...pointLabels(point.attributes, this.#around, this.#settings), __name__: this.#name + ending };
  }

  #add(labels: Labels, { atMs, isGone }: Point, value: number | FloatHistogram): void {
    this.#out.samples.push({ labels, atMs, value: isGone ? 'stale' : value });
  }

  #exemplar(series: Labels, { atMs, value, traceId, spanId, attributes }: OtlpExemplar): void {
    const ids = {
      ...(traceId === '' ? {} : { trace_id: traceId }),
      ...(spanId === '' ? {} : { span_id: spanId }),
    };
    const all: Labels = { ...Object.fromEntries(attributes), ...ids };
    const length = Object.entries(all).reduce((sum, pair) => sum + [...pair.join('')].length, 0);
    // What is too long goes without the attributes, as the ids matter most.
    const labels = length <= mostExemplarChars ? all : ids;
    this.#out.exemplars.push({ series, exemplar: { labels, value, atMs } });
  }

  #reject(points: number, problem: string): void {
    this.#out.rejected += points;
    if (this.#out.problems.size < 10) this.#out.problems.add(problem);
  }
}

/** A number without an exponent, however large or small. */
function boundText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  const text = String(value);
  if (!text.includes('e')) return text;
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const [sign, plain] = digits.startsWith('-') ? ['-', digits.slice(1)] : ['', digits];
  const point = 1 + Number(exponent);
  const all = plain.replace('.', '');
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return sign + all.padEnd(point, '0');
}
