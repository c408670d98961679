import { type Labels, labelsKey } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Interval } from './block/tombstones.ts';
import { BlockCursor, labelsOf, leastOf, type Sources } from './merge-select.ts';
import { compareTexts } from './text-order.ts';

type MatchersList = readonly (readonly Matcher[])[];

/**
 * Label sets of the series that match any of the lists and have a sample in the time; each once. Of each list those in blocks come
 * first, in the order of their labels, so that little is done between one and the next.
 */
export function* matchingSeries(
  { head, blocks }: Sources,
  matchersList: MatchersList,
  fromMs: number,
  toMs: number,
): Generator<Labels> {
  const seen = new Set<string>();
  const seenSlots = new Set<number>();
  const isInHead = (slot: number): boolean =>
    head.hasSamples(slot, fromMs, toMs) && !coversAll(head.deleted(slot), fromMs, toMs);
  const isInBlock = ({ block, ref, entry }: BlockCursor): boolean => {
    const deleted = block.deleted(ref);
    return (entry?.chunks ?? []).some(
      ({ minMs, maxMs }) => minMs <= toMs && maxMs >= fromMs && !coversAll(deleted, minMs, maxMs),
    );
  };
  for (const matchers of matchersList) {
    // Now, as a series that is made meanwhile may be one that was given already.
    const slots = head.index.select(matchers);
    const cursors = blocks.map((block) => new BlockCursor(block, matchers));
    for (let same = leastOf(cursors); same.length > 0; same = leastOf(cursors)) {
      const isThere = same.some(isInBlock);
      const labels = labelsOf(same[0]?.entry?.pairs ?? []);
      for (const cursor of same) cursor.advance();
      if (!isThere) continue;
      const slot = head.index.find(labels);
      // A series of the head is known by its number, which is cheaper.
      if (slot !== undefined) {
        if (seenSlots.has(slot)) continue;
        seenSlots.add(slot);
      } else if (matchersList.length > 1) {
        const key = labelsKey(labels);
        if (seen.has(key)) continue;
        seen.add(key);
      }
      yield labels;
    }
    for (const slot of slots) {
      if (seenSlots.has(slot) || !isInHead(slot)) continue;
      seenSlots.add(slot);
      yield head.index.labels(slot);
    }
  }
}

/** Sorted; of all series when there are no lists. */
export function labelNames(
  sources: Sources,
  matchersList: MatchersList,
  fromMs: number,
  toMs: number,
): string[] {
  const names = new Set<string>();
  if (matchersList.length === 0) {
    for (const name of sources.head.index.names()) names.add(name);
    for (const { index } of sources.blocks) for (const name of index.names()) names.add(name);
  } else {
    for (const labels of matchingSeries(sources, matchersList, fromMs, toMs))
      for (const name of Object.keys(labels)) names.add(name);
  }
  return [...names].sort(compareTexts);
}

/** Sorted; of all series when there are no lists. */
export function labelValues(
  sources: Sources,
  name: string,
  matchersList: MatchersList,
  fromMs: number,
  toMs: number,
): string[] {
  const values = new Set<string>();
  if (matchersList.length === 0) {
    for (const value of sources.head.index.values(name)) values.add(value);
    for (const { index } of sources.blocks) for (const value of index.values(name)) values.add(value);
  } else {
    for (const labels of matchingSeries(sources, matchersList, fromMs, toMs)) {
      const value = labels[name];
      if (value !== undefined) values.add(value);
    }
  }
  return [...values].sort(compareTexts);
}

function coversAll(deleted: readonly Interval[], fromMs: number, toMs: number): boolean {
  return deleted.some(({ minMs, maxMs }) => minMs <= fromMs && maxMs >= toMs);
}
