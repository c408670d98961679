import type { Labels } from './labels.ts';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown';

/** One family as exposed: its samples carry full names (`x_bucket`, `x_sum`, … for histograms). */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly samples: readonly { readonly name: string; readonly labels: Labels; readonly value: number }[];
}
