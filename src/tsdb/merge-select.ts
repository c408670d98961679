import type { MixedSamples } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Block } from './block/block.ts';
import type { SeriesEntry } from './block/index-reader.ts';
import { inFile } from './damage.ts';
import type { Head } from './head.ts';
import { SampleSink } from './sample-sink.ts';

/** Where a query reads: blocks, and the head from a time on, before which its samples are in blocks. */
export interface Sources {
  readonly head: Head;
  readonly headFromMs: number;
  readonly blocks: readonly Block[];
}

/** One series in one block. */
interface BlockPart {
  readonly block: Block;
  readonly ref: number;
}

interface Found {
  /** In the head; −1 when it is only in blocks. */
  readonly slot: number;
  readonly parts: BlockPart[];
}

/** Separates names and values in a key; it cannot be part of UTF-8 texts. */
const separator = '\u{10ffff}\u0000';

/** The series that match, each with its samples of the head and of all blocks as one run. */
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
  const slots = head.index.select(matchers);
  if (blocks.length === 0) {
    for (const slot of slots) {
      const samples = readHead(slot);
      if (samples !== undefined) yield samples;
    }
    return;
  }
  const found = findSeries(head, slots, blocks, matchers, fromMs, toMs);
  for (const { slot, parts } of found) {
    whole.clear();
    let labels: Labels | undefined;
    for (const { block, ref } of parts) {
      const entry = block.series(ref);
      labels ??= labelsOf(entry.pairs);
      const deleted = block.deleted(ref);
      if (deleted.length === 0) readChunks(block, entry, fromMs, toMs, whole);
      else {
        sink.clear();
        readChunks(block, entry, fromMs, toMs, sink);
        const rest = sink.finish(labels, fromMs, toMs, deleted);
        if (rest !== undefined) whole.addSamples(rest);
      }
    }
    if (slot >= 0) {
      labels = head.index.labels(slot);
      const recent = readHead(slot);
      if (recent !== undefined) whole.addSamples(recent);
    }
    const samples = whole.finish(labels ?? {}, fromMs, toMs, []);
    if (samples !== undefined) yield samples;
  }
}

/** Series of head and blocks with the same labels as one. */
function findSeries(
  head: Head,
  slots: Iterable<number>,
  blocks: readonly Block[],
  matchers: readonly Matcher[],
  fromMs: number,
  toMs: number,
): Found[] {
  // In the order of the blocks, so that neighbours on disk are read one after the other.
  const all: Found[] = [];
  const bySlot = new Map<number, Found>();
  const byKey = new Map<string, Found>();
  const recent = new Set<number>();
  for (const slot of slots) if (head.hasSamples(slot, fromMs, toMs)) recent.add(slot);
  const isAlone = recent.size === 0 && blocks.length === 1;
  for (const block of blocks) {
    for (const ref of block.select(matchers)) {
      const part = { block, ref };
      if (isAlone) {
        all.push({ slot: -1, parts: [part] });
        continue;
      }
      const { pairs } = block.series(ref);
      const slot = recent.size === 0 ? undefined : head.index.find(labelsOf(pairs));
      const isRecent = slot !== undefined && recent.has(slot);
      const key = isRecent ? '' : pairs.join(separator);
      const known = isRecent ? bySlot.get(slot) : byKey.get(key);
      if (known !== undefined) {
        known.parts.push(part);
        continue;
      }
      const one = { slot: isRecent ? slot : -1, parts: [part] };
      if (isRecent) bySlot.set(slot, one);
      else byKey.set(key, one);
      all.push(one);
    }
  }
  for (const slot of recent) if (!bySlot.has(slot)) all.push({ slot, parts: [] });
  return all;
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
