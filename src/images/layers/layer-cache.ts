import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Logger } from '../../log/logger.ts';

export interface LayerCacheOptions {
  readonly dir: string;
  /** Of whoever made the records: those of others are thrown away. */
  readonly version: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Kept {
  readonly sizeBytes: number;
  usedAtMs: number;
}

const checksumBytes = 32;

/**
 * Records of layers on disk, by the digest of the unpacked layer. Bounded in size: what was not used for longest goes first. A record
 * is there whole or not at all, and one that is damaged counts as not there. It is a cache: what the disk refuses is not
 * kept, and said once.
 */
export class LayerCache {
  readonly #options: LayerCacheOptions;
  readonly #folder: string;
  #known: Promise<Map<string, Kept>> | undefined;
  #totalBytes = 0;
  #hasComplained = false;

  constructor(options: LayerCacheOptions) {
    this.#options = options;
    this.#folder = join(options.dir, options.version);
  }

  /** The bytes that were put, or undefined. */
  async get(diffId: string): Promise<Uint8Array | undefined> {
    const known = await this.#open();
    const name = fileName(diffId);
    const kept = known.get(name);
    if (kept === undefined) return undefined;
    let file: Uint8Array;
    try {
      file = await readFile(join(this.#folder, name));
    } catch {
      this.#forget(known, name);
      return undefined;
    }
    const bytes = file.subarray(checksumBytes);
    const checksum = createHash('sha256').update(bytes).digest();
    if (!checksum.equals(file.subarray(0, checksumBytes))) {
      await this.#remove(known, name);
      return undefined;
    }
    kept.usedAtMs = this.#options.clock.now();
    const used = new Date(kept.usedAtMs);
    await utimes(join(this.#folder, name), used, used).catch(() => {});
    return bytes;
  }

  async put(diffId: string, bytes: Uint8Array): Promise<void> {
    const known = await this.#open();
    const name = fileName(diffId);
    const sizeBytes = bytes.length + checksumBytes;
    if (sizeBytes > this.#options.maxBytes) return;
    const temporary = join(this.#folder, `${randomUUID()}.tmp`);
    try {
      await writeFile(temporary, [createHash('sha256').update(bytes).digest(), bytes]);
      await rename(temporary, join(this.#folder, name));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      this.#complain(error);
      return;
    }
    this.#forget(known, name);
    known.set(name, { sizeBytes, usedAtMs: this.#options.clock.now() });
    this.#totalBytes += sizeBytes;
    await this.#shrink(known);
  }

  #open(): Promise<Map<string, Kept>> {
    this.#known ??= this.#look();
    return this.#known;
  }

  async #look(): Promise<Map<string, Kept>> {
    const known = new Map<string, Kept>();
    try {
      await mkdir(this.#folder, { recursive: true });
      for (const other of await readdir(this.#options.dir))
        if (other !== this.#options.version)
          await rm(join(this.#options.dir, other), { recursive: true, force: true });
      for (const name of await readdir(this.#folder)) {
        const path = join(this.#folder, name);
        // Left by a process that was killed while it wrote.
        if (name.endsWith('.tmp')) await rm(path, { force: true });
        const found = await stat(path).catch(() => undefined);
        if (found === undefined) continue;
        known.set(name, { sizeBytes: found.size, usedAtMs: found.mtimeMs });
        this.#totalBytes += found.size;
      }
      await this.#shrink(known);
    } catch (error) {
      this.#complain(error);
    }
    return known;
  }

  async #shrink(known: Map<string, Kept>): Promise<void> {
    if (this.#totalBytes <= this.#options.maxBytes) return;
    const oldestFirst = [...known].sort(([, a], [, b]) => a.usedAtMs - b.usedAtMs);
    for (const [name] of oldestFirst) {
      // Somewhat below the limit, so that not each record that comes needs another to go.
      if (this.#totalBytes <= 0.9 * this.#options.maxBytes) return;
      await this.#remove(known, name);
    }
  }

  async #remove(known: Map<string, Kept>, name: string): Promise<void> {
    this.#forget(known, name);
    await rm(join(this.#folder, name), { force: true }).catch(() => {});
  }

  #forget(known: Map<string, Kept>, name: string): void {
    this.#totalBytes -= known.get(name)?.sizeBytes ?? 0;
    known.delete(name);
  }

  #complain(error: unknown): void {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    this.#options.log.warn(
      { folder: this.#folder, problem: messageOf(error) },
      'layers cannot be kept on disk: they are read again for each image',
    );
  }
}

function fileName(diffId: string): string {
  return diffId.replace(':', '-');
}
