import type { FloatHistogram } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';

/** Where samples go: a `TimeSeriesStore` is one. */
export interface ScrapeStore {
  /** A number that stands for the series; −1 when the store takes no more series, −2 for labels that cannot be one. */
  handleOf(labels: Labels): number;
  /** Keeps what the metric of a series is. */
  describe(handle: number, metadata: DescribedMetric): void;
  /** Whether a handle still stands for a series. */
  isHandle(handle: number): boolean;
  appendColumns(columns: {
    readonly handles: Float64Array;
    readonly timesMs: Float64Array;
    readonly values: Float64Array;
    readonly length: number;
  }): AppendCounts;
  append(
    batch: readonly {
      readonly labels: Labels;
      readonly atMs: number;
      readonly value: number | 'stale' | FloatHistogram;
    }[],
  ): AppendCounts;
  appendExemplars(
    batch: readonly {
      readonly series: Labels;
      readonly exemplar: { readonly labels: Labels; readonly value: number; readonly atMs: number };
    }[],
  ): number;
}

export interface DescribedMetric {
  readonly type: (typeof describedTypes)[number];
  readonly help: string;
  readonly unit: string;
}

/** Types of metrics that formats know. */
export const describedTypes = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'summary',
  'gaugehistogram',
  'info',
  'stateset',
] as const;

export interface AppendCounts {
  readonly appended: number;
  readonly outOfOrder: number;
  readonly duplicate: number;
  readonly tooOld: number;
  readonly overLimit: number;
  readonly invalid: number;
}
