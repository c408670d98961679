import { mkdirSync } from 'node:fs';
import { silentLogger } from '../../src/log/logger.ts';
import type { Labels } from '../../src/model/labels.ts';
import { BlockWriter } from '../../src/tsdb/block/block-writer.ts';
import { blockRangeMs } from '../../src/tsdb/block/format.ts';
import { blockRanges } from '../../src/tsdb/block/plan.ts';
import { newUlid } from '../../src/tsdb/block/ulid.ts';
import { encodeSamples } from '../../src/tsdb/encode-samples.ts';
import { Pace } from '../../src/tsdb/pace.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';
import { comparePairs, compareTexts } from '../../src/tsdb/text-order.ts';
import { RealisticValues } from './realistic-values.ts';

export const intervalMs = 15_000;
const hourMs = 3_600_000;
const retentionMs = 15 * 24 * hourMs;

export interface HistoryOptions {
  readonly dir: string;
  readonly labels: readonly Labels[];
  readonly fromMs: number;
  /** Of the newest sample. */
  readonly toMs: number;
}

/**
 * Makes a data directory as one that was written to all the time: what is older than some hours in the blocks that compaction would
 * have made of it, the rest appended to the log. Blocks are written series by series, which takes a fraction of the time that
 * appending and compacting takes. Gives the number of samples.
 */
export async function writeHistory({ dir, labels, fromMs, toMs }: HistoryOptions): Promise<number> {
  mkdirSync(dir, { recursive: true });
  const numbers = new RealisticValues(labels.length);
  const headMs = Math.floor((toMs - hourMs) / blockRangeMs) * blockRangeMs;
  let samples = 0;
  let startMs = Math.floor(fromMs / blockRangeMs) * blockRangeMs;
  while (startMs < headMs) {
    const rangeMs =
      blockRanges(retentionMs).findLast((range) => startMs % range === 0 && startMs + range <= headMs) ??
      blockRangeMs;
    samples += await writeBlock(dir, labels, numbers, startMs, startMs + rangeMs);
    startMs += rangeMs;
  }
  return samples + append(dir, labels, numbers, headMs, toMs);
}

async function writeBlock(
  dir: string,
  labels: readonly Labels[],
  numbers: RealisticValues,
  minMs: number,
  maxMs: number,
): Promise<number> {
  const series = labels
    .map((one, i) => ({
      i,
      pairs: Object.entries(one)
        .sort(([a], [b]) => compareTexts(a, b))
        .flat(),
    }))
    .sort((a, b) => comparePairs(a.pairs, b.pairs));
  const symbols = [...new Set(series.flatMap(({ pairs }) => pairs))].sort(compareTexts);
  const ulid = newUlid(minMs);
  const writer = await BlockWriter.create({ dir, ulid, symbols, pace: new Pace(1000) });
  const count = (maxMs - minMs) / intervalMs;
  const timesMs = Float64Array.from({ length: count }, (_, k) => minMs + k * intervalMs);
  const values = new Float64Array(count);
  for (const { i, pairs } of series) {
    for (let k = 0; k < count; k++) values[k] = numbers.next(i);
    writer.addSeries(pairs, encodeSamples({ labels: {}, timesMs, values }));
    if (writer.isFull) await writer.drain();
  }
  await writer.finish({ minTime: minMs, maxTime: maxMs, compaction: { level: 1, sources: [ulid] } });
  return count * series.length;
}

function append(
  dir: string,
  labels: readonly Labels[],
  numbers: RealisticValues,
  fromMs: number,
  toMs: number,
): number {
  const clock = { now: () => toMs, timer: () => () => {} };
  const store = new TimeSeriesStore({ dir, clock, log: silentLogger, retentionMs });
  const handles = Float64Array.from(labels, (one) => store.handleOf(one));
  const timesMs = new Float64Array(labels.length);
  const values = new Float64Array(labels.length);
  let samples = 0;
  for (let atMs = fromMs; atMs <= toMs; atMs += intervalMs) {
    timesMs.fill(atMs);
    for (let i = 0; i < values.length; i++) values[i] = numbers.next(i);
    samples += store.appendColumns({ handles, timesMs, values, length: values.length }).appended;
  }
  store.close();
  return samples;
}
