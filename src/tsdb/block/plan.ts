import { blockRangeMs } from './format.ts';

/** What a plan looks at. */
export interface PlannedBlock {
  readonly ulid: string;
  readonly minMs: number;
  /** Exclusive. */
  readonly maxMs: number;
}

const longestMs = 31 * 86_400_000;

/** How much blocks of each level cover: two hours and three times as much again and again, to a tenth of what is kept. */
export function blockRanges(retentionMs: number): number[] {
  const limit = Math.max(blockRangeMs, Math.min(longestMs, retentionMs / 10));
  const ranges: number[] = [];
  for (let range = blockRangeMs; range <= limit; range *= 3) ranges.push(range);
  return ranges;
}

/**
 * Which blocks should become one, if any: those that overlap, else the fewest that fill the next range, or that the newest block
 * has left behind. The newest block is left alone, as it may still be uploaded or read by others.
 */
export function planCompaction(blocks: readonly PlannedBlock[], ranges: readonly number[]): PlannedBlock[] {
  const sorted = [...blocks].sort((a, b) => a.minMs - b.minMs || a.maxMs - b.maxMs);
  const overlapping = selectOverlapping(sorted);
  if (overlapping.length > 0) return overlapping;
  const older = sorted.slice(0, -1);
  const newestMs = older.at(-1)?.minMs ?? 0;
  for (const range of ranges.slice(1)) {
    for (const part of splitByRange(older, range)) {
      const first = part[0];
      const last = part.at(-1);
      if (first === undefined || last === undefined || part.length < 2) continue;
      if (last.maxMs - first.minMs === range || last.maxMs <= newestMs) return part;
    }
  }
  return [];
}

/** The first group of blocks that overlap each other. */
function selectOverlapping(sorted: readonly PlannedBlock[]): PlannedBlock[] {
  let group: PlannedBlock[] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const block of sorted) {
    if (block.minMs < endMs) group.push(block);
    else if (group.length > 1) return group;
    else group = [block];
    endMs = Math.max(endMs, block.maxMs);
  }
  return group.length > 1 ? group : [];
}

/** Groups of blocks that lie within the same multiple of `range`. */
function splitByRange(sorted: readonly PlannedBlock[], range: number): PlannedBlock[][] {
  const groups = new Map<number, PlannedBlock[]>();
  for (const block of sorted) {
    const start = Math.floor(block.minMs / range) * range;
    if (block.maxMs > start + range) continue;
    const group = groups.get(start);
    if (group === undefined) groups.set(start, [block]);
    else group.push(block);
  }
  return [...groups.values()];
}
