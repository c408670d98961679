/*
 * Metrics of OTLP in one plain form, whichever way they came. Times are Unix ms.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */

/** A name and its value as text: texts as they are, everything else as JSON. */
export type Attribute = readonly [name: string, value: string];

export interface OtlpResource {
  attributes: Attribute[];
  scopes: OtlpScope[];
}

export interface OtlpScope {
  name: string;
  version: string;
  schemaUrl: string;
  attributes: Attribute[];
  metrics: OtlpMetric[];
}

export interface OtlpMetric {
  name: string;
  description: string;
  unit: string;
  kind: 'gauge' | 'sum' | 'histogram' | 'exponential-histogram' | 'summary' | 'none';
  temporality: 'unspecified' | 'delta' | 'cumulative';
  isMonotonic: boolean;
  numbers: NumberPoint[];
  histograms: HistogramPoint[];
  exponentials: ExponentialPoint[];
  summaries: SummaryPoint[];
}

export interface Point {
  attributes: Attribute[];
  atMs: number;
  /** The point says that there is no value any more. */
  isGone: boolean;
}

export interface NumberPoint extends Point {
  value: number;
  exemplars: OtlpExemplar[];
}

export interface HistogramPoint extends Point {
  count: number;
  sum: number | undefined;
  /** One more than bounds, or none. */
  counts: number[];
  bounds: number[];
  exemplars: OtlpExemplar[];
}

export interface ExponentialBuckets {
  offset: number;
  counts: number[];
}

export interface ExponentialPoint extends Point {
  count: number;
  sum: number | undefined;
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: ExponentialBuckets;
  negative: ExponentialBuckets;
  exemplars: OtlpExemplar[];
}

export interface SummaryPoint extends Point {
  count: number;
  sum: number;
  quantiles: { quantile: number; value: number }[];
}

export interface OtlpExemplar {
  atMs: number;
  value: number;
  /** Hexadecimal; '' where there is none. */
  traceId: string;
  spanId: string;
  attributes: Attribute[];
}

/** A list of numbers may be so long. */
export const mostNumbers = 100_000;
/** Values of attributes may be nested so deep. */
export const mostDepth = 32;

export function emptyMetric(): OtlpMetric {
  return {
    name: '',
    description: '',
    unit: '',
    kind: 'none',
    temporality: 'unspecified',
    isMonotonic: false,
    numbers: [],
    histograms: [],
    exponentials: [],
    summaries: [],
  };
}

export const temporalities = ['unspecified', 'delta', 'cumulative'] as const;

/** A value of an attribute: what a list or map of them has in it is a value again. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

export function attributeText(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
