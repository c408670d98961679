import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DamageError } from './damage.ts';
import type { HistogramValue } from './histogram/histogram-chunk.ts';
import type { Pace } from './pace.ts';
import type { Exemplar, SeriesMetadata } from './reading.ts';
import { syncPath } from './sync-path.ts';
import { segmentRecords } from './wal-reader.ts';
import {
  histogramRecord,
  isSampleRecord,
  isSeriesRecord,
  RecordBuilder,
  type RecordVisitor,
  readRecord,
} from './wal-records.ts';
import { listSegments, newestCheckpoint, segmentName } from './wal-segments.ts';
import { WalWriter } from './wal-writer.ts';

/** What a checkpoint keeps. */
export interface CheckpointOptions {
  /** Samples before it are left out. */
  readonly floorMs: number;
  /** Whether the number of a series still stands for one. */
  readonly isLive: (ref: number) => boolean;
  readonly pace: Pace;
}

/**
 * Writes what is still of use of the newest checkpoint and the segments up to `last` to a checkpoint that stands for all of them.
 * `newestOf` tells the time of the newest sample of a segment; samples of one that is old are not looked at.
 */
export async function writeCheckpoint(
  dir: string,
  last: number,
  options: CheckpointOptions & { readonly newestOf: (segment: number) => number },
): Promise<void> {
  const { floorMs, newestOf, pace } = options;
  const path = join(dir, `checkpoint.${segmentName(last)}`);
  const draft = `${path}.tmp`;
  await rm(draft, { recursive: true, force: true });
  const writer = new WalWriter(draft, 0);
  const before = newestCheckpoint(dir);
  const sources: { readonly path: string; readonly isOld: boolean }[] = [];
  if (before !== undefined)
    for (const index of listSegments(before.path))
      sources.push({ path: join(before.path, segmentName(index)), isOld: false });
  for (const index of listSegments(dir))
    if (index <= last && index > (before?.index ?? -1))
      sources.push({ path: join(dir, segmentName(index)), isOld: newestOf(index) < floorMs });
  const kept = new CheckpointRecords(options);
  for (const { path: source, isOld } of sources) {
    for (const record of segmentRecords(source)) {
      if (pace.isOver) await pace.rest();
      if (isOld && isSampleRecord(record)) continue;
      try {
        if (isSeriesRecord(record)) kept.copySeries(record);
        else readRecord(record, kept);
      } catch (error) {
        // It was said when the log was read, and costs that record.
        if (!(error instanceof DamageError)) throw error;
      }
      kept.moveTo(writer);
    }
  }
  kept.addMetadata();
  kept.moveTo(writer);
  await writer.finish();
  await rm(path, { recursive: true, force: true });
  renameSync(draft, path);
  await syncPath(dir);
}

/** Gathers of each record what a checkpoint keeps. */
class CheckpointRecords implements RecordVisitor {
  readonly #options: CheckpointOptions;
  readonly #metadata = new Map<number, SeriesMetadata>();
  readonly #builders = new Map<string, RecordBuilder>();

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** Series are copied as they stand, as there are many at once. */
  copySeries(record: Buffer): void {
    this.#builder('series').copySeries(record, this.#options.isLive);
  }

  series(): void {}

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
