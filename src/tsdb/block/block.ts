import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Matcher } from '../../model/matcher.ts';
import { ByteReader } from '../byte-reader.ts';
import { crc32c } from '../crc32c.ts';
import { CorruptionError, inFile } from '../damage.ts';
import type { Pace } from '../pace.ts';
import { CachedFile, type PageCache } from '../page-cache.ts';
import type { BlockInfo } from '../reading.ts';
import { chunksHeaderBytes, chunksMagic, chunksVersion, segmentFactor } from './format.ts';
import { IndexReader, type SeriesEntry } from './index-reader.ts';
import { type BlockMeta, readMeta } from './meta.ts';
import {
  addInterval,
  type Interval,
  readTombstones,
  type Tombstones,
  writeTombstones,
} from './tombstones.ts';

/** A chunk's bytes in a buffer that others use too: valid until the next read. */
export interface ChunkBytes {
  readonly encoding: number;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

const noIntervals: readonly Interval[] = [];

/** One persistent block, read in pieces. @see https://github.com/prometheus/prometheus/tree/main/tsdb/docs/format */
export class Block {
  readonly dir: string;
  readonly meta: BlockMeta;
  readonly index: IndexReader;
  readonly #cache: PageCache;
  readonly #segments: CachedFile[] = [];
  #tombstones: Tombstones;
  #readers = 0;
  #isRetired = false;

  /** At one go, for a start. @throws {CorruptionError} when a file of it is damaged. */
  static open(dir: string, cache: PageCache): Block {
    const block = new Block(dir, cache);
    const steps = block.#load();
    while (steps.next().done !== true);
    return block;
  }

