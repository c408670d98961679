/** The types of OpenMetrics 1.0. Source: https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md */
export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'stateset'
  | 'info'
  | 'summary'
  | 'unknown';

export interface MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string | undefined;
  readonly unit: string | undefined;
  readonly samples: readonly FamilySample[];
  /** Of the first line that speaks of it, from 1. */
  readonly line: number;
}

/** One line with a value. */
export interface FamilySample {
  /** With its suffix, `a_bucket`. */
  readonly name: string;
  readonly labels: LabelPairs;
  readonly value: number;
  /** Unix milliseconds, not rounded. */
  readonly timestampMs: number | undefined;
  readonly exemplar: FamilyExemplar | undefined;
  readonly line: number;
}

export interface FamilyExemplar {
  readonly labels: LabelPairs;
  readonly value: number;
  /** Unix milliseconds, not rounded. */
  readonly timestampMs: number | undefined;
}

/** Names and values in the order written; no name twice. */
export type LabelPairs = readonly (readonly [name: string, value: string])[];

/** Suffixes of the samples that a family of each type has; '' is the family's own name. */
export const sampleSuffixes: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  stateset: [''],
  info: ['_info'],
  summary: ['', '_count', '_sum', '_created'],
  unknown: [''],
};

export function isMetricType(text: string): text is MetricType {
  return Object.hasOwn(sampleSuffixes, text);
}
