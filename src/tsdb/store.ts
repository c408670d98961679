import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { SeriesSamples } from '../model/sample.ts';
import type { AppendResult, Reading, StoreStats } from './reading.ts';

export interface StoreOptions {
  /** The data directory (`wal/` within); without it everything is in memory only. */
  readonly dir?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long samples are kept; a day when left out. */
  readonly retentionMs?: number;
  /** Bound on the write-ahead log and, apart from it, on memory for samples; the oldest go first. 512 MiB when left out. */
  readonly retentionBytes?: number;
  /** Series held at most; 500,000 when left out. */
  readonly maxSeries?: number;
}

export interface TimeSelection {
  readonly matchers: readonly Matcher[];
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Samples of the recent past, in memory and in a write-ahead log of Prometheus' format. What {@link append} took has been
 * handed to the operating system when it returns, so a killed process loses nothing of it. The constructor reads the log.
 */
export declare class TimeSeriesStore implements Component {
  readonly name: string;
  /** @throws {UnavailableError} when the directory cannot be used. */
  constructor(options: StoreOptions);
  /** Never throws for what is in the batch. */
  append(batch: readonly Reading[]): AppendResult;
  /** Structurally `Queryable.select` of src/promql/queryable.ts. Consume it before the next append. */
  select(selection: TimeSelection): Iterable<SeriesSamples>;
  /** Label sets of the series that match any of the lists (all of its matchers) and have a sample in the time. */
  series(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): Labels[];
  /** Sorted; of all series when `matchersList` is empty. */
  labelNames(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): string[];
  /** Sorted; of all series when `matchersList` is empty. */
  labelValues(name: string, matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): string[];
  stats(): StoreStats;
  /** Makes the log safe from a power cut, too (fsync). */
  flush(): void;
  /** Retention until aborted, then {@link close}. */
  run(signal: AbortSignal): Promise<void>;
  close(): void;
}
