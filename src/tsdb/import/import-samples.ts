import { BadInputError } from '../../kit/app-error.ts';
import type { Logger } from '../../log/logger.ts';
import type { Labels } from '../../model/labels.ts';
import { blockRangeMs } from '../block/format.ts';
import type { BlockMeta } from '../block/meta.ts';
import { newUlid } from '../block/ulid.ts';
import { writeHeadBlock } from '../block/write-head-block.ts';
import { Head } from '../head.ts';
import { Pace } from '../pace.ts';

/** One sample of an import, in any order. */
export interface ImportedSample {
  readonly labels: Labels;
  /** Unix ms. */
  readonly atMs: number;
  readonly value: number;
}

export interface ImportOptions {
  /** The data directory; made when it is not there. */
  readonly dir: string;
  readonly log: Logger;
  /** Gives all samples from the start, each time that it is called; each time the same. */
  readonly samples: () => AsyncIterable<ImportedSample> | Iterable<ImportedSample>;
  /** How much a block covers at most; two hours when left out. */
  readonly blockDurationMs?: number;
  /** Samples held in memory; what there is more is read again. Eight million when left out. */
  readonly maxSamples?: number;
  readonly onBlock?: (meta: BlockMeta) => void;
  readonly nowMs: number;
}

const maxImportedSeries = 5_000_000;

/**
 * Writes samples as blocks of a data directory, whatever their order. Of several at the same time of a series the first counts.
 * Returns the blocks that were written.
 *
 * @throws {BadInputError} when there are no samples.
 */
export async function importSamples(options: ImportOptions): Promise<BlockMeta[]> {
  const { dir, samples, onBlock, nowMs } = options;
  const durationMs = alignedDuration(options.blockDurationMs ?? blockRangeMs);
  const counts = new Map<number, number>();
  for await (const { atMs } of samples()) {
    const start = Math.floor(atMs / durationMs) * durationMs;
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  if (counts.size === 0) throw new BadInputError('', 'there are no samples to import');
  const written: BlockMeta[] = [];
  for (const starts of groups(counts, options.maxSamples ?? 8_000_000)) {
    const wanted = new Set(starts);
    const head = await fill(options, (atMs) => wanted.has(Math.floor(atMs / durationMs) * durationMs));
    for (const start of starts) {
      const meta = await writeHeadBlock({
        dir,
        ulid: newUlid(nowMs),
        head,
        minMs: start,
        maxMs: start + durationMs,
        late: head.late,
        isImport: true,
        pace: new Pace(1000),
      });
      if (meta === undefined) continue;
      written.push(meta);
      onBlock?.(meta);
    }
  }
  return written;
}

/** Whole multiples of two hours, as blocks are. */
function alignedDuration(ms: number): number {
  return Math.max(1, Math.floor(ms / blockRangeMs)) * blockRangeMs;
}

/** Times that are read in one go, rising. */
function groups(counts: ReadonlyMap<number, number>, maxSamples: number): number[][] {
  const all: number[][] = [];
  let samples = 0;
  for (const start of [...counts.keys()].sort((a, b) => a - b)) {
    const count = counts.get(start) ?? 0;
    const last = all.at(-1);
    if (last === undefined || samples + count > maxSamples) {
      all.push([start]);
      samples = count;
    } else {
      last.push(start);
      samples += count;
    }
  }
  return all;
}

/** A head that takes samples in any order. */
async function fill(options: ImportOptions, isWanted: (atMs: number) => boolean): Promise<Head> {
  const head = new Head({
    log: options.log,
    maxSeries: maxImportedSeries,
    maxExemplars: 0,
    lateWindowMs: 0,
    wal: undefined,
    lateLog: undefined,
    files: undefined,
  });
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  for await (const { labels, atMs, value } of options.samples()) {
    if (!isWanted(atMs)) continue;
    const slot = head.slotOf(labels);
    if (typeof slot !== 'number')
      throw new BadInputError(
        '',
        slot === 'invalid' ? 'a sample has no labels' : `there are more than ${maxImportedSeries} series`,
      );
    double[0] = value;
    head.late.insert(slot, atMs, words[1] as number, words[0] as number);
  }
  return head;
}
