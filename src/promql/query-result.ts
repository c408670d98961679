import type { FloatHistogram, MixedSamples } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';

/** The answer to a query. `warnings` and `infos` are texts with the place in the query at their end. */
export type QueryResult = QueryValue & {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
};

export type QueryValue =
  | { readonly type: 'vector'; readonly samples: readonly VectorSample[] }
  /** A sample is a histogram where `histograms` has one, a float elsewhere. */
  | { readonly type: 'matrix'; readonly series: readonly MixedSamples[] }
  | { readonly type: 'scalar'; readonly atMs: number; readonly value: number }
  | { readonly type: 'string'; readonly atMs: number; readonly value: string };

/** One element of an instant vector. `atMs` is the evaluation time, not the sample's own. */
export interface VectorSample {
  readonly labels: Labels;
  readonly atMs: number;
  /** Means nothing (NaN) where `histogram` is set. */
  readonly value: number;
  readonly histogram?: FloatHistogram;
}
