import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Block } from './block/block.ts';
import type { BlockSet } from './block/block-set.ts';
import { compactInThread } from './block/compact-in-thread.ts';
import { blockRangeMs } from './block/format.ts';
import { blockRanges, planCompaction } from './block/plan.ts';
import { newUlid } from './block/ulid.ts';
import { writeHeadBlock } from './block/write-head-block.ts';
import type { Head } from './head.ts';
import type { HeadChunkFiles } from './head-chunk-files.ts';
import { LateSamples } from './late-samples.ts';
import type { Sources } from './merge-select.ts';
import { Pace } from './pace.ts';
import type { WriteAheadLog } from './write-ahead-log.ts';

export interface MaintenanceOptions {
  readonly dir: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly head: Head;
  readonly wal: WriteAheadLog | undefined;
  readonly lateLog: WriteAheadLog | undefined;
  readonly files: HeadChunkFiles | undefined;
  readonly blocks: BlockSet | undefined;
  readonly retentionMs: number;
  readonly retentionBytes: number;
}

/** The head goes to blocks when it holds more than this; half a block stays for what comes late. */
const headSpanMs = blockRangeMs * 1.5;

/** Late samples that are written to blocks before their time, to bound memory. */
const maxLateSamples = 2_000_000;

/** A reader that takes longer than this may find that samples have gone. */
const longestReadMs = 180_000;

/** What is done to a store while it runs: head to blocks, blocks to larger ones, what is too old or too much. One thing at a time. */
export class Maintenance {
  /** Without a directory: older samples are not kept. */
  floorMs = Number.NEGATIVE_INFINITY;
  compactions = 0;
  failures = 0;
  readonly #options: MaintenanceOptions;
  /** Samples in order before this are in blocks. */
  #headFromMs = Number.NEGATIVE_INFINITY;
  readonly #readers = new Set<symbol>();
  #last: Promise<unknown> = Promise.resolve();
  /** Groups of blocks that could not be compacted. */
  readonly #failed = new Set<string>();

  constructor(options: MaintenanceOptions) {
    this.#options = options;
    const { blocks, clock, dir, retentionMs } = options;
    const nowMs = clock.now();
    if (dir === undefined) this.floorMs = nowMs - retentionMs;
    // What is in blocks is not taken in order again; blocks of the future, which can only be imported, do not count.
    for (const { maxMs } of blocks?.all ?? [])
      if (maxMs <= nowMs) options.head.minValidMs = Math.max(options.head.minValidMs, maxMs);
  }

  /** Where to read a time. `done` must be called: what is read stays until then. */
  read(fromMs: number, toMs: number): { readonly sources: Sources; readonly done: () => void } {
    const { head, blocks } = this.#options;
    const used = blocks?.overlapping(fromMs, toMs) ?? [];
    for (const block of used) block.acquire();
    const reader = Symbol('reader');
    this.#readers.add(reader);
    return {
      sources: { head, headFromMs: this.#headFromMs, blocks: used },
      done: () => {
        if (!this.#readers.delete(reader)) return;
        for (const block of used) block.release();
      },
    };
  }

  /** Compaction and retention. */
  run(): Promise<void> {
    return this.#alone(async () => {
      const { dir, blocks } = this.#options;
      if (dir === undefined || blocks === undefined) {
        await this.#forgetOld();
        return;
      }
      await blocks.rescan(new Pace());
      const hasNew = await this.#headToBlocks(dir, blocks);
      await this.#lateToBlocks(dir, blocks, hasNew);
      await this.#options.head.mapAllChunks(new Pace());
      await this.#compact(dir, blocks);
      await this.#dropOldBlocks(blocks);
    });
  }

  /** When what is under way is done. */
  async settle(): Promise<void> {
    await this.#last;
  }

