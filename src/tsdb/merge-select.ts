import type { MixedSamples } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Block } from './block/block.ts';
import type { SeriesEntry } from './block/index-reader.ts';
import { inFile } from './damage.ts';
import type { Head } from './head.ts';
import { SampleSink } from './sample-sink.ts';
import { comparePairs } from './text-order.ts';

/** Where a query reads: blocks, and the head from a time on, before which its samples are in blocks. */
export interface Sources {
  readonly head: Head;
  readonly headFromMs: number;
  readonly blocks: readonly Block[];
}

/** The series of a block that match, in the order of their labels, one at a time. */
export class BlockCursor {
  readonly block: Block;
  readonly #refs: Uint32Array;
  #next = 0;
  ref = 0;
  /** Undefined when there are no more. */
  entry: SeriesEntry | undefined;

  constructor(block: Block, matchers: readonly Matcher[]) {
    this.block = block;
    this.#refs = block.select(matchers);
    this.advance();
  }

  advance(): void {
    const ref = this.#refs[this.#next++];
    this.ref = ref ?? 0;
    this.entry = ref === undefined ? undefined : this.block.series(ref);
  }
}

/**
 * The series that match, each with its samples of the head and of all blocks as one run. Series of blocks come in the order of their
 * labels, one after the other, so that little is done before the first and between one and the next, however many there are.
 */
export function* mergeSelect(
  { head, headFromMs, blocks }: Sources,
  matchers: readonly Matcher[],
  fromMs: number,
  toMs: number,
): Generator<MixedSamples> {
  const sink = new SampleSink();
  const whole = new SampleSink();
  const readHead = (slot: number): MixedSamples | undefined => {
    sink.clear();
    head.read(slot, fromMs, toMs, sink, headFromMs);
    return sink.finish(head.index.labels(slot), fromMs, toMs, head.deleted(slot));
  };
  const recent = new Set<number>();
  for (const slot of head.index.select(matchers)) if (head.hasSamples(slot, fromMs, toMs)) recent.add(slot);
  const cursors = blocks.map((block) => new BlockCursor(block, matchers));
  for (let same = leastOf(cursors); same.length > 0; same = leastOf(cursors)) {
    whole.clear();
    const labels = labelsOf(same[0]?.entry?.pairs ?? []);
    for (const cursor of same) {
      const { block, ref, entry } = cursor;
      if (entry === undefined) continue;
      const deleted = block.deleted(ref);
      if (deleted.length === 0) readChunks(block, entry, fromMs, toMs, whole);
      else {
        sink.clear();
        readChunks(block, entry, fromMs, toMs, sink);
        const rest = sink.finish(labels, fromMs, toMs, deleted);
        if (rest !== undefined) whole.addSamples(rest);
      }
      cursor.advance();
    }
    const slot = recent.size === 0 ? undefined : head.index.find(labels);
    if (slot !== undefined && recent.delete(slot)) {
      const late = readHead(slot);
      if (late !== undefined) whole.addSamples(late);
    }
    const samples = whole.finish(labels, fromMs, toMs, []);
    if (samples !== undefined) yield samples;
  }
  for (const slot of recent) {
    const samples = readHead(slot);
    if (samples !== undefined) yield samples;
  }
}

/** Those whose series comes first; in the order of the blocks. */
export function leastOf(cursors: readonly BlockCursor[]): BlockCursor[] {
  let least: readonly string[] | undefined;
  let same: BlockCursor[] = [];
  for (const cursor of cursors) {
    if (cursor.entry === undefined) continue;
    const { pairs } = cursor.entry;
    const order = least === undefined ? -1 : comparePairs(pairs, least);
    if (order > 0) continue;
    if (order < 0) {
      least = pairs;
      same = [];
    }
    same.push(cursor);
  }
  return same;
}

function readChunks(
  block: Block,
  { chunks }: SeriesEntry,
  fromMs: number,
  toMs: number,
  sink: SampleSink,
): void {
  for (const chunk of chunks) {
    if (chunk.maxMs < fromMs || chunk.minMs > toMs) continue;
    const { path, offset } = block.placeOf(chunk.ref);
    const { encoding, bytes, from, to } = block.chunk(chunk.ref);
    inFile(path, offset, () => sink.addChunk(encoding, bytes, from, to));
  }
}

export function labelsOf(pairs: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (let i = 0; i < pairs.length; i += 2) labels[pairs[i] as string] = pairs[i + 1] as string;
  return labels;
}
