import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import type { MixedSamples } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { staleNaNBits } from '../model/sample.ts';
import { BlockSet } from './block/block-set.ts';
import type { BlockMeta } from './block/meta.ts';
import { Head, type Outcome } from './head.ts';
import { HeadChunkFiles } from './head-chunk-files.ts';
import { Maintenance } from './maintenance.ts';
import { mergeSelect } from './merge-select.ts';
import { PageCache } from './page-cache.ts';
import {
  type AppendResult,
  type BlockInfo,
  type ExemplarReading,
  noHandle,
  type Reading,
  type SampleColumns,
  type SeriesExemplars,
  type SeriesMetadata,
  type StoreFigures,
  type StoreStats,
} from './reading.ts';
import { replay } from './replay.ts';
import { labelNames, labelValues, matchingSeries } from './series-queries.ts';
import { type StoreOptions, storeDefaults } from './store-options.ts';
import { largestOf } from './store-stats.ts';
import { WriteAheadLog } from './write-ahead-log.ts';

export type { StoreOptions } from './store-options.ts';

export interface TimeSelection {
  readonly matchers: readonly Matcher[];
  readonly fromMs: number;
  readonly toMs: number;
}

const maintainEveryMs = 60_000;

/** A full store says so in the log no more often than this. */
const complainEveryMs = 60_000;

type Refusal = Exclude<keyof AppendResult, 'appended'>;

/**
 * Samples, kept as a Prometheus data directory: the recent ones in memory and in logs, older ones in blocks. What {@link append}
 * took has been handed to the operating system when it returns, so a killed process loses nothing of it. The constructor reads
 * what is there.
 */
export class TimeSeriesStore implements Component {
  readonly name = 'tsdb';
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #retentionMs: number;
  readonly #maxSeries: number;
  readonly #wal: WriteAheadLog | undefined;
  readonly #lateLog: WriteAheadLog | undefined;
  readonly #files: HeadChunkFiles | undefined;
  readonly #blocks: BlockSet | undefined;
  readonly #head: Head;
  readonly #maintenance: Maintenance;
  #appended = 0;
  readonly #refused = { outOfOrder: 0, duplicate: 0, tooOld: 0, overLimit: 0, invalid: 0 };
  #complainedAtMs = Number.NEGATIVE_INFINITY;
  readonly #double = new Float64Array(1);
  readonly #words = new Uint32Array(this.#double.buffer);

