import type { FloatHistogram } from '../../../model/float-histogram.ts';
import type { Labels } from '../../../model/labels.ts';
import type { Exemplar } from '../../../wire/write-request.ts';

/** Where received samples go: a `TimeSeriesStore` is one. */
export interface WriteTarget {
  /** A number that stands for the series; −1 when the store takes no more series, −2 for labels that cannot be one. */
  handleOf(labels: Labels): number;
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
  /** @returns how many were taken */
  appendExemplars(batch: readonly { readonly series: Labels; readonly exemplar: Exemplar }[]): number;
}

export interface AppendCounts {
  readonly appended: number;
  readonly outOfOrder: number;
  readonly duplicate: number;
  readonly tooOld: number;
  readonly overLimit: number;
  readonly invalid: number;
}
