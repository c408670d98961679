import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import { blockRangeMs } from './block/format.ts';
import type { HistogramValue } from './histogram/histogram-chunk.ts';
import type { Exemplar, SeriesMetadata } from './reading.ts';
import { type CheckpointOptions, writeCheckpoint } from './wal-checkpoint.ts';
import { CompressedRecordError, readSegment } from './wal-reader.ts';
import { histogramRecord, RecordBuilder, type RecordVisitor, readRecord } from './wal-records.ts';
import { checkpointIndices, listSegments, newestCheckpoint, segmentName } from './wal-segments.ts';
import { WalWriter } from './wal-writer.ts';

/** A record is written before it grows past this: whoever reads it again does so in one go. */
const recordBytes = 1 << 17;

/** After a failed write the log is left alone for this long. */
const retryMs = 1000;

/**
 * The log in `<dir>/wal` (or `wbl`, for samples out of order), which Prometheus can open. A failed write loses nothing but durability: it is reported, counted,
 * and tried again with a new segment in which every series is named anew.
 */
export class WriteAheadLog {
  readonly #dir: string;
  readonly #log: Logger;
  readonly #series = new RecordBuilder();
  readonly #samples = new RecordBuilder();
  readonly #tombstones = new RecordBuilder();
  readonly #exemplars = new RecordBuilder();
  readonly #metadata = new RecordBuilder();
  /** By type of record. */
  readonly #histograms = new Map<number, RecordBuilder>();
  readonly #isReadOnly: boolean;
  #writer: WalWriter;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #generation = 1;
  /** Newest time of what each segment holds; a segment that is not in it holds no samples. */
  readonly #newestMs = new Map<number, number>();

