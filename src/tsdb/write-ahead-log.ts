import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import { CompressedRecordError, readSegment } from './wal-reader.ts';
import { RecordBuilder, type RecordVisitor, readRecord } from './wal-records.ts';
import { checkpointIndices, listSegments, newestCheckpoint, segmentName } from './wal-segments.ts';
import { WalWriter } from './wal-writer.ts';

/** A record is written before it grows past this. */
const recordBytes = 1 << 20;

/** After a failed write the log is left alone for this long. */
const retryMs = 1000;

const seriesPerTurn = 2000;

export interface SeriesRecord {
  readonly ref: number;
  readonly labels: Labels;
}

/**
 * The log in `<dir>/wal`, which Prometheus can open. A failed write loses nothing but durability: it is reported, counted,
 * and tried again with a new segment in which every series is named anew.
 */
export class WriteAheadLog {
  readonly #dir: string;
  readonly #log: Logger;
  readonly #series = new RecordBuilder();
  readonly #samples = new RecordBuilder();
  #writer: WalWriter;
  /** Newest sample of each segment. */
  readonly #newestMs = new Map<number, number>();
  #pendingNewestMs = Number.NEGATIVE_INFINITY;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #generation = 1;

  /** @throws {UnavailableError} when the directory cannot be used. */
  constructor(dir: string, log: Logger) {
    this.#dir = join(dir, 'wal');
    this.#log = log;
    try {
      mkdirSync(this.#dir, { recursive: true });
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
      if (index <= (checkpoint?.index ?? -1)) continue;
      let newestMs = Number.NEGATIVE_INFINITY;
      this.#readSegment(join(this.#dir, segmentName(index)), {
        series: (ref, labels) => visitor.series(ref, labels),
        other: (type) => visitor.other(type),
        sample(ref, atMs, high, low) {
          if (atMs > newestMs) newestMs = atMs;
          visitor.sample(ref, atMs, high, low);
        },
      });
      this.#newestMs.set(index, newestMs);
    }
  }

  addSeries(ref: number, labels: Labels): void {
    this.#series.addSeries(ref, labels);
  }

  addSample(ref: number, atMs: number, high: number, low: number): void {
    this.#samples.addSample(ref, atMs, high, low);
    if (atMs > this.#pendingNewestMs) this.#pendingNewestMs = atMs;
  }

  /** Whether what was added should be committed before more is. */
  get isFull(): boolean {
    return this.#series.length >= recordBytes || this.#samples.length >= recordBytes;
  }

  /** Hands what was added to the operating system. Never throws; what cannot be written is dropped, as memory is bounded. */
  commit(nowMs: number): void {
    if (this.#series.isEmpty && this.#samples.isEmpty) return;
    if (nowMs - this.#failedAtMs >= retryMs) this.#write(nowMs);
    else this.#startOver();
    this.#series.clear();
    this.#samples.clear();
    this.#pendingNewestMs = Number.NEGATIVE_INFINITY;
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

  /**
   * Drops ended segments whose samples are all older than `floorMs`, and the oldest further ones while the log is larger than
   * `maxBytes`; a checkpoint that names the series takes their place. Returns the time before which nothing is kept.
   */
  async truncate(floorMs: number, maxBytes: number, series: Iterable<SeriesRecord>): Promise<number> {
    const ended = listSegments(this.#dir).filter((index) => index < this.#writer.index);
    let left = this.bytes;
    let floor = floorMs;
    let last: number | undefined;
    for (const index of ended) {
      const newestMs = this.#newestMs.get(index) ?? Number.NEGATIVE_INFINITY;
      if (newestMs >= floor && left <= maxBytes) break;
      floor = Math.max(floor, newestMs + 1);
      left -= sizeOf(join(this.#dir, segmentName(index)));
      last = index;
    }
    if (last === undefined) return floor;
    try {
      await this.#checkpoint(last, series);
      return floor;
    } catch (error) {
      this.#log.error(
        { err: error, dir: this.#dir },
        'checkpoint of the write-ahead log failed; old segments are kept',
      );
      return floorMs;
    }
  }

  async #checkpoint(last: number, series: Iterable<SeriesRecord>): Promise<void> {
    const path = join(this.#dir, `checkpoint.${segmentName(last)}`);
    const draft = `${path}.tmp`;
    rmSync(draft, { recursive: true, force: true });
    const writer = new WalWriter(draft, 0);
    const record = new RecordBuilder();
    let count = 0;
    for (const { ref, labels } of series) {
      record.addSeries(ref, labels);
      if (++count % seriesPerTurn > 0) continue;
      writer.add(record.bytes());
      record.clear();
      await nextTurn();
    }
    if (!record.isEmpty) writer.add(record.bytes());
    writer.close();
    rmSync(path, { recursive: true, force: true });
    renameSync(draft, path);
    syncDirectory(this.#dir);
    for (const index of checkpointIndices(this.#dir)) {
      if (index < last)
        rmSync(join(this.#dir, `checkpoint.${segmentName(index)}`), { recursive: true, force: true });
    }
    for (const index of listSegments(this.#dir)) {
      if (index > last) continue;
      rmSync(join(this.#dir, segmentName(index)), { force: true });
      this.#newestMs.delete(index);
    }
  }

  #write(nowMs: number): void {
    let segment = this.#writer.index;
    let goodBytes = this.#writer.bytes;
    try {
      for (const record of [this.#series, this.#samples]) {
        if (record.isEmpty) continue;
        this.#writer.add(record.bytes());
        // The writer may have gone on to another segment, all of the one before being well.
        if (this.#writer.index !== segment) {
          segment = this.#writer.index;
          goodBytes = 0;
        }
        this.#newestMs.set(
          segment,
          Math.max(this.#newestMs.get(segment) ?? Number.NEGATIVE_INFINITY, this.#pendingNewestMs),
        );
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
        `${path} cannot be read: ${error.message}; let Prometheus shut down with --no-storage.tsdb.wal-compression, or use an empty directory`,
        { cause: error },
      );
    }
    if (problem === undefined) return;
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
