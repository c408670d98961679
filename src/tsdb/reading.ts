import type { Labels } from '../model/labels.ts';

/** One sample to store, with its series. */
export interface Reading {
  /** The name included as `__name__`. A label with an empty value is a label that is not there. */
  readonly labels: Labels;
  /** Unix ms; fractions are cut off. */
  readonly atMs: number;
  /** `'stale'` writes the marker that ends the series until it gets another sample. */
  readonly value: number | 'stale';
}

/** What became of a batch; nothing is thrown for a sample that cannot be taken. */
export interface AppendResult {
  readonly appended: number;
  /** Older than the newest sample of the series. */
  readonly outOfOrder: number;
  /** At the time of the newest sample, with another value. The same value again is taken as appended. */
  readonly duplicate: number;
  /** Older than what the store keeps. */
  readonly tooOld: number;
  /** Of a new series while the store holds as many as it may. */
  readonly overLimit: number;
  /** Without labels, or at a time that is no number. */
  readonly invalid: number;
}

/** One label or metric name and how many series carry it. */
export interface Cardinality {
  readonly name: string;
  readonly value: number;
}

export interface StoreStats {
  readonly series: number;
  readonly labelPairs: number;
  readonly chunks: number;
  /** Memory held for samples, free blocks included. */
  readonly chunkBytes: number;
  /** On disk; 0 without a directory. */
  readonly walBytes: number;
  /** Samples taken since the start, those read from the log left out. */
  readonly appended: number;
  /** Samples refused since the start, by reason. */
  readonly refused: Readonly<Record<'outOfOrder' | 'duplicate' | 'tooOld' | 'overLimit' | 'invalid', number>>;
  /** Times that the log could not be written; the samples are then in memory only. */
  readonly walFailures: number;
  /** Unix ms of the oldest and newest sample; undefined when empty. */
  readonly minMs: number | undefined;
  readonly maxMs: number | undefined;
  /** The ten largest of each. */
  readonly seriesByMetric: readonly Cardinality[];
  readonly valuesByLabel: readonly Cardinality[];
  readonly seriesByPair: readonly Cardinality[];
}
