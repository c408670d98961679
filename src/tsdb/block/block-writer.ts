import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from '../crc32c.ts';
import type { Pace } from '../pace.ts';
import { syncPath } from '../sync-path.ts';
import { FileWriter } from './file-writer.ts';
import {
  chunkSegmentBytes,
  chunksHeaderBytes,
  chunksMagic,
  chunksVersion,
  segmentFactor,
  segmentFileName,
  suffixes,
} from './format.ts';
import { type ChunkMeta, IndexWriter } from './index-writer.ts';
import type { BlockMeta } from './meta.ts';
import { writeTombstones } from './tombstones.ts';

/** A chunk to write. `bytes[from … to)` is copied at once. */
export interface RawChunk {
  readonly encoding: number;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly samples: number;
}

export interface BlockWriterOptions {
  /** The data directory. */
  readonly dir: string;
  readonly ulid: string;
  /** Names and values that will occur, each once, in order of their bytes. */
  readonly symbols: readonly string[];
  readonly pace: Pace;
}

/**
 * Writes a block in a folder that does not count until it is renamed, so that a block is there whole or not at all. After any
 * error {@link abandon} must be called.
 */
export class BlockWriter {
  readonly #dir: string;
  readonly #draft: string;
  readonly #ulid: string;
  readonly #index: IndexWriter;
  #segment: FileWriter;
  #segments = 0;
  #samples = 0;
  #chunks = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;

  private constructor(options: BlockWriterOptions, draft: string, index: IndexWriter, segment: FileWriter) {
    this.#dir = options.dir;
    this.#ulid = options.ulid;
    this.#draft = draft;
    this.#index = index;
    this.#segment = segment;
    this.#header();
  }

  static async create(options: BlockWriterOptions): Promise<BlockWriter> {
    const draft = join(options.dir, `${options.ulid}${suffixes.creation}`);
    await rm(draft, { recursive: true, force: true });
    await mkdir(join(draft, 'chunks'), { recursive: true });
    const index = await IndexWriter.create(join(draft, 'index'), options.symbols, options.pace);
    const segment = await FileWriter.create(join(draft, 'chunks', segmentFileName(0)));
    return new BlockWriter(options, draft, index, segment);
  }

  get series(): number {
    return this.#index.series;
  }

  /** Of the first sample so far. */
  get minMs(): number {
    return this.#minMs;
  }

  /** Of the last sample so far. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /** Series come in order of their labels; chunks of a series in order of time. A series without chunks is left out. */
  addSeries(pairs: readonly string[], chunks: readonly RawChunk[]): void {
    if (chunks.length === 0) return;
    const metas: ChunkMeta[] = [];
    for (const chunk of chunks) {
      const { encoding, bytes, from, to, minMs, maxMs, samples } = chunk;
      const { out } = this.#segment;
      const ref = this.#segments * segmentFactor + this.#segment.position;
      out.unsigned(to - from);
      const start = out.length;
      out.byte(encoding);
      out.raw(bytes.subarray(from, to));
      out.word32(crc32c(out.bytes(), start));
      metas.push({ ref, minMs, maxMs });
      if (minMs < this.#minMs) this.#minMs = minMs;
      if (maxMs > this.#maxMs) this.#maxMs = maxMs;
      this.#samples += samples;
      this.#chunks++;
    }
    this.#index.addSeries(pairs, metas);
  }

  /** Whether {@link drain} should be called before more is added. */
  get isFull(): boolean {
    return this.#segment.isFull || this.#index.isFull;
  }

  async drain(): Promise<void> {
    if (this.#index.isFull) await this.#index.drain();
    await this.#segment.drain();
    if (this.#segment.position < chunkSegmentBytes) return;
    await this.#segment.end();
    this.#segments++;
    this.#segment = await FileWriter.create(join(this.#draft, 'chunks', segmentFileName(this.#segments)));
    this.#header();
  }

  /** Puts the block in its place. Undefined, and nothing is left, when it would hold no samples. */
  async finish(meta: Pick<BlockMeta, 'minTime' | 'maxTime' | 'compaction'>): Promise<BlockMeta | undefined> {
    if (this.#samples === 0) {
      await this.abandon();
      return undefined;
    }
    await this.#segment.end();
    await this.#index.finish();
    const whole: BlockMeta = {
      ulid: this.#ulid,
      minTime: meta.minTime,
      maxTime: meta.maxTime,
      stats: { numSamples: this.#samples, numSeries: this.#index.series, numChunks: this.#chunks },
      compaction: meta.compaction,
      version: 1,
    };
    writeTombstones(this.#draft, new Map());
    await writeFile(join(this.#draft, 'meta.json'), `${JSON.stringify(whole, undefined, '\t')}\n`);
    for (const path of ['meta.json', 'chunks', '.']) await syncPath(join(this.#draft, path));
    await rename(this.#draft, join(this.#dir, this.#ulid));
    await syncPath(this.#dir);
    return whole;
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    await this.#segment.abandon();
    await this.#index.abandon();
    await rm(this.#draft, { recursive: true, force: true });
  }

  #header(): void {
    const { out } = this.#segment;
    out.word32(chunksMagic);
    out.byte(chunksVersion);
    while (out.length < chunksHeaderBytes) out.byte(0);
  }
}