  delete(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): Promise<number> {
    return this.#alone(async () => {
      const { head, blocks, wal, clock } = this.#options;
      let touched = 0;
      const pace = new Pace();
      for (const matchers of matchersList) {
        touched += await head.delete(matchers, fromMs, toMs, pace);
        for (const block of blocks?.overlapping(fromMs, toMs) ?? [])
          touched += await block.delete(matchers, fromMs, toMs, pace);
      }
      wal?.commit(clock.now());
      return touched;
    });
  }

  cleanTombstones(): Promise<void> {
    return this.#alone(async () => {
      const { dir, blocks } = this.#options;
      if (dir === undefined || blocks === undefined) return;
      for (const block of blocks.all.filter(({ hasTombstones }) => hasTombstones))
        await this.#compactOne(dir, blocks, [block]);
    });
  }

  snapshot(to: string, withHead: boolean): Promise<void> {
    return this.#alone(async () => {
      const { blocks, head, clock } = this.#options;
      await mkdir(to, { recursive: true });
      for (const block of blocks?.all ?? []) await copyBlock(block, join(to, block.ulid));
      if (!withHead || !Number.isFinite(head.minMs)) return;
      const firstMs = Math.max(head.minMs, this.#headFromMs);
      for (let minMs = startOf(firstMs); minMs <= head.maxMs; minMs += blockRangeMs) {
        const maxMs = minMs + blockRangeMs;
        await writeHeadBlock({
          dir: to,
          ulid: newUlid(clock.now()),
          head,
          minMs: Math.max(minMs, this.#headFromMs),
          maxMs,
          pace: new Pace(),
        });
      }
      for (const { minMs, maxMs } of rangesOf(head.late))
        await writeHeadBlock({
          dir: to,
          ulid: newUlid(clock.now()),
          head,
          minMs,
          maxMs,
          late: head.late,
          pace: new Pace(),
        });
    });
  }

  /** Writes the head's oldest times to blocks until it is short enough. Returns whether it did. */
  async #headToBlocks(dir: string, blocks: BlockSet): Promise<boolean> {
    const { head, clock, log } = this.#options;
    let hasNew = false;
    while (Number.isFinite(head.minMs) && head.maxMs - head.minMs > headSpanMs) {
      const minMs = startOf(head.minMs);
      const maxMs = minMs + blockRangeMs;
      // From here on nothing is added to that time.
      head.minValidMs = Math.max(head.minValidMs, maxMs);
      const startMs = performance.now();
      const pace = new Pace();
      try {
        const ulid = newUlid(clock.now());
        const meta = await writeHeadBlock({ dir, ulid, head, minMs, maxMs, pace });
        if (meta !== undefined) await blocks.add(meta.ulid, pace);
        hasNew = true;
        this.compactions++;
      } catch (error) {
        this.failures++;
        throw error;
      }
      this.#headFromMs = Math.max(this.#headFromMs, maxMs);
      await this.#waitForReaders();
      await this.#truncate(maxMs, pace);
      const ms = Math.round(performance.now() - startMs);
      log.info({ from: new Date(minMs).toISOString(), ms }, 'two hours of the head are in a block');
    }
    return hasNew;
  }

  async #truncate(floorMs: number, pace: Pace): Promise<void> {
    const { head, wal, files } = this.#options;
    await head.mapAllChunks(pace);
    await head.truncate(floorMs, pace);
    await pace.rest();
    await files?.truncate(floorMs);
    await pace.rest();
    const live = await head.liveRefs(pace);
    await wal?.checkpoint({ floorMs, isLive: (ref) => live.has(ref), pace });
  }

  /**
   * Late samples of times that are in blocks go to blocks of their own, which are then merged with those. Newer ones wait: a block
   * that is newer than the log's first samples makes Prometheus pass over them.
   */
  async #lateToBlocks(dir: string, blocks: BlockSet, isDue: boolean): Promise<void> {
    const { head, lateLog, clock } = this.#options;
    const tooMany = head.late.samples > maxLateSamples;
    if (lateLog === undefined || (head.lateBefore === undefined && !isDue && !tooMany)) return;
    const limitMs = tooMany ? Number.POSITIVE_INFINITY : startOf(head.minValidMs);
    if (head.lateBefore === undefined) {
      if (head.late.samples === 0 || head.late.minMs >= limitMs) return;
      const before = head.late;
      head.lateBefore = before;
      head.late = new LateSamples();
      lateLog.cut();
      before.eachSince(limitMs, (slot, atMs, high, low) => {
        head.late.insert(slot, atMs, high, low);
        lateLog.addSample(head.refOf(slot), atMs, high, low);
      });
      lateLog.commit(clock.now());
    }
    const before = head.lateBefore;
    const last = lateLog.lastEnded;
    for (const { minMs, maxMs } of rangesOf(before)) {
      if (maxMs > limitMs) continue;
      const ulid = newUlid(clock.now());
      const meta = await writeHeadBlock({ dir, ulid, head, minMs, maxMs, late: before, pace: new Pace() });
      if (meta !== undefined) await blocks.add(meta.ulid, new Pace());
    }
    this.compactions++;
    await this.#waitForReaders();
    head.lateBefore = undefined;
    await lateLog.drop(last);
  }

  async #compact(dir: string, blocks: BlockSet): Promise<void> {
    const ranges = blockRanges(this.#options.retentionMs);
    for (;;) {
      const plan = planCompaction(
        blocks.all.filter(({ ulid }) => !this.#failed.has(ulid)),
        ranges,
      );
      if (plan.length === 0) return;
      await this.#compactOne(dir, blocks, plan as Block[]);
    }
  }

  async #compactOne(dir: string, blocks: BlockSet, parents: readonly Block[]): Promise<void> {
    const { clock, log } = this.#options;
    const sources = parents.map(({ ulid }) => ulid);
    const startMs = performance.now();
    try {
      const meta = await compactInThread({ dir, sources, ulid: newUlid(clock.now()) });
      await blocks.replace(sources, meta?.ulid, new Pace());
      this.compactions++;
      const ms = Math.round(performance.now() - startMs);
      log.info({ sources, block: meta?.ulid, samples: meta?.stats.numSamples, ms }, 'blocks were compacted');
    } catch (error) {
      this.failures++;
      for (const ulid of sources) this.#failed.add(ulid);
      log.error({ err: error, sources }, 'blocks could not be compacted; they stay as they are');
    }
  }

  async #dropOldBlocks(blocks: BlockSet): Promise<void> {
    const { head, wal, files, retentionMs, retentionBytes, log } = this.#options;
    const newestMs = Math.max(head.maxMs, ...blocks.all.map(({ maxMs }) => maxMs));
    const old = blocks.all.filter(({ maxMs }) => maxMs < newestMs - retentionMs);
    if (old.length > 0) await this.#drop(blocks, old, 'they are older than what is kept');
    if (!Number.isFinite(retentionBytes)) return;
    let bytes = (wal?.bytes ?? 0) + (files?.bytes ?? 0) + blocks.bytes;
    const many: Block[] = [];
    for (const block of blocks.all) {
      if (bytes <= retentionBytes) break;
      many.push(block);
      bytes -= block.bytes;
    }
    if (many.length > 0) await this.#drop(blocks, many, 'the directory is larger than it may be');
    if (bytes > retentionBytes)
      log.debug({ bytes, retentionBytes }, 'head and log alone are larger than the bound');
  }

  async #drop(blocks: BlockSet, gone: readonly Block[], reason: string): Promise<void> {
    const ulids = gone.map(({ ulid }) => ulid);
    await blocks.replace(ulids, undefined, new Pace());
    this.#options.log.info({ blocks: ulids, reason }, 'blocks were removed');
  }

  /** Without a directory: what is too old, or the oldest tenth when there is too much. */
  async #forgetOld(): Promise<void> {
    const { head, clock, retentionMs, retentionBytes } = this.#options;
    this.floorMs = Math.max(this.floorMs, clock.now() - retentionMs);
    if (head.chunks.usedBytes > retentionBytes) {
      const minMs = Math.max(head.minMs, this.floorMs);
      this.floorMs = Math.max(this.floorMs, minMs + (head.maxMs - minMs) / 10);
    }
    await this.#waitForReaders();
    await head.truncate(this.floorMs, new Pace());
  }

  /** Until those who read now are done; new ones read from where things are now. */
  async #waitForReaders(): Promise<void> {
    const before = [...this.#readers];
    const endMs = performance.now() + longestReadMs;
    while (before.some((reader) => this.#readers.has(reader)) && performance.now() < endMs)
      await sleep(20, neverAborted);
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

const neverAborted = new AbortController().signal;

function startOf(atMs: number): number {
  return Math.floor(atMs / blockRangeMs) * blockRangeMs;
}

/** The times of blocks that late samples fall in. */
function rangesOf(late: LateSamples): { readonly minMs: number; readonly maxMs: number }[] {
  const ranges: { minMs: number; maxMs: number }[] = [];
  if (late.samples === 0) return ranges;
  for (let minMs = startOf(late.minMs); minMs <= late.maxMs; minMs += blockRangeMs)
    ranges.push({ minMs, maxMs: minMs + blockRangeMs });
  return ranges;
}

/** Files of a block never change, but for the tombstones: links are as good as copies. */
async function copyBlock(block: Block, to: string): Promise<void> {
  try {
    await mkdir(join(to, 'chunks'), { recursive: true });
    for (const name of await readdir(join(block.dir, 'chunks')))
      await linkOrCopy(join(block.dir, 'chunks', name), join(to, 'chunks', name));
    await linkOrCopy(join(block.dir, 'index'), join(to, 'index'));
    for (const name of ['tombstones', 'meta.json'])
      await copyFile(join(block.dir, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
        if (name === 'meta.json' || error.code !== 'ENOENT') throw error;
      });
  } catch (error) {
    throw new UnavailableError(`the block ${block.dir} cannot be copied to ${to}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to);
  }
}
