import { join } from 'node:path';
import { NotFoundError } from '../../kit/app-error.ts';
import { metricName } from '../../model/labels.ts';
import { Block } from '../../tsdb/block/block.ts';
import { PageCache } from '../../tsdb/page-cache.ts';
import { showGoDuration } from './go-text.ts';
import { blockDirs } from './list.ts';

export interface AnalyzeOptions {
  readonly dir: string;
  /** The newest when left out. */
  readonly block: string | undefined;
  readonly limit: number;
  readonly extended: boolean;
}

const fullChunk = 120;
const classes = 10;

/** What `promtool tsdb analyze` says of a block. @throws {NotFoundError} */
export function analyzeBlock({ dir, block: wanted, limit, extended }: AnalyzeOptions): string {
  const dirs = blockDirs(dir);
  const path = wanted === undefined ? dirs.at(-1) : dirs.find((one) => one === join(dir, wanted));
  if (path === undefined)
    throw new NotFoundError(wanted === undefined ? `${dir} has no blocks` : `${dir} has no block ${wanted}`);
  const block = Block.open(path, new PageCache(16 << 20));
  try {
    return report(block, limit, extended);
  } finally {
    block.retire();
  }
}

function report(block: Block, limit: number, extended: boolean): string {
  const { index, meta } = block;
  const durationMs = meta.maxTime - meta.minTime;
  const uncoveredNames = new Map<string, number>();
  const uncoveredPairs = new Map<string, number>();
  const fullness = new Array<number>(classes).fill(0);
  let entries = 0;
  let chunkCount = 0;
  const refs = index.all();
  for (const ref of refs) {
    const { pairs, chunks } = block.series(ref);
    const coveredMs = (chunks.at(-1)?.maxMs ?? 0) - (chunks[0]?.minMs ?? 0);
    const uncovered = Math.max(0, durationMs - coveredMs);
    for (let i = 0; i < pairs.length; i += 2) {
      entries++;
      add(uncoveredNames, pairs[i] as string, uncovered);
      add(uncoveredPairs, `${pairs[i]}=${pairs[i + 1]}`, uncovered);
    }
    if (!extended) continue;
    for (const { ref: chunkRef } of chunks) {
      const { bytes, from } = block.chunk(chunkRef);
      const samples = ((bytes[from] as number) << 8) | (bytes[from + 1] as number);
      const level = Math.ceil((classes * Math.min(samples, fullChunk)) / fullChunk) - 1;
      fullness[Math.max(0, level)] = (fullness[Math.max(0, level)] as number) + 1;
      chunkCount++;
    }
  }
  const names = index.names();
  const counts = names.flatMap((name) =>
    index.pairCounts(name).map(([value, count]) => [`${name}=${value}`, count] as const),
  );
  const share = (all: ReadonlyMap<string, number>): (readonly [string, number])[] =>
    [...all].map(([name, ms]) => [name, Math.floor(ms / durationMs)]);
  const list = (title: string, all: readonly (readonly [string, number])[]): string =>
    `\n${title}:\n${[...all]
      .sort((a, b) => b[1] - a[1])
      .slice(0, limit)
      .map(([name, count]) => `${count} ${name}\n`)
      .join('')}`;
  return [
    `Block ID: ${meta.ulid}\n`,
    `Duration: ${showGoDuration(durationMs)}\n`,
    `Series: ${meta.stats.numSeries}\n`,
    `Label names: ${names.length}\n`,
    `Postings (unique label pairs): ${counts.length}\n`,
    `Postings entries (total label pairs): ${entries}\n`,
    list('Label pairs most involved in churning', share(uncoveredPairs)),
    list('Label names most involved in churning', share(uncoveredNames)),
    list('Most common label pairs', counts),
    list(
      'Label names with highest cumulative label value length',
      names.map((name) => [
        name,
        index.values(name).reduce((sum, value) => sum + Buffer.byteLength(value), 0),
      ]),
    ),
    list(
      'Highest cardinality labels',
      names.map((name) => [name, index.valueCount(name)]),
    ),
    list('Highest cardinality metric names', index.pairCounts(metricName)),
    extended ? showFullness(fullness, chunkCount) : '',
  ].join('');
}

function showFullness(fullness: readonly number[], chunks: number): string {
  const lines = fullness.map((count, i) => {
    const percent = chunks === 0 ? 0 : Math.floor((100 * count) / chunks);
    return `${String((i + 1) * classes).padStart(7)}%: ${'#'.repeat(percent)}\n`;
  });
  return `\nCompaction analysis:\nFullness: Amount of samples in chunks (100% is ${fullChunk} samples)\n${lines.join('')}`;
}

function add(counts: Map<string, number>, key: string, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
