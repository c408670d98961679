import { safeRegex } from '../../kit/regex.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';

/**
 * Our own metrics in the JSON form of Prometheus' protobuf: whole numbers of 64 bits are texts, and so are NaN and infinities.
 *
 * Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto, https://protobuf.dev/programming-guides/json/
 *
 * @param pattern names that it matches from end to end; '' for all
 */
export function selfMetrics(families: Iterable<MetricFamily>, pattern: string): unknown[] {
  const regex = pattern === '' ? undefined : safeRegex(pattern);
  const found: unknown[] = [];
  for (const family of families) {
    if (regex !== undefined && !regex.matches(family.name)) continue;
    found.push({
      name: family.name,
      help: family.help,
      type: typeOf(family.type),
      metric: metricsOf(family),
    });
  }
  return found;
}

function typeOf(type: MetricFamily['type']): string {
  return type === 'unknown' ? 'UNTYPED' : type.toUpperCase();
}

function metricsOf(family: MetricFamily): unknown[] {
  const { type, samples } = family;
  if (type === 'histogram' || type === 'summary') return compositesOf(family);
  const field = type === 'unknown' ? 'untyped' : type;
  return samples.map(({ labels, value }) => ({ ...pairs(labels), [field]: { value: number(value) } }));
}

interface Composite {
  readonly labels: Labels;
  sum: number;
  count: number;
  readonly parts: { readonly bound: number; readonly value: number }[];
}

/** Series of a histogram or summary are one metric, told apart by the end of their names and by `le` or `quantile`. */
function compositesOf({ name, type, samples }: MetricFamily): unknown[] {
  const byLabels = new Map<string, Composite>();
  for (const sample of samples) {
    const { le, quantile, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    const one = byLabels.get(key) ?? { labels, sum: 0, count: 0, parts: [] };
    byLabels.set(key, one);
    if (sample.name === `${name}_sum`) one.sum = sample.value;
    else if (sample.name === `${name}_count`) one.count = sample.value;
    else one.parts.push({ bound: bound(le ?? quantile ?? ''), value: sample.value });
  }
  return [...byLabels.values()].map(({ labels, sum, count, parts }) => {
    const total = { sampleCount: String(count), sampleSum: number(sum) };
    return type === 'histogram'
      ? {
          ...pairs(labels),
          histogram: {
            ...total,
            bucket: parts.map(({ bound: upper, value }) => ({
              cumulativeCount: String(value),
              upperBound: number(upper),
            })),
          },
        }
      : {
          ...pairs(labels),
          summary: {
            ...total,
            quantile: parts.map(({ bound: quantile, value }) => ({ quantile, value: number(value) })),
          },
        };
  });
}

function bound(text: string): number {
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
}

function pairs(labels: Labels): { readonly label?: unknown } {
  const names = Object.keys(labels).sort();
  return names.length === 0 ? {} : { label: names.map((name) => ({ name, value: labels[name] })) };
}

function number(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
