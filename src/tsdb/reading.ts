import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { MetricType } from '../model/metric.ts';

/** One sample to store, with its series. */
export interface Reading {
  /** The name included as `__name__`. A label with an empty value is a label that is not there. */
  readonly labels: Labels;
  /** Unix ms; fractions are cut off. */
  readonly atMs: number;
  /**
   * `'stale'` writes the marker that ends the series until it gets another sample. A native histogram whose counts are whole
   * numbers is stored as an integer histogram.
   */
  readonly value: number | 'stale' | FloatHistogram;
}

/**
 * Samples as columns, for those who write the same series again and again: series are named by what
 * {@link TimeSeriesStore.handleOf} gave. Floats only; a staleness marker is written by its bits (`setStaleAt` of the model).
 */
export interface SampleColumns {
  readonly handles: Float64Array;
  /** Unix ms. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** Rows in use, from the first. */
  readonly length: number;
}

/** What {@link TimeSeriesStore.handleOf} says of labels that it has no handle for. */
export const noHandle = { overLimit: -1, invalid: -2 } as const;

/** An example behind a sample: a trace, mostly. */
export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Unix ms. */
  readonly atMs: number;
}

export interface ExemplarReading {
  /** Of the series that it belongs to, which must be in the store. */
  readonly series: Labels;
  readonly exemplar: Exemplar;
}

export interface SeriesExemplars {
  readonly series: Labels;
  /** Oldest first. */
  readonly exemplars: readonly Exemplar[];
}

/** What a metric is, as its exposition said. */
export interface SeriesMetadata {
  readonly type: MetricType | 'gaugehistogram' | 'info' | 'stateset';
  readonly help: string;
  readonly unit: string;
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

/** One persistent block of the data directory. */
export interface BlockInfo {
  readonly ulid: string;
  /** Unix ms; the end is exclusive. */
  readonly minMs: number;
  readonly maxMs: number;
  readonly samples: number;
  readonly series: number;
  readonly chunks: number;
  readonly bytes: number;
  /** 1 for a block that was written from the head; more for one that others were compacted into. */
  readonly level: number;
}

/** What can be told at any time, and costs nothing. */
export interface StoreFigures {
  /** Of the head. */
  readonly series: number;
  /** Of the head. */
  readonly chunks: number;
  /** Memory held for samples, free blocks included. */
  readonly chunkBytes: number;
  /** On disk; 0 without a directory. */
  readonly walBytes: number;
  readonly headChunkBytes: number;
  readonly blocks: number;
  readonly blockBytes: number;
  /** Blocks that could not be opened at the start. */
  readonly corruptBlocks: number;
  /** Since the start. */
  readonly compactions: number;
  readonly compactionFailures: number;
  readonly lateSamples: number;
  readonly exemplars: number;
  /** Samples taken since the start, those read from the log left out. */
  readonly appended: number;
  /** Samples refused since the start, by reason. */
  readonly refused: Readonly<Record<'outOfOrder' | 'duplicate' | 'tooOld' | 'overLimit' | 'invalid', number>>;
  /** Times that the log could not be written; the samples are then in memory only. */
  readonly walFailures: number;
  /** Unix ms of the oldest and newest sample; undefined when empty. */
  readonly minMs: number | undefined;
  readonly maxMs: number | undefined;
}

export interface StoreStats extends StoreFigures {
  readonly labelPairs: number;
  /** The ten largest of each. */
  readonly seriesByMetric: readonly Cardinality[];
  readonly valuesByLabel: readonly Cardinality[];
  readonly seriesByPair: readonly Cardinality[];
}
