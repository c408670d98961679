import type { Clock } from '../../kit/clock.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { Expr } from '../../promql/ast.ts';
import type { AsyncQueryEngine, AsyncQueryOptions, ExplainNode } from '../../promql/query-options.ts';
import type { QueryResult } from '../../promql/query-result.ts';
import type { Queryable, Selection } from '../../promql/queryable.ts';
import type { Turns } from '../../promql/turns.ts';
import type { OtlpSource } from './otlp/routes.ts';
import type { WriteSource } from './remote-write/routes.ts';
import type { RuleGroups } from './rules.ts';

/** Everything that the Prometheus API needs; `src/roles` puts it together. What may be left out answers as empty or as not there. */
export interface PrometheusSource {
  readonly engine: QueryEngine;
  readonly store: Store;
  readonly rules: RuleGroups;
  readonly status: StatusSource;
  /** Unix ms. */
  readonly now: () => number;
  /** For what waits; the system's where left out. */
  readonly clock?: Clock;
  readonly targets?: TargetSource;
  /** Metadata of every metric that is known, in any order; a name may come twice. */
  metadata(): Iterable<Metadata>;
  /** Whether `/api/v1/admin/tsdb/*` may be used. */
  readonly isAdminEnabled: boolean;
  /** On what leaves for others by remote read, as in Prometheus. */
  readonly externalLabels: Labels;
  /** Which pages of other origins may read answers. */
  readonly cors: CorsPolicy;
  /** Addresses of other Alertmanagers that alerts go to, and of those that relabelling drops. */
  readonly alertmanagers?: { active(): readonly string[]; dropped(): readonly string[] };
  /** Takes samples by remote write; left out, they are refused. */
  readonly write?: WriteSource;
  /** Takes metrics by OTLP; left out, they are refused. */
  readonly otlp?: OtlpSource;
}

/** Any origin, those on loopback only, or those that a pattern of the user takes. */
export type CorsPolicy = 'any' | 'loopback' | ((origin: string) => boolean);

export interface QueryEngine extends AsyncQueryEngine {
  /** What queries take turns in, so that answers are made in turns with them. */
  readonly turns?: Turns;
  /** The plan of a range query, or of an instant one where `stepMs` is 0, with what each part of it did. */
  explain?(
    queryable: Queryable,
    query: Expr,
    range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
    options?: AsyncQueryOptions,
  ): Promise<{ readonly plan: ExplainNode | undefined; readonly result: QueryResult }>;
}

/** The store of samples. Lists of lists of matchers are alternatives; an empty list stands for every series. */
export interface Store extends Queryable, SeriesSource {
  /** Exemplars by series, each list in order of time. */
  exemplars?(matchers: MatcherLists, fromMs: number, toMs: number): Iterable<SeriesExemplars>;
  /**
   * Series with their samples as chunks of Prometheus' format, for remote read: whole chunks that overlap the time, in order.
   * Left out, they are made from samples by {@link encodeChunks}.
   */
  selectChunks?(selection: Selection): Iterable<SeriesChunks>;
  /** Chunks of the store's usual size; left out (with `selectChunks`), only the SAMPLES form of remote read is served. */
  encodeChunks?(samples: MixedSamples): readonly Chunk[];
  /** The Castagnoli CRC-32, which frames of remote read carry. */
  readonly crc32c?: (bytes: Uint8Array) => number;
  /** Marks samples as deleted. */
  deleteSeries?(matchers: MatcherLists, fromMs: number, toMs: number): void | Promise<void>;
  /** Removes what is marked from disk. */
  cleanTombstones?(): void | Promise<void>;
  /** Writes a snapshot below the data directory's `snapshots/`. @returns its folder's name. */
  snapshot?(options: { readonly skipHead: boolean }): string | Promise<string>;
}

export type MatcherLists = readonly (readonly Matcher[])[];

