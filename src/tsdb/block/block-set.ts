import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from '../../log/logger.ts';
import { CorruptionError } from '../damage.ts';
import type { Pace } from '../pace.ts';
import type { PageCache } from '../page-cache.ts';
import { Block } from './block.ts';
import { suffixes } from './format.ts';
import { isUlid } from './ulid.ts';

/** The blocks of a data directory, oldest first. */
export class BlockSet {
  readonly #dir: string;
  readonly #cache: PageCache;
  readonly #log: Logger;
  #blocks: Block[] = [];
  #corrupt = 0;
  /** Could not be opened, and could not be put aside. */
  readonly #unreadable = new Set<string>();

  /**
   * Opens what is there. A block that is damaged is put aside under another name and told; what an interrupted run left behind is
   * removed. With `readOnly` nothing is touched.
   */
  constructor(
    dir: string,
    options: { readonly cache: PageCache; readonly log: Logger; readonly readOnly?: boolean },
  ) {
    this.#dir = dir;
    this.#cache = options.cache;
    this.#log = options.log;
    const isReadOnly = options.readOnly ?? false;
    for (const name of existsSync(dir) ? readdirSync(dir) : []) {
      const path = join(dir, name);
      const isLeftover = Object.values(suffixes).some((suffix) => name.endsWith(suffix));
      if (isLeftover && !isReadOnly) rmSync(path, { recursive: true, force: true });
      else if (isUlid(name) && existsSync(join(path, 'meta.json'))) this.#open(path, isReadOnly);
    }
    this.#sort();
    this.#removeReplaced(isReadOnly);
  }

  get all(): readonly Block[] {
    return this.#blocks;
  }

  /** Blocks that could not be opened. */
  get corrupt(): number {
    return this.#corrupt;
  }

  get bytes(): number {
    let bytes = 0;
    for (const block of this.#blocks) bytes += block.bytes;
    return bytes;
  }

  overlapping(fromMs: number, toMs: number): Block[] {
    return this.#blocks.filter((block) => block.overlaps(fromMs, toMs));
  }

  /** Takes in blocks that others put there: an import, or a person. */
  async rescan(pace: Pace): Promise<void> {
    const known = new Set(this.#blocks.map(({ ulid }) => ulid));
    for (const name of existsSync(this.#dir) ? readdirSync(this.#dir) : []) {
      if (!isUlid(name) || known.has(name) || this.#unreadable.has(name)) continue;
      const path = join(this.#dir, name);
      if (!existsSync(join(path, 'meta.json'))) continue;
      try {
        this.#blocks.push(await Block.openInSlices(path, this.#cache, pace));
      } catch (error) {
        this.#leaveOut(path, error, false);
      }
    }
    this.#sort();
    this.#removeReplaced(false);
  }

  /** Takes in a block that was written. @throws {CorruptionError} */
  async add(ulid: string, pace: Pace): Promise<void> {
    this.#blocks.push(await Block.openInSlices(join(this.#dir, ulid), this.#cache, pace));
    this.#sort();
  }

  /** Puts a new block in the place of others, in one step for whoever reads. @throws {CorruptionError} */
  async replace(old: readonly string[], ulid: string | undefined, pace: Pace): Promise<void> {
    const added =
      ulid === undefined ? [] : [await Block.openInSlices(join(this.#dir, ulid), this.#cache, pace)];
    const gone = this.#blocks.filter((block) => old.includes(block.ulid));
    this.#blocks = [...this.#blocks.filter((block) => !old.includes(block.ulid)), ...added];
    this.#sort();
    for (const block of gone) await this.#remove(block);
  }

  close(): void {
    for (const block of this.#blocks) block.retire();
    this.#blocks = [];
  }

  #open(path: string, isReadOnly: boolean): void {
    try {
      this.#blocks.push(Block.open(path, this.#cache));
    } catch (error) {
      this.#leaveOut(path, error, isReadOnly);
    }
  }

  #leaveOut(path: string, error: unknown, isReadOnly: boolean): void {
    this.#corrupt++;
    this.#unreadable.add(basename(path));
    if (error instanceof CorruptionError && !isReadOnly) this.#moveAway(path, error);
    else this.#log.error({ err: error, path }, 'a block cannot be opened; it is left out');
  }

  #moveAway(path: string, error: unknown): void {
    const aside = `${path}.corrupt`;
    this.#log.error(
      { err: error, path, aside },
      'a block is damaged; it is put aside and its samples are missing',
    );
    try {
      rmSync(aside, { recursive: true, force: true });
      renameSync(path, aside);
    } catch (failure) {
      this.#log.error({ err: failure, path }, 'the damaged block could not be put aside');
    }
  }

  /** A block that others were compacted into is whole when it is there, so that they need not be. */
  #removeReplaced(isReadOnly: boolean): void {
    const replaced = new Set(
      this.#blocks.flatMap(({ meta }) => (meta.compaction.parents ?? []).map(({ ulid }) => ulid)),
    );
    const gone = this.#blocks.filter(
      ({ ulid, meta }) => replaced.has(ulid) || meta.compaction.deletable === true,
    );
    this.#blocks = this.#blocks.filter((block) => !gone.includes(block));
    for (const block of gone) {
      if (isReadOnly) block.retire();
      else this.#removeNow(block);
    }
  }

  #removeNow(block: Block): void {
    try {
      rmSync(this.#doom(block), { recursive: true, force: true });
    } catch (error) {
      this.#notRemoved(block, error);
    }
  }

  /** A large file takes the system a while. */
  async #remove(block: Block): Promise<void> {
    try {
      await rm(this.#doom(block), { recursive: true, force: true });
    } catch (error) {
      this.#notRemoved(block, error);
    }
  }

  /** Renamed first, so that a removal that is cut short leaves no half of a block. */
  #doom(block: Block): string {
    const doomed = `${block.dir}${suffixes.deletion}`;
    renameSync(block.dir, doomed);
    block.retire();
    return doomed;
  }

  #notRemoved(block: Block, error: unknown): void {
    block.retire();
    this.#log.error({ err: error, path: block.dir }, 'a block could not be removed');
  }

  #sort(): void {
    this.#blocks.sort((a, b) => a.minMs - b.minMs || a.maxMs - b.maxMs);
  }
}
