import type { Labels } from '../model/labels.ts';
import type { SeriesSamples } from '../model/sample.ts';

/** The answer to a query. `warnings` and `infos` are texts with the place in the query at their end. */
export type QueryResult = QueryValue & {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
};

export type QueryValue =
  | { readonly type: 'vector'; readonly samples: readonly VectorSample[] }
  | { readonly type: 'matrix'; readonly series: readonly SeriesSamples[] }
  | { readonly type: 'scalar'; readonly atMs: number; readonly value: number }
  | { readonly type: 'string'; readonly atMs: number; readonly value: string };

/** One element of an instant vector. `atMs` is the evaluation time, not the sample's own. */
export interface VectorSample {
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number;
}
