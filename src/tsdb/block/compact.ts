import { join } from 'node:path';
import { inFile } from '../damage.ts';
import { encodeSamples } from '../encode-samples.ts';
import type { Pace } from '../pace.ts';
import { PageCache } from '../page-cache.ts';
import { SampleSink } from '../sample-sink.ts';
import { comparePairs, compareTexts } from '../text-order.ts';
import { Block } from './block.ts';
import { BlockWriter, type RawChunk } from './block-writer.ts';
import type { ChunkMeta } from './index-writer.ts';
import type { BlockMeta } from './meta.ts';

export interface CompactOptions {
  /** The data directory. */
  readonly dir: string;
  /** The blocks to make one of. */
  readonly sources: readonly string[];
  /** Of the new block. */
  readonly ulid: string;
  readonly pace: Pace;
}

/** A block being read from front to end. */
interface Source {
  readonly block: Block;
  readonly refs: Uint32Array;
  next: number;
  pairs: readonly string[];
  chunks: readonly ChunkMeta[];
  ref: number;
}

/**
 * Makes one block of several; of one, too, which leaves out what was deleted. Gives its meta, or undefined when no sample is
 * left. The sources stay: whoever called removes them.
 *
 * @throws {CorruptionError} when a source is damaged; nothing is left behind then.
 */
export async function compactBlocks({
  dir,
  sources,
  ulid,
  pace,
}: CompactOptions): Promise<BlockMeta | undefined> {
  const cache = new PageCache(8 << 20);
  const blocks: Block[] = [];
  try {
    for (const source of sources) blocks.push(Block.open(join(dir, source), cache));
    blocks.sort((a, b) => a.minMs - b.minMs);
    const symbols = await mergeSymbols(blocks, pace);
    const writer = await BlockWriter.create({ dir, ulid, symbols, pace });
    try {
      await copySeries(blocks, writer, pace);
      return await writer.finish(metaOf(blocks, ulid));
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  } finally {
    for (const block of blocks) block.retire();
  }
}

function metaOf(
  blocks: readonly Block[],
  ulid: string,
): Pick<BlockMeta, 'minTime' | 'maxTime' | 'compaction'> {
  const originals = new Set(blocks.flatMap(({ meta }) => meta.compaction.sources));
  const levels = blocks.map(({ meta }) => meta.compaction.level);
  return {
    minTime: Math.min(...blocks.map(({ minMs }) => minMs)),
    maxTime: Math.max(...blocks.map(({ maxMs }) => maxMs)),
    compaction: {
      level: Math.max(...levels) + (blocks.length > 1 ? 1 : 0),
      sources: originals.size > 0 ? [...originals].sort() : [ulid],
      parents: blocks.map(({ meta }) => ({
        ulid: meta.ulid,
        minTime: meta.minTime,
        maxTime: meta.maxTime,
      })),
    },
  };
}

/** Symbols of all blocks, each once, in order. */
async function mergeSymbols(blocks: readonly Block[], pace: Pace): Promise<string[]> {
  const heads = blocks.map(({ index }) => {
    const texts = index.allSymbols();
    return { texts, next: texts.next() };
  });
  const symbols: string[] = [];
  for (;;) {
    let least: string | undefined;
    for (const { next } of heads) {
      if (next.done === true) continue;
      if (least === undefined || compareTexts(next.value, least) < 0) least = next.value;
    }
    if (least === undefined) return symbols;
    symbols.push(least);
    for (const head of heads)
      if (head.next.done !== true && head.next.value === least) head.next = head.texts.next();
    if (pace.isDue) await pace.rest();
  }
}

async function copySeries(blocks: readonly Block[], writer: BlockWriter, pace: Pace): Promise<void> {
  const merger = new SeriesMerger();
  const sources = blocks.map((block): Source => {
    const source = { block, refs: block.index.all(), next: 0, ref: 0, pairs: [], chunks: [] };
    advance(source);
    return source;
  });
  for (;;) {
    let least: readonly string[] | undefined;
    for (const { ref, pairs } of sources)
      if (ref !== 0 && (least === undefined || comparePairs(pairs, least) < 0)) least = pairs;
    if (least === undefined) return;
    const pairs = least;
    const same = sources.filter((source) => source.ref !== 0 && comparePairs(source.pairs, pairs) === 0);
    writer.addSeries(pairs, merger.merge(same));
    for (const source of same) advance(source);
    if (writer.isFull) await writer.drain();
    if (pace.isDue) await pace.rest();
  }
}

/** Goes on to the next series; `ref` 0 is none. */
function advance(source: Source): void {
  const ref = source.refs[source.next++];
  source.ref = ref ?? 0;
  if (ref === undefined) return;
  const { pairs, chunks } = source.block.series(ref);
  source.pairs = pairs;
  source.chunks = chunks;
}

/** Brings the chunks of one series in several blocks together. */
class SeriesMerger {
  readonly #one = new SampleSink();
  readonly #all = new SampleSink();

  merge(sources: readonly Source[]): RawChunk[] {
    return this.#isSimple(sources) ? this.#copies(sources) : this.#encoded(sources);
  }

  /** Whether chunks can be copied as they are: they follow each other, and nothing of them is deleted. */
  #isSimple(sources: readonly Source[]): boolean {
    let beforeMs = Number.NEGATIVE_INFINITY;
    for (const { block, ref, chunks } of sources) {
      if (block.deleted(ref).length > 0) return false;
      for (const { minMs, maxMs } of chunks) {
        if (minMs <= beforeMs) return false;
        beforeMs = maxMs;
      }
    }
    return true;
  }

  #copies(sources: readonly Source[]): RawChunk[] {
    return sources.flatMap(({ block, chunks }) =>
      chunks.map(({ ref, minMs, maxMs }) => {
        const { encoding, bytes, from, to } = block.chunk(ref);
        // The cache may give the page to the next chunk.
        const own = new Uint8Array(bytes.subarray(from, to));
        const samples = ((own[0] as number) << 8) | (own[1] as number);
        return { encoding, bytes: own, from: 0, to: own.length, minMs, maxMs, samples };
      }),
    );
  }

  #encoded(sources: readonly Source[]): RawChunk[] {
    this.#all.clear();
    for (const { block, ref, chunks } of sources) {
      this.#one.clear();
      for (const chunk of chunks) {
        const { path, offset } = block.placeOf(chunk.ref);
        const { encoding, bytes, from, to } = block.chunk(chunk.ref);
        inFile(path, offset, () => this.#one.addChunk(encoding, bytes, from, to));
      }
      const samples = this.#one.finish(
        {},
        Number.NEGATIVE_INFINITY,
        Number.POSITIVE_INFINITY,
        block.deleted(ref),
      );
      if (samples !== undefined) this.#all.addSamples(samples);
    }
    const samples = this.#all.finish({}, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, []);
    return samples === undefined ? [] : encodeSamples(samples);
  }
}