  /** In slices, while others want the event loop. @throws {CorruptionError} when a file of it is damaged. */
  static async openInSlices(dir: string, cache: PageCache, pace: Pace): Promise<Block> {
    const block = new Block(dir, cache);
    for (const _step of block.#load()) if (pace.isOver) await pace.rest();
    return block;
  }

  private constructor(dir: string, cache: PageCache) {
    this.dir = dir;
    this.#cache = cache;
    this.meta = readMeta(dir);
    if (this.meta.ulid !== basename(dir))
      throw new CorruptionError(join(dir, 'meta.json'), 0, `its ulid is not the folder's name`);
    this.#tombstones = readTombstones(dir);
    if (!existsSync(join(dir, 'index'))) throw new CorruptionError(join(dir, 'index'), 0, 'it is missing');
    this.index = new IndexReader(join(dir, 'index'), cache);
  }

  get ulid(): string {
    return this.meta.ulid;
  }

  get minMs(): number {
    return this.meta.minTime;
  }

  /** Exclusive. */
  get maxMs(): number {
    return this.meta.maxTime;
  }

  /** Of its index and chunks on disk. */
  get bytes(): number {
    let bytes = this.index.size;
    for (const { size } of this.#segments) bytes += size;
    return bytes;
  }

  get info(): BlockInfo {
    const { ulid, minTime, maxTime, stats, compaction } = this.meta;
    return {
      ulid,
      minMs: minTime,
      maxMs: maxTime,
      samples: stats.numSamples,
      series: stats.numSeries,
      chunks: stats.numChunks,
      bytes: this.bytes,
      level: compaction.level,
    };
  }

  get hasTombstones(): boolean {
    return this.#tombstones.size > 0;
  }

  overlaps(fromMs: number, toMs: number): boolean {
    return this.minMs <= toMs && this.maxMs > fromMs;
  }

  select(matchers: readonly Matcher[]): Uint32Array {
    return this.index.select(matchers);
  }

  series(ref: number): SeriesEntry {
    return this.index.series(ref);
  }

  /** Deleted times of a series. */
  deleted(ref: number): readonly Interval[] {
    return this.#tombstones.size === 0 ? noIntervals : (this.#tombstones.get(ref) ?? noIntervals);
  }

  /** @throws {CorruptionError} */
  chunk(ref: number): ChunkBytes {
    const segment = this.#segments[Math.floor(ref / segmentFactor)];
    const offset = ref % segmentFactor;
    if (segment === undefined)
      throw new CorruptionError(join(this.dir, 'chunks'), offset, `there is no segment for the chunk ${ref}`);
    const cache = this.#cache;
    // Most chunks are short, so that one look finds length and data.
    const ahead = Math.min(512, segment.size - offset);
    cache.locate(segment, offset, Math.max(ahead, 0));
    const reader = new ByteReader(cache.bytes, cache.at, cache.at + ahead);
    const length = inFile(segment.path, offset, () => reader.unsigned());
    const skip = reader.at - cache.at;
    const total = skip + 1 + length + 4;
    if (total > ahead) cache.locate(segment, offset, total);
    const { bytes } = cache;
    const from = cache.at + skip;
    const to = from + 1 + length;
    if (crc32c(bytes, from, to) !== new ByteReader(bytes, to).word32())
      throw new CorruptionError(segment.path, offset, 'the checksum of a chunk does not match');
    return { encoding: bytes[from] as number, bytes, from: from + 1, to };
  }

  /** Where a chunk is, for messages. */
  placeOf(ref: number): { readonly path: string; readonly offset: number } {
    return {
      path: this.#segments[Math.floor(ref / segmentFactor)]?.path ?? join(this.dir, 'chunks'),
      offset: ref % segmentFactor,
    };
  }

  /** Marks samples as deleted; they are left out from now on. Returns how many series were touched. */
  async delete(matchers: readonly Matcher[], fromMs: number, toMs: number, pace: Pace): Promise<number> {
    const stones: Tombstones = new Map(this.#tombstones);
    let touched = 0;
    for (const ref of this.select(matchers)) {
      if (pace.isDue) await pace.rest();
      const { chunks } = this.series(ref);
      const first = chunks[0];
      const last = chunks.at(-1);
      if (first === undefined || last === undefined || first.minMs > toMs) continue;
      let maxMs = last.maxMs;
      for (const chunk of chunks) maxMs = Math.max(maxMs, chunk.maxMs);
      if (maxMs < fromMs) continue;
      const interval = { minMs: Math.max(fromMs, first.minMs), maxMs: Math.min(toMs, maxMs) };
      stones.set(ref, addInterval(stones.get(ref) ?? [], interval));
      touched++;
    }
    if (touched === 0) return 0;
    writeTombstones(this.dir, stones);
    this.#tombstones = stones;
    return touched;
  }

  /** Keeps the files open until {@link release}. */
  acquire(): void {
    this.#readers++;
  }

  release(): void {
    this.#readers--;
    if (this.#isRetired && this.#readers === 0) this.#closeFiles();
  }

  /** Closes the files when the last reader is done. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    if (this.#readers === 0) this.#closeFiles();
  }

  *#load(): Generator<void> {
    try {
      yield* this.index.load();
      this.#openSegments();
    } catch (error) {
      this.#closeFiles();
      throw error;
    }
  }

  #openSegments(): void {
    const dir = join(this.dir, 'chunks');
    if (!existsSync(dir)) throw new CorruptionError(dir, 0, 'it is missing');
    const names = readdirSync(dir)
      .filter((name) => /^\d{6,}$/.test(name))
      .sort();
    for (const name of names) {
      const file = new CachedFile(join(dir, name));
      this.#segments.push(file);
      if (file.size < chunksHeaderBytes) throw new CorruptionError(file.path, 0, 'it is too short');
      const header = this.#cache.copy(file, 0, chunksHeaderBytes);
      if (header.readUInt32BE(0) !== chunksMagic)
        throw new CorruptionError(file.path, 0, 'it holds no chunks');
      if (header[4] !== chunksVersion)
        throw new CorruptionError(file.path, 4, `its version is ${header[4]}, not ${chunksVersion}`);
    }
  }

  #closeFiles(): void {
    this.index.close();
    for (const file of this.#segments) {
      this.#cache.drop(file);
      file.close();
    }
  }
}
