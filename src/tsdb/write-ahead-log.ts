import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import { DamageError } from './damage.ts';
import type { HistogramValue } from './histogram/histogram-chunk.ts';
import type { Pace } from './pace.ts';
import type { Exemplar, SeriesMetadata } from './reading.ts';
import { CompressedRecordError, readSegment, segmentRecords } from './wal-reader.ts';
import { histogramRecord, RecordBuilder, type RecordVisitor, readRecord } from './wal-records.ts';
import { checkpointIndices, listSegments, newestCheckpoint, segmentName } from './wal-segments.ts';
import { WalWriter } from './wal-writer.ts';

/** A record is written before it grows past this: whoever reads it again does so in one go. */
const recordBytes = 1 << 17;

/** After a failed write the log is left alone for this long. */
const retryMs = 1000;

/** What a checkpoint keeps. */
export interface CheckpointOptions {
  /** Samples before it are left out. */
  readonly floorMs: number;
  /** Whether the number of a series still stands for one. */
  readonly isLive: (ref: number) => boolean;
  readonly pace: Pace;
}

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
      if (index > (checkpoint?.index ?? -1)) this.#readSegment(join(this.#dir, segmentName(index)), visitor);
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

  /** Removes ended segments up to one, and what stands for earlier ones. */
  drop(last: number): void {
    this.#attempt('drop', () => {
      for (const index of checkpointIndices(this.#dir)) {
        if (index < last)
          rmSync(join(this.#dir, `checkpoint.${segmentName(index)}`), { recursive: true, force: true });
      }
      for (const index of listSegments(this.#dir))
        if (index <= last) rmSync(join(this.#dir, segmentName(index)), { force: true });
      if (this.#dir.endsWith('wbl') && existsSync(this.#dir) && readdirSync(this.#dir).length === 0)
        rmdirSync(this.#dir);
    });
  }

  /**
   * Puts a checkpoint in the place of all ended segments: what of them is still of use. The current segment should have been
   * {@link cut} before. When it fails, the segments stay.
   */
  async checkpoint(options: CheckpointOptions): Promise<void> {
    const last = this.lastEnded;
    if (last < 0) return;
    try {
      await this.#writeCheckpoint(last, options);
      this.drop(last);
    } catch (error) {
      this.#log.error(
        { err: error, dir: this.#dir },
        'checkpoint of the write-ahead log failed; old segments are kept',
      );
    }
  }

  async #writeCheckpoint(last: number, { floorMs, isLive, pace }: CheckpointOptions): Promise<void> {
    const path = join(this.#dir, `checkpoint.${segmentName(last)}`);
    const draft = `${path}.tmp`;
    rmSync(draft, { recursive: true, force: true });
    const writer = new WalWriter(draft, 0);
    const before = newestCheckpoint(this.#dir);
    const sources = [
      ...(before === undefined
        ? []
        : listSegments(before.path).map((index) => join(before.path, segmentName(index)))),
      ...listSegments(this.#dir)
        .filter((index) => index <= last && index > (before?.index ?? -1))
        .map((index) => join(this.#dir, segmentName(index))),
    ];
    const metadata = new Map<number, SeriesMetadata>();
    const kept = new CheckpointRecords({ floorMs, isLive, pace }, metadata);
    for (const source of sources) {
      for (const record of segmentRecords(source)) {
        try {
          readRecord(record, kept);
        } catch (error) {
          // It was said when the log was read, and costs that record.
          if (!(error instanceof DamageError)) throw error;
        }
        kept.moveTo(writer);
        if (pace.isOver) await pace.rest();
      }
    }
    kept.addMetadata();
    kept.moveTo(writer);
    await writer.finish();
    rmSync(path, { recursive: true, force: true });
    renameSync(draft, path);
    syncDirectory(this.#dir);
  }

  #write(nowMs: number, builders: readonly RecordBuilder[]): void {
    let segment = this.#writer.index;
    let goodBytes = this.#writer.bytes;
    try {
      for (const record of builders) {
        this.#writer.add(record.bytes());
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

  #readSegment(path: string, visitor: RecordVisitor): void {
    let problem: string | undefined;
    let goodBytes = 0;
    try {
      ({ goodBytes, problem } = readSegment(path, (record) => {
        try {
          readRecord(record, visitor);
        } catch (error) {
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
    if (problem === undefined) return;
    if (this.#isReadOnly) {
      this.#log.warn(
        { path, problem, goodBytes },
        'write-ahead log segment is damaged; what follows is left out',
      );
      return;
    }
    this.#log.warn(
      { path, problem, goodBytes },
      'write-ahead log segment is damaged; cut back to its last whole record',
    );
    truncateSync(path, goodBytes);
  }

  #lastIndex(): number {
    return Math.max(-1, listSegments(this.#dir).at(-1) ?? -1, newestCheckpoint(this.#dir)?.index ?? -1);
  }
}

function unreadable(path: string, error: unknown): UnavailableError {
  return new UnavailableError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
}

/** Gathers of each record what a checkpoint keeps. */
class CheckpointRecords implements RecordVisitor {
  readonly #options: CheckpointOptions;
  readonly #metadata: Map<number, SeriesMetadata>;
  readonly #builders = new Map<string, RecordBuilder>();

  constructor(options: CheckpointOptions, metadata: Map<number, SeriesMetadata>) {
    this.#options = options;
    this.#metadata = metadata;
  }

  series(ref: number, labels: Labels): void {
    if (this.#options.isLive(ref)) this.#builder('series').addSeries(ref, labels);
  }

  sample(ref: number, atMs: number, high: number, low: number): void {
    if (this.#keeps(ref, atMs)) this.#builder('samples').addSample(ref, atMs, high, low);
  }

  histogram(ref: number, atMs: number, value: HistogramValue): void {
    if (!this.#keeps(ref, atMs)) return;
    const type = histogramRecord(value);
    this.#builder(`histograms ${type}`).addHistogram(type, ref, atMs, value);
  }

  tombstone(ref: number, minMs: number, maxMs: number): void {
    if (this.#keeps(ref, maxMs)) this.#builder('tombstones').addTombstone(ref, minMs, maxMs);
  }

  exemplar(ref: number, exemplar: Exemplar): void {
    if (this.#keeps(ref, exemplar.atMs)) this.#builder('exemplars').addExemplar(ref, exemplar);
  }

  /** Only the newest of each series is kept, at the end. */
  metadata(ref: number, metadata: SeriesMetadata): void {
    if (this.#options.isLive(ref)) this.#metadata.set(ref, metadata);
  }

  other(): void {}

  addMetadata(): void {
    for (const [ref, metadata] of this.#metadata) this.#builder('metadata').addMetadata(ref, metadata);
  }

  /** A record gives one record of each kind at most, so that their order stays. */
  moveTo(writer: WalWriter): void {
    for (const builder of this.#builders.values()) {
      if (builder.isEmpty) continue;
      writer.add(builder.bytes());
      builder.clear();
    }
  }

  #keeps(ref: number, atMs: number): boolean {
    return atMs >= this.#options.floorMs && this.#options.isLive(ref);
  }

  #builder(kind: string): RecordBuilder {
    let builder = this.#builders.get(kind);
    if (builder === undefined) {
      builder = new RecordBuilder();
      this.#builders.set(kind, builder);
    }
    return builder;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function syncDirectory(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
