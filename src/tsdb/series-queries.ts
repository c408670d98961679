import { type Labels, labelsKey } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Interval } from './block/tombstones.ts';
import { labelsOf, type Sources } from './merge-select.ts';
import { compareTexts } from './text-order.ts';

type MatchersList = readonly (readonly Matcher[])[];

/** Label sets of the series that match any of the lists and have a sample in the time; each once. */
export function* matchingSeries(
  { head, blocks }: Sources,
  matchersList: MatchersList,
  fromMs: number,
  toMs: number,
): Generator<Labels> {
  const seen = new Set<string>();
  const slots = new Set<number>();
  const isAlone = blocks.length === 0;
  for (const matchers of matchersList) {
    for (const slot of head.index.select(matchers)) {
      if (slots.has(slot) || !head.hasSamples(slot, fromMs, toMs)) continue;
      if (coversAll(head.deleted(slot), fromMs, toMs)) continue;
      slots.add(slot);
      const labels = head.index.labels(slot);
      if (!isAlone) seen.add(labelsKey(labels));
      yield labels;
    }
  }
  for (const block of blocks) {
    for (const matchers of matchersList) {
      for (const ref of block.select(matchers)) {
        const { pairs, chunks } = block.series(ref);
        const deleted = block.deleted(ref);
        const isThere = chunks.some(
          ({ minMs, maxMs }) => minMs <= toMs && maxMs >= fromMs && !coversAll(deleted, minMs, maxMs),
        );
        if (!isThere) continue;
        const labels = labelsOf(pairs);
        const key = labelsKey(labels);
        if (seen.has(key)) continue;
        seen.add(key);
        yield labels;
      }
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
