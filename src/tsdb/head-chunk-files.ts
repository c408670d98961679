import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChunkBytes } from './block/block.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';
import { CorruptionError, DamageError } from './damage.ts';
import { CachedFile, type PageCache } from './page-cache.ts';

const magic = 0x0130bc91;
const version = 1;
const fileHeaderBytes = 8;
const fileBytes = 128 * 1024 * 1024;

/** Series, first and last time (64 bits each) and the encoding. */
const chunkHeaderBytes = 25;

/** Set in the encoding of a chunk of out-of-order samples, which the other log has too. */
const outOfOrderMask = 0x80;

/** What is written before it goes to the file. */
const bufferBytes = 256 * 1024;

export interface MappedChunk {
  readonly ref: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly encoding: number;
  readonly file: number;
  readonly offset: number;
  readonly samples: number;
}

interface OpenFile {
  readonly cached: CachedFile;
  maxMs: number;
}

/**
 * The folder `chunks_head`: chunks of the head that are done, so that memory holds only those being written, and a start
 * need not encode them again. The write-ahead log has their samples too, so that a damaged file costs time and no samples.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/head_chunks.md, where the magic number, a file
 * header of 8 bytes and the checksum after each chunk are missing.
 */
export class HeadChunkFiles {
  readonly #dir: string;
  readonly #cache: PageCache;
  readonly #files = new Map<number, OpenFile>();
  readonly #out = new ByteWriter(1 << 16);
  #index = 0;
  #file: number | undefined;
  /** Bytes of the file being written, without what waits. */
  #written = 0;