  /** @throws {UnavailableError} when the directory cannot be used. */
  constructor(
    dir: string,
    log: Logger,
    options: { readonly folder?: 'wal' | 'wbl'; readonly readOnly?: boolean } = {},
  ) {
    this.#dir = join(dir, options.folder ?? 'wal');
    this.#log = log;
    this.#isReadOnly = options.readOnly ?? false;
    try {
      // Prometheus takes an empty folder of late samples for a damaged one, so that it is made when there are some.
      if (!this.#isReadOnly && options.folder !== 'wbl') mkdirSync(this.#dir, { recursive: true });
      this.#writer = new WalWriter(this.#dir, this.#lastIndex() + 1);
    } catch (error) {
      throw new UnavailableError(
        `the data directory ${dir} cannot be used: ${messageOf(error)}; choose another or mend its permissions`,
        { cause: error },
      );
    }
  }

  /** Changes when series must be logged again. 1 to 255. */
  get generation(): number {
    return this.#generation;
  }

  get failures(): number {
    return this.#failures;
  }

  /** On disk. */
  get bytes(): number {
    const checkpoint = newestCheckpoint(this.#dir);
    let total = 0;
    for (const index of listSegments(this.#dir)) total += sizeOf(join(this.#dir, segmentName(index)));
    for (const index of checkpoint === undefined ? [] : listSegments(checkpoint.path)) {
      total += sizeOf(join(checkpoint?.path ?? '', segmentName(index)));
    }
    return total;
  }

  /** Reads all that was logged, oldest first. To be called once, before anything is logged. @throws {UnavailableError} */
  replay(visitor: RecordVisitor): void {
    const checkpoint = newestCheckpoint(this.#dir);
    if (checkpoint !== undefined) {
      for (const index of listSegments(checkpoint.path)) {
        this.#readSegment(join(checkpoint.path, segmentName(index)), visitor);
      }
    }
    for (const index of listSegments(this.#dir)) {
      if (index > (checkpoint?.index ?? -1))
        this.#sawTime(index, this.#readSegment(join(this.#dir, segmentName(index)), visitor));
    }
  }

  addSeries(ref: number, labels: Labels): void {
    this.#series.addSeries(ref, labels);
  }

  addSample(ref: number, atMs: number, high: number, low: number): void {
    this.#samples.addSample(ref, atMs, high, low);
  }

  addHistogram(ref: number, atMs: number, value: HistogramValue): void {
    const type = histogramRecord(value);
    let builder = this.#histograms.get(type);
    if (builder === undefined) {
      builder = new RecordBuilder();
      this.#histograms.set(type, builder);
    }
    builder.addHistogram(type, ref, atMs, value);
  }

  addTombstone(ref: number, minMs: number, maxMs: number): void {
    this.#tombstones.addTombstone(ref, minMs, maxMs);
  }

  addExemplar(ref: number, exemplar: Exemplar): void {
    this.#exemplars.addExemplar(ref, exemplar);
  }

  addMetadata(ref: number, metadata: SeriesMetadata): void {
    this.#metadata.addMetadata(ref, metadata);
  }

  /** Whether what was added should be committed before more is. */
  get isFull(): boolean {
    return this.#builders().some(({ length }) => length >= recordBytes);
  }

  /** Of samples only, which come often. */
  get isFullOfSamples(): boolean {
    return this.#series.length >= recordBytes || this.#samples.length >= recordBytes;
  }

  /** Hands what was added to the operating system. Never throws; what cannot be written is dropped, as memory is bounded. */
  commit(nowMs: number): void {
    const builders = this.#builders().filter(({ isEmpty }) => !isEmpty);
    if (builders.length === 0) return;
    if (nowMs - this.#failedAtMs >= retryMs) this.#write(nowMs, builders);
    else this.#startOver();
    for (const builder of builders) builder.clear();
  }

  /** In the order in which they must be read. */
  #builders(): RecordBuilder[] {
    return [
      this.#series,
      this.#metadata,
      this.#samples,
      ...this.#histograms.values(),
      this.#exemplars,
      this.#tombstones,
    ];
  }

  /** Makes the log safe from a power cut. */
  sync(): void {
    this.#attempt('sync', () => this.#writer.sync());
  }

  /** Ends the segment, so that it can be dropped when its time comes. */
  cut(): void {
    this.#attempt('cut', () => this.#writer.cut());
  }

  close(): void {
    this.#attempt('close', () => this.#writer.close());
  }

  /** The newest segment that is ended; −1 when there is none. */
  get lastEnded(): number {
    return listSegments(this.#dir).findLast((index) => index < this.#writer.index) ?? -1;
  }

  /** Removes ended segments up to one, and what stands for earlier ones. A large file takes the system a while. */
  async drop(last: number): Promise<void> {
    try {
      for (const index of checkpointIndices(this.#dir)) {
        if (index < last)
          await rm(join(this.#dir, `checkpoint.${segmentName(index)}`), { recursive: true, force: true });
      }
      for (const index of listSegments(this.#dir)) {
        if (index > last) break;
        await rm(join(this.#dir, segmentName(index)), { force: true });
        this.#newestMs.delete(index);
      }
      // Nothing may begin a segment between the look and the removal.
      if (this.#dir.endsWith('wbl') && existsSync(this.#dir) && readdirSync(this.#dir).length === 0)
        rmdirSync(this.#dir);
    } catch (error) {
      this.#failed(error, 'drop');
    }
  }

  /**
   * Puts a checkpoint in the place of the ended segments up to the last whose samples are all older than what is kept. A segment
   * ends where a block does, so that most samples that are kept need not be written again. When it fails, the segments stay.
   */
  async checkpoint(options: CheckpointOptions): Promise<void> {
    const last =
      listSegments(this.#dir).findLast(
        (index) => index < this.#writer.index && this.#newestOf(index) < options.floorMs,
      ) ?? -1;
    if (last < 0) return;
    try {
      await writeCheckpoint(this.#dir, last, { ...options, newestOf: (segment) => this.#newestOf(segment) });
      await this.drop(last);
    } catch (error) {
      this.#log.error(
        { err: error, dir: this.#dir },
        'checkpoint of the write-ahead log failed; old segments are kept',
      );
    }
  }

  #write(nowMs: number, builders: readonly RecordBuilder[]): void {
    this.#cutAtBlock(builders);
    let segment = this.#writer.index;
    let goodBytes = this.#writer.bytes;
    try {
      for (const record of builders) {
        this.#writer.add(record.bytes());
        this.#sawTime(this.#writer.index, record.newestMs);
        // The writer may have gone on to another segment, all of the one before being well.
        if (this.#writer.index !== segment) {
          segment = this.#writer.index;
          goodBytes = 0;
        }
      }
      this.#writer.commit();
    } catch (error) {
      this.#failedAtMs = nowMs;
      this.#failed(error, 'write');
      this.#startOver();
      this.#attempt('truncate', () => this.#writer.abandon(goodBytes));
    }
  }

  /** Ends the segment when what comes is of a newer block than all that it holds. */
  #cutAtBlock(builders: readonly RecordBuilder[]): void {
    const segmentMs = this.#newestMs.get(this.#writer.index);
    if (segmentMs === undefined) return;
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const record of builders) newestMs = Math.max(newestMs, record.newestMs);
    if (Math.floor(newestMs / blockRangeMs) > Math.floor(segmentMs / blockRangeMs)) this.cut();
  }

  #sawTime(segment: number, newestMs: number): void {
    if (newestMs > this.#newestOf(segment)) this.#newestMs.set(segment, newestMs);
  }

  #newestOf(segment: number): number {
    return this.#newestMs.get(segment) ?? Number.NEGATIVE_INFINITY;
  }

  /** What is dropped may have named series, so all are to be named again. */
  #startOver(): void {
    this.#generation = (this.#generation % 255) + 1;
  }

  #attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed(error, what);
    }
  }

  #failed(error: unknown, what: string): void {
    this.#failures++;
    this.#log.error(
      { err: error, what, dir: this.#dir },
      'write-ahead log failed; samples are kept in memory only until it works again',
    );
  }

  /** Gives the newest time in it. */
  #readSegment(path: string, visitor: RecordVisitor): number {
    let newestMs = Number.NEGATIVE_INFINITY;
    let problem: string | undefined;
    let goodBytes = 0;
    try {
      ({ goodBytes, problem } = readSegment(path, (record) => {
        try {
          newestMs = Math.max(newestMs, readRecord(record, visitor));
        } catch (error) {
          // Which times are in it is not known.
          newestMs = Number.POSITIVE_INFINITY;
          this.#log.warn({ err: error, path }, 'a record of the write-ahead log is not readable');
        }
      }));
    } catch (error) {
      if (!(error instanceof CompressedRecordError)) throw unreadable(path, error);
      throw new UnavailableError(
        `${path} cannot be read: ${error.message}; let Prometheus run with --storage.tsdb.wal-compression-type=snappy for a few hours, or use an empty directory`,
        { cause: error },
      );
    }
    if (problem === undefined) return newestMs;
    if (this.#isReadOnly) {
      this.#log.warn(
        { path, problem, goodBytes },
        'write-ahead log segment is damaged; what follows is left out',
      );
      return newestMs;
    }
    this.#log.warn(
      { path, problem, goodBytes },
      'write-ahead log segment is damaged; cut back to its last whole record',
    );
    truncateSync(path, goodBytes);
    return newestMs;
  }

  #lastIndex(): number {
    return Math.max(-1, listSegments(this.#dir).at(-1) ?? -1, newestCheckpoint(this.#dir)?.index ?? -1);
  }
}

function unreadable(path: string, error: unknown): UnavailableError {
  return new UnavailableError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
