import { inFile } from '../damage.ts';
import { encodeSamples } from '../encode-samples.ts';
import type { Head } from '../head.ts';
import type { LateSamples } from '../late-samples.ts';
import type { Pace } from '../pace.ts';
import { SampleSink } from '../sample-sink.ts';
import { BlockWriter, type RawChunk } from './block-writer.ts';
import { type BlockMeta, outOfOrderHint } from './meta.ts';

export interface HeadBlockOptions {
  readonly dir: string;
  readonly ulid: string;
  readonly head: Head;
  /** Samples of `minMs ≤ t < maxMs`. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Only these samples, which came out of order; those in order when left out. */
  readonly late?: LateSamples;
  /** The block tells the times of its first and last sample, not those asked for. */
  readonly isImport?: boolean;
  readonly pace: Pace;
}

/**
 * Writes what the head has of a time to a block, in slices; undefined when that is nothing. No series may be removed from the
 * head meanwhile, and nothing be added to that time.
 */
export async function writeHeadBlock(options: HeadBlockOptions): Promise<BlockMeta | undefined> {
  const { dir, ulid, head, minMs, maxMs, late, pace } = options;
  const lastMs = maxMs - 1;
  const slots: number[] = [];
  if (late !== undefined) {
    for (const slot of late.slots()) if (late.hasSamples(slot, minMs, lastMs)) slots.push(slot);
  } else {
    for (let slot = 0; slot < head.index.slotEnd; slot++) {
      const { chunks, histograms } = head;
      if (!head.index.isLive(slot)) continue;
      if (chunks.hasSamples(slot, minMs, lastMs) || histograms.hasSamples(slot, minMs, lastMs))
        slots.push(slot);
      if (pace.isDue) await pace.rest();
    }
  }
  if (slots.length === 0) return undefined;
  const sorted = await head.index.sorted(slots, pace);
  const writer = await BlockWriter.create({ dir, ulid, symbols: sorted.symbols, pace });
  try {
    const sink = new SampleSink();
    for (const [position, slot] of sorted.slots.entries()) {
      writer.addSeries(sorted.pairs(position), chunksOf(options, slot, sink));
      if (writer.isFull) await writer.drain();
      if (pace.isDue) await pace.rest();
    }
    const isLate = late !== undefined && options.isImport !== true;
    const compaction = { level: 1, sources: [ulid], ...(isLate ? { hints: [outOfOrderHint] } : {}) };
    const times =
      options.isImport === true
        ? { minTime: writer.minMs, maxTime: writer.maxMs + 1 }
        : { minTime: minMs, maxTime: maxMs };
    return await writer.finish({ ...times, compaction });
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function chunksOf(
  { head, minMs, maxMs, late }: HeadBlockOptions,
  slot: number,
  sink: SampleSink,
): RawChunk[] {
  const lastMs = maxMs - 1;
  const deleted = head.deleted(slot);
  sink.clear();
  if (late !== undefined) {
    late.read(slot, sink);
  } else {
    const copies: RawChunk[] = [];
    let isSimple = true;
    let beforeMs = Number.NEGATIVE_INFINITY;
    head.eachChunk(slot, minMs, lastMs, (chunk) => {
      const own = new Uint8Array(chunk.bytes.subarray(chunk.from, chunk.to));
      copies.push({ ...chunk, bytes: own, from: 0, to: own.length });
    });
    copies.sort((a, b) => a.minMs - b.minMs);
    for (const chunk of copies) {
      if (chunk.minMs < minMs || chunk.maxMs > lastMs || chunk.minMs <= beforeMs) isSimple = false;
      beforeMs = chunk.maxMs;
    }
    const touches = deleted.some((stone) => stone.minMs <= lastMs && stone.maxMs >= minMs);
    if (isSimple && !touches) return copies;
    for (const { encoding, bytes, from, to } of copies)
      inFile('the head', from, () => sink.addChunk(encoding, bytes, from, to));
  }
  const samples = sink.finish({}, minMs, lastMs, deleted);
  return samples === undefined ? [] : encodeSamples(samples);
}