  constructor(dir: string, cache: PageCache) {
    this.#dir = join(dir, 'chunks_head');
    this.#cache = cache;
    mkdirSync(this.#dir, { recursive: true });
    this.#index = this.#list().at(-1) ?? 0;
  }

  /** On disk. */
  get bytes(): number {
    let bytes = 0;
    for (const { cached } of this.#files.values()) bytes += cached.size;
    return bytes;
  }

  /**
   * Gives every chunk in order. A file that is damaged is cut there, and those after it are removed; what is wrong is
   * told. To be called once, at the start.
   */
  load(visit: (chunk: MappedChunk) => void, damaged: (problem: CorruptionError) => void): void {
    const list = this.#list();
    for (const [i, index] of list.entries()) {
      const path = join(this.#dir, fileName(index));
      try {
        this.#loadFile(path, index, visit);
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        damaged(error);
        if (error.offset > fileHeaderBytes) {
          truncateSync(path, error.offset);
          const open = this.#files.get(index);
          open?.cached.grow(error.offset);
        } else this.#remove(index);
        for (const later of list.slice(i + 1)) this.#remove(later);
        return;
      }
    }
  }

  /** @throws {CorruptionError} */
  read(file: number, offset: number): ChunkBytes {
    if (file === this.#index) this.flush();
    const cached = this.#files.get(file)?.cached;
    if (cached === undefined)
      throw new CorruptionError(join(this.#dir, fileName(file)), offset, 'there is no such file');
    const cache = this.#cache;
    const ahead = Math.min(chunkHeaderBytes + 300, cached.size - offset);
    cache.locate(cached, offset, Math.max(ahead, 0));
    try {
      const reader = new ByteReader(cache.bytes, cache.at + chunkHeaderBytes, cache.at + ahead);
      const length = reader.unsigned();
      const skip = reader.at - cache.at;
      if (skip + length + 4 > ahead) cache.locate(cached, offset, skip + length + 4);
      const { bytes, at } = cache;
      const to = at + skip + length;
      if (crc32c(bytes, at, to) !== new ByteReader(bytes, to).word32())
        throw new DamageError('the checksum of a chunk does not match');
      return { encoding: bytes[at + chunkHeaderBytes - 1] as number, bytes, from: at + skip, to };
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      throw new CorruptionError(cached.path, offset, error.message, { cause: error });
    }
  }

  /** Does `work`, which writes chunks. All of them are handed to the operating system, or none. @throws when that fails. */
  batch(work: () => void): void {
    const before = { index: this.#index, written: this.#written };
    try {
      work();
      this.flush();
    } catch (error) {
      this.#out.clear();
      if (this.#index === before.index && this.#file !== undefined) {
        this.#written = before.written;
        this.#files.get(this.#index)?.cached.grow(before.written);
        ftruncateSync(this.#file, before.written);
      }
      throw error;
    }
  }

  /** Writes a chunk, at the latest with the next {@link flush}. @throws when the file cannot be written. */
  write(chunk: {
    readonly ref: number;
    readonly minMs: number;
    readonly maxMs: number;
    readonly encoding: number;
    readonly bytes: Uint8Array;
    readonly from: number;
    readonly to: number;
  }): { readonly file: number; readonly offset: number } {
    const { ref, minMs, maxMs, encoding, bytes, from, to } = chunk;
    if (this.#file === undefined || this.#written + this.#out.length > fileBytes) this.#begin();
    const out = this.#out;
    const start = out.length;
    const offset = this.#written + start;
    out.word64(ref);
    out.word64(minMs);
    out.word64(maxMs);
    out.byte(encoding);
    out.unsigned(to - from);
    out.raw(bytes.subarray(from, to));
    out.word32(crc32c(out.bytes(), start));
    const open = this.#files.get(this.#index);
    if (open !== undefined) open.maxMs = Math.max(open.maxMs, maxMs);
    if (out.length >= bufferBytes) this.flush();
    return { file: this.#index, offset };
  }

  /** Hands what was written to the operating system. */
  flush(): void {
    if (this.#file === undefined || this.#out.length === 0) return;
    const bytes = this.#out.bytes();
    let done = 0;
    while (done < bytes.length)
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#written + done);
    this.#written += bytes.length;
    this.#out.clear();
    this.#files.get(this.#index)?.cached.grow(this.#written);
  }

  /** Removes files whose chunks all ended before a time; the next chunk begins a new file. */
  async truncate(floorMs: number): Promise<void> {
    this.#leave();
    for (const [index, { maxMs, cached }] of this.#files) {
      if (maxMs >= floorMs) continue;
      this.#files.delete(index);
      this.#cache.drop(cached);
      cached.close();
      await rm(cached.path, { force: true });
    }
  }

  close(): void {
    this.#leave();
    for (const { cached } of this.#files.values()) {
      this.#cache.drop(cached);
      cached.close();
    }
    this.#files.clear();
  }

  #begin(): void {
    this.#leave();
    this.#index++;
    const path = join(this.#dir, fileName(this.#index));
    this.#file = openSync(path, 'w');
    const header = Buffer.alloc(fileHeaderBytes);
    header.writeUInt32BE(magic, 0);
    header[4] = version;
    writeSync(this.#file, header);
    this.#written = fileHeaderBytes;
    this.#files.set(this.#index, { cached: new CachedFile(path), maxMs: Number.NEGATIVE_INFINITY });
  }

  #leave(): void {
    if (this.#file === undefined) return;
    this.flush();
    closeSync(this.#file);
    this.#file = undefined;
  }

  #remove(index: number): void {
    const open = this.#files.get(index);
    if (open !== undefined) {
      this.#cache.drop(open.cached);
      open.cached.close();
      this.#files.delete(index);
    }
    rmSync(join(this.#dir, fileName(index)), { force: true });
  }

  #loadFile(path: string, index: number, visit: (chunk: MappedChunk) => void): void {
    const bytes = readFileSync(path);
    if (bytes.length < fileHeaderBytes) throw new CorruptionError(path, 0, 'it is too short');
    if (bytes.readUInt32BE(0) !== magic) throw new CorruptionError(path, 0, 'it holds no chunks of a head');
    if (bytes[4] !== version)
      throw new CorruptionError(path, 4, `its version is ${bytes[4]}, not ${version}`);
    const open: OpenFile = { cached: new CachedFile(path), maxMs: Number.NEGATIVE_INFINITY };
    this.#files.set(index, open);
    let at = fileHeaderBytes;
    while (at < bytes.length) {
      // Prometheus makes files larger than what is in them.
      if (isZero(bytes, at, Math.min(bytes.length, at + chunkHeaderBytes))) return;
      try {
        const reader = new ByteReader(bytes, at);
        const chunk = {
          ref: reader.word64(),
          minMs: reader.word64(),
          maxMs: reader.word64(),
          encoding: reader.byte(),
          file: index,
          offset: at,
        };
        const length = reader.unsigned();
        const data = reader.raw(length);
        const end = reader.at;
        if (crc32c(bytes, at, end) !== reader.word32())
          throw new DamageError('the checksum of a chunk does not match');
        at = reader.at;
        open.maxMs = Math.max(open.maxMs, chunk.maxMs);
        if ((chunk.encoding & outOfOrderMask) !== 0 || length < 2) continue;
        visit({ ...chunk, samples: data.readUInt16BE(0) });
      } catch (error) {
        if (!(error instanceof DamageError)) throw error;
        throw new CorruptionError(path, at, error.message, { cause: error });
      }
    }
  }

  #list(): number[] {
    if (!existsSync(this.#dir)) return [];
    return readdirSync(this.#dir)
      .filter((name) => /^\d{6,}$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }
}

function fileName(index: number): string {
  return String(index).padStart(6, '0');
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}