  /** @throws {UnavailableError} when the directory cannot be used. */
  constructor(options: StoreOptions) {
    const { dir, clock, log } = options;
    this.#clock = clock;
    this.#log = log;
    this.#retentionMs =
      options.retentionMs ??
      (dir === undefined ? storeDefaults.memoryRetentionMs : storeDefaults.retentionMs);
    this.#maxSeries = options.maxSeries ?? storeDefaults.maxSeries;
    const readOnly = options.readOnly ?? false;
    if (dir !== undefined) {
      this.#wal = new WriteAheadLog(dir, log, { readOnly });
      this.#lateLog = new WriteAheadLog(dir, log, { folder: 'wbl', readOnly });
      const cache = new PageCache(options.cacheBytes ?? storeDefaults.cacheBytes);
      try {
        this.#blocks = new BlockSet(dir, { cache, log, readOnly });
        if (!readOnly) this.#files = new HeadChunkFiles(dir, cache);
      } catch (error) {
        throw new UnavailableError(
          `the data directory ${dir} cannot be used: ${messageOf(error)}; choose another or mend its permissions`,
          { cause: error },
        );
      }
    }
    this.#head = new Head({
      log,
      maxSeries: this.#maxSeries,
      maxExemplars: options.maxExemplars ?? storeDefaults.maxExemplars,
      lateWindowMs: options.outOfOrderWindowMs ?? 0,
      wal: readOnly ? undefined : this.#wal,
      lateLog: readOnly ? undefined : this.#lateLog,
      files: this.#files,
    });
    if (this.#wal !== undefined && this.#lateLog !== undefined)
      replay({ head: this.#head, wal: this.#wal, lateLog: this.#lateLog, files: this.#files, log });
    this.#maintenance = new Maintenance({
      dir,
      clock,
      log,
      head: this.#head,
      wal: this.#wal,
      lateLog: this.#lateLog,
      files: this.#files,
      blocks: this.#blocks,
      retentionMs: this.#retentionMs,
      retentionBytes:
        options.retentionBytes ?? (dir === undefined ? storeDefaults.memoryBytes : Number.POSITIVE_INFINITY),
    });
  }

  /** Never throws for what is in the batch. */
  append(batch: readonly Reading[]): AppendResult {
    const result = { appended: 0, outOfOrder: 0, duplicate: 0, tooOld: 0, overLimit: 0, invalid: 0 };
    const floorMs = this.#clock.now() - this.#retentionMs;
    for (const reading of batch) result[this.#appendOne(reading, floorMs)]++;
    this.#finish(result);
    return result;
  }

  /**
   * A number that stands for the series in {@link appendColumns} until the series is dropped; {@link noHandle} when it is
   * refused.
   */
  handleOf(labels: Labels): number {
    const slot = this.#head.slotOf(labels);
    if (slot === 'overLimit') this.#complain(1);
    return typeof slot === 'number' ? this.#head.handleOf(slot) : noHandle[slot];
  }

  /** Whether a handle still stands for a series. */
  isHandle(handle: number): boolean {
    return this.#head.slotOfHandle(handle) !== undefined;
  }

  /** Never throws for what is in it. Rows of a handle that no longer stands for a series are counted as `invalid`. */
  appendColumns({ handles, timesMs, values, length }: SampleColumns): AppendResult {
    const result = { appended: 0, outOfOrder: 0, duplicate: 0, tooOld: 0, overLimit: 0, invalid: 0 };
    const floorMs = this.#clock.now() - this.#retentionMs;
    const head = this.#head;
    const wal = this.#wal;
    const words = new Int32Array(values.buffer, values.byteOffset, length * 2);
    let appended = 0;
    for (let i = 0; i < length; i++) {
      const slot = head.slotOfHandle(handles[i] as number);
      const atMs = Math.floor(timesMs[i] as number);
      if (slot === undefined || !Number.isSafeInteger(atMs)) result.invalid++;
      else if (atMs < floorMs) result.tooOld++;
      else {
        const outcome = head.append(slot, atMs, words[i * 2 + 1] as number, words[i * 2] as number);
        if (outcome === 'appended') appended++;
        else result[outcome]++;
        if ((i & 0x3ff) === 0x3ff && wal?.isFullOfSamples) this.#commit();
      }
    }
    result.appended = appended;
    this.#finish(result);
    return result;
  }

  /** Returns how many were taken: an exemplar must be newer than the last of its series, which must be there. */
  appendExemplars(batch: readonly ExemplarReading[]): number {
    let taken = 0;
    for (const { series, exemplar } of batch) {
      const slot = this.#head.index.find(series);
      if (slot !== undefined && this.#head.appendExemplar(slot, exemplar)) taken++;
    }
    this.#commit();
    return taken;
  }

  /** Exemplars of the series that match any of the lists, in a time. */
  exemplars(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): SeriesExemplars[] {
    const { index, exemplars } = this.#head;
    const slots = new Set(matchersList.flatMap((matchers) => [...index.select(matchers)]));
    return [...exemplars.select(slots, fromMs, toMs)].map(([slot, found]) => ({
      series: index.labels(slot),
      exemplars: found,
    }));
  }

  /** Keeps what a series' metric is. Series that are not there are passed over. */
  setMetadata(labels: Labels, metadata: SeriesMetadata): void {
    const slot = this.#head.index.find(labels);
    if (slot === undefined) return;
    this.#head.setMetadata(slot, metadata);
    this.#commit();
  }

  /** The same of a series given by its handle; it is logged with the samples that come next. */
  describe(handle: number, metadata: SeriesMetadata): void {
    const slot = this.#head.slotOfHandle(handle);
    if (slot !== undefined) this.#head.setMetadata(slot, metadata);
  }

  metadataOf(labels: Labels): SeriesMetadata | undefined {
    const slot = this.#head.index.find(labels);
    return slot === undefined ? undefined : this.#head.metadata.get(slot);
  }

  /**
   * `Queryable.select` of src/promql/queryable.ts: series with their samples of head and blocks as one. The arrays are those of
   * this call and written again for the next series.
   *
   * @throws {BadInputError} for a bad pattern, {CorruptionError} when what must be read is damaged.
   */
  *select({ matchers, fromMs, toMs }: TimeSelection): Generator<MixedSamples> {
    const firstMs = Math.max(fromMs, this.#maintenance.floorMs);
    const { sources, done } = this.#maintenance.read(firstMs, toMs);
    try {
      yield* mergeSelect(sources, matchers, firstMs, toMs);
    } finally {
      done();
    }
  }

  /** Label sets of the series that match any of the lists (all of its matchers) and have a sample in the time. */
  series(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): Labels[] {
    return [...this.eachSeries(matchersList, fromMs, toMs)];
  }

  /** As {@link series}, one after the other as they are asked for; samples may be appended meanwhile. */
  *eachSeries(
    matchersList: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
  ): Generator<Labels> {
    const firstMs = Math.max(fromMs, this.#maintenance.floorMs);
    const { sources, done } = this.#maintenance.read(firstMs, toMs);
    try {
      yield* matchingSeries(sources, matchersList, firstMs, toMs);
    } finally {
      done();
    }
  }

  /** Sorted; of all series when `matchersList` is empty. */
  labelNames(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): string[] {
    return this.#reading(fromMs, toMs, (sources, firstMs) =>
      labelNames(sources, matchersList, firstMs, toMs),
    );
  }

  /** Sorted; of all series when `matchersList` is empty. */
  labelValues(
    name: string,
    matchersList: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
  ): string[] {
    return this.#reading(fromMs, toMs, (sources, firstMs) =>
      labelValues(sources, name, matchersList, firstMs, toMs),
    );
  }

  /** Marks samples of the series that match any of the lists as deleted. Returns how many series of head and blocks were touched. */
  deleteSeries(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): Promise<number> {
    return this.#maintenance.delete(matchersList, fromMs, toMs);
  }

  /** Writes blocks anew without what is marked as deleted. */
  cleanTombstones(): Promise<void> {
    return this.#maintenance.cleanTombstones();
  }

  /** Copies everything to a new data directory: blocks, and the head as blocks unless it is left out. */
  snapshot(dir: string, options: { readonly head?: boolean } = {}): Promise<void> {
    return this.#maintenance.snapshot(dir, options.head ?? true);
  }

  /** Compaction and retention now; {@link run} does so every minute. */
  enforceRetention(): Promise<void> {
    return this.#maintenance.run();
  }

  /** Oldest first. */
  blocks(): BlockInfo[] {
    return (this.#blocks?.all ?? []).map(({ info }) => info);
  }

  /** `meta.json` of the blocks, oldest first. */
  blockMetas(): BlockMeta[] {
    return (this.#blocks?.all ?? []).map(({ meta }) => meta);
  }

  figures(): StoreFigures {
    const head = this.#head;
    const minMs = Math.min(head.minMs, ...(this.#blocks?.all ?? []).map((block) => block.minMs));
    const maxMs = Math.max(head.maxMs, ...(this.#blocks?.all ?? []).map((block) => block.maxMs - 1));
    return {
      series: head.index.count,
      chunks: head.chunks.chunks,
      chunkBytes: head.chunks.bytes,
      walBytes: (this.#wal?.bytes ?? 0) + (this.#lateLog?.bytes ?? 0),
      headChunkBytes: this.#files?.bytes ?? 0,
      blocks: this.#blocks?.all.length ?? 0,
      blockBytes: this.#blocks?.bytes ?? 0,
      corruptBlocks: this.#blocks?.corrupt ?? 0,
      compactions: this.#maintenance.compactions,
      compactionFailures: this.#maintenance.failures,
      lateSamples: head.late.samples + (head.lateBefore?.samples ?? 0),
      exemplars: head.exemplars.length,
      appended: this.#appended,
      refused: { ...this.#refused },
      walFailures: (this.#wal?.failures ?? 0) + (this.#lateLog?.failures ?? 0),
      minMs: Number.isFinite(minMs) ? Math.max(minMs, this.#maintenance.floorMs) : undefined,
      maxMs: Number.isFinite(maxMs) ? maxMs : undefined,
    };
  }

  /** Looks at every label value of the head. */
  stats(): StoreStats {
    return { ...this.figures(), ...largestOf(this.#head.index) };
  }

  /** Makes the log safe from a power cut, too (fsync). */
  flush(): void {
    this.#wal?.sync();
    this.#lateLog?.sync();
  }

  /** Compaction and retention until aborted. Others may still append then; {@link close} is for when they have ended. */
  async run(signal: AbortSignal): Promise<void> {
    while (await sleep(maintainEveryMs, signal, this.#clock)) {
      try {
        await this.#maintenance.run();
      } catch (error) {
        this.#log.error({ err: error, problem: messageOf(error) }, 'compaction failed; it is tried again');
      }
    }
    await this.#maintenance.settle();
  }

  close(): void {
    this.#wal?.close();
    this.#lateLog?.close();
    this.#files?.close();
    this.#blocks?.close();
  }

  #reading<Result>(
    fromMs: number,
    toMs: number,
    ask: (sources: Parameters<typeof labelNames>[0], firstMs: number) => Result,
  ): Result {
    const firstMs = Math.max(fromMs, this.#maintenance.floorMs);
    const { sources, done } = this.#maintenance.read(firstMs, toMs);
    try {
      return ask(sources, firstMs);
    } finally {
      done();
    }
  }

  #appendOne({ labels, atMs: exactMs, value }: Reading, floorMs: number): Outcome {
    const atMs = Math.floor(exactMs);
    if (!Number.isSafeInteger(atMs)) return 'invalid';
    if (atMs < floorMs) return 'tooOld';
    const head = this.#head;
    const slot = head.slotOf(labels);
    if (typeof slot !== 'number') return slot;
    if (typeof value === 'object') return head.appendHistogram(slot, atMs, value);
    let outcome: Outcome;
    if (value === 'stale') outcome = head.append(slot, atMs, staleNaNBits.high, staleNaNBits.low);
    else {
      this.#double[0] = value;
      outcome = head.append(slot, atMs, this.#words[1] as number, this.#words[0] as number);
    }
    if (this.#wal?.isFullOfSamples) this.#commit();
    return outcome;
  }

  #finish(result: AppendResult): void {
    this.#commit();
    this.#head.mapSomeChunks();
    this.#appended += result.appended;
    for (const reason of Object.keys(this.#refused) as Refusal[]) this.#refused[reason] += result[reason];
    if (result.overLimit > 0) this.#complain(result.overLimit);
  }

  #commit(): void {
    const nowMs = this.#clock.now();
    this.#wal?.commit(nowMs);
    this.#lateLog?.commit(nowMs);
  }

  #complain(count: number): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#complainedAtMs < complainEveryMs) return;
    this.#complainedAtMs = nowMs;
    this.#log.error(
      { samples: count, maxSeries: this.#maxSeries },
      'new series are refused: the store holds as many as it may; drop labels or raise the limit',
    );
  }
}