/** What the store tells of series. Names and values come sorted. */
export interface SeriesSource {
  /** Each once, in any order. It may be read with pauses, in which the store goes on taking samples. */
  series(matchers: MatcherLists, fromMs: number, toMs: number): Iterable<Labels>;
  labelNames(matchers: MatcherLists, fromMs: number, toMs: number): readonly string[];
  labelValues(name: string, matchers: MatcherLists, fromMs: number, toMs: number): readonly string[];
}

export interface SeriesExemplars {
  readonly series: Labels;
  readonly exemplars: readonly { readonly labels: Labels; readonly value: number; readonly atMs: number }[];
}

export interface SeriesChunks {
  readonly labels: Labels;
  readonly chunks: readonly Chunk[];
}

export interface Chunk {
  readonly minMs: number;
  readonly maxMs: number;
  readonly encoding: 'xor' | 'histogram' | 'float-histogram';
  /** As it stands in a block, without length, encoding and checksum. */
  readonly data: Uint8Array;
}

export interface Metadata {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit?: string;
}

/** What is scraped. */
export interface TargetSource {
  active(): readonly ActiveTarget[];
  dropped(): readonly { readonly discoveredLabels: Labels; readonly scrapePool: string }[];
  /** How many were dropped by scrape configuration, those that are not kept included. */
  droppedCounts?(): Readonly<Record<string, number>>;
  /** Names of the scrape configurations. */
  pools(): readonly string[];
  /** A scrape configuration as it is in force, as YAML without secrets; undefined when there is none of that name. */
  poolConfig?(pool: string): string | undefined;
  /** What each relabelling rule of a scrape configuration makes of labels; undefined when there is no such configuration. */
  relabelSteps?(
    pool: string,
    labels: Labels,
  ): readonly { readonly rule: unknown; readonly labels: Labels | undefined }[] | undefined;
  /** Metadata as each target exposed it last. */
  metadata?(): Iterable<Metadata & { readonly target: Labels }>;
}

export interface ActiveTarget {
  readonly discoveredLabels: Labels;
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  /** The same as others reach it. */
  readonly globalUrl: string;
  /** '' when the last scrape worked. */
  readonly lastError: string;
  /** What was odd about a scrape that worked: samples that were not stored. */
  readonly warning?: string;
  readonly lastScrapeMs?: number;
  readonly lastScrapeSeconds: number;
  readonly health: 'up' | 'down' | 'unknown';
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** What the process says of itself. */
export interface StatusSource {
  readonly version: string;
  readonly startedAtMs: number;
  /** Flags and settings by Prometheus' flag names. */
  flags(): Readonly<Record<string, string>>;
  /** The configuration that is running, as YAML, without secrets. */
  configText(): string;
  /** Unix ms of the last reload that worked, and whether the last one did. */
  reload(): { readonly atMs: number; readonly ok: boolean; readonly failedAtMs?: number };
  /** Our own metrics. */
  families?(): Iterable<MetricFamily>;
  /** Of the series in memory; the counts are the `limit` largest, or as many as the store keeps. */
  store(limit: number): StoreStatus;
  /** Blocks on disk as their `meta.json` describes them. */
  blocks?(): readonly unknown[];
  /** Segments of the write-ahead log read so far at the start. */
  walReplay?(): { readonly min: number; readonly max: number; readonly current: number };
  /** How often the store repaired or passed over damage. */
  corruptions?(): number;
}

export interface StoreStatus {
  readonly series: number;
  readonly labelPairs: number;
  readonly chunks: number;
  readonly minMs: number | undefined;
  readonly maxMs: number | undefined;
  readonly seriesByMetric: readonly NamedCount[];
  readonly valuesByLabel: readonly NamedCount[];
  readonly bytesByLabel?: readonly NamedCount[];
  readonly seriesByPair: readonly NamedCount[];
}

export interface NamedCount {
  readonly name: string;
  readonly value: number;
}
