import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import type { Logger } from '../../log/logger.ts';
import { checkpointIndices, listSegments, segmentName } from '../../tsdb/wal-segments.ts';

/** How long ago a segment may have been written to be kept for those who have not read it. */
export interface LinkedLogOptions {
  /** The write-ahead log's folder. */
  readonly walDir: string;
  /** Our own, beside it on the same file system. */
  readonly dir: string;
  readonly keptMs: number;
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * The store's write-ahead log, kept until every queue has sent it: each segment and checkpoint is linked into a folder of our own, so
 * that the store may drop its name when it has written blocks. Costs disk for what is not sent yet, and nothing else. Segments
 * that were written longer ago than samples are kept go, sent or not.
 */
export class LinkedLog {
  readonly #options: LinkedLogOptions;
  #problem = '';
  #lost = 0;

  constructor(options: LinkedLogOptions) {
    this.#options = options;
    mkdirSync(options.dir, { recursive: true });
  }

  /** Why nothing can be linked; '' when all is well. What is in the store's own folder is read then, as long as it is there. */
  get problem(): string {
    return this.#problem;
  }

  /** Segments that were dropped unsent, as they were too old. */
  get lost(): number {
    return this.#lost;
  }

  /** Links what is new. To be called more often than the store writes blocks. */
  sync(): void {
    const { walDir, dir, log } = this.#options;
    try {
      const known = new Set(listSegments(dir));
      const newest = Math.max(-1, ...known);
      for (const index of listSegments(walDir))
        if (index > newest || (known.size === 0 && !known.has(index)))
          link(join(walDir, segmentName(index)), join(dir, segmentName(index)));
      this.#linkCheckpoint();
      this.#problem = '';
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#problem)
        log.error(
          { problem, dir },
          'the write-ahead log cannot be kept for remote write; an outage may lose samples',
        );
      this.#problem = problem;
    }
    this.#dropOld();
  }

  /** Indices of the segments that can be read, rising. */
  segments(): number[] {
    return listSegments(this.#dir);
  }

  segmentPath(index: number): string {
    return join(this.#dir, segmentName(index));
  }

  segmentBytes(index: number): number {
    return statSync(this.segmentPath(index), { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Files of the newest checkpoint that stands for segments below `segment` alone: it names the series of what follows. */
  checkpointBelow(
    segment: number,
  ): { readonly index: number; readonly files: readonly string[] } | undefined {
    const index = checkpointIndices(this.#dir).findLast((at) => at < segment);
    if (index === undefined) return undefined;
    const path = join(this.#dir, checkpointName(index));
    return { index, files: listSegments(path).map((at) => join(path, segmentName(at))) };
  }

  /** Lets go of what is needed neither for `segment` and later ones nor to name their series. */
  release(segment: number): void {
    const { dir } = this.#options;
    const checkpoint = checkpointIndices(dir).findLast((at) => at < segment);
    if (checkpoint === undefined) return;
    for (const at of checkpointIndices(dir))
      if (at < checkpoint) rmSync(join(dir, checkpointName(at)), { recursive: true, force: true });
    for (const at of listSegments(dir))
      if (at <= checkpoint) rmSync(join(dir, segmentName(at)), { force: true });
  }

  /** Bytes from a place to the end of the log. */
  bytesFrom(segment: number, offset: number): number {
    return this.segments()
      .filter((index) => index >= segment)
      .reduce((sum, index) => sum + this.segmentBytes(index) - (index === segment ? offset : 0), 0);
  }

  get #dir(): string {
    return this.#problem === '' ? this.#options.dir : this.#options.walDir;
  }

  #linkCheckpoint(): void {
    const { walDir, dir } = this.#options;
    const index = checkpointIndices(walDir).at(-1);
    if (index === undefined || checkpointIndices(dir).includes(index)) return;
    const draft = join(dir, `${checkpointName(index)}.tmp`);
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft);
    const from = join(walDir, checkpointName(index));
    for (const name of readdirSync(from)) link(join(from, name), join(draft, name));
    renameSync(draft, join(dir, checkpointName(index)));
  }

  #dropOld(): void {
    const { dir, keptMs, now, log } = this.#options;
    const segments = listSegments(dir);
    for (const index of segments.slice(0, -1)) {
      const file = join(dir, segmentName(index));
      // What the store still has costs nothing.
      if (existsSync(join(this.#options.walDir, segmentName(index)))) return;
      const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      if (written === undefined || written >= now() - keptMs) return;
      rmSync(file, { force: true });
      this.#lost++;
      log.error(
        { segment: index },
        'samples were not sent within the time that they are kept, and are given up',
      );
    }
  }
}

function checkpointName(index: number): string {
  return `checkpoint.${segmentName(index)}`;
}

function link(from: string, to: string): void {
  if (!existsSync(to)) linkSync(from, to);
}
