import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { messageOf } from '../../kit/app-error.ts';
import { ImageError } from '../image-error.ts';
import { unpacked } from '../layers/decompress.ts';
import { PackedBytes } from '../layers/packed-bytes.ts';
import { blockSize, readTarHeader } from '../layers/tar-header.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';

/** The entry that is wanted. */
const wanted = /(?:^|\/)vulnerability\.db$/;
const sqliteMagic = 'SQLite format 3\0';
/** Larger than any database has been, by far: what claims more is not unpacked. */
const mostBytes = 64 * 1024 ** 3;

/**
 * Writes the database of an archive (`.tar.zst`, `.tar.gz` or `.tar`, told by their contents) to a file, as it is unpacked; a
 * file that is a database already is copied. Needs the memory of the archive's window alone, 128 MiB for Grype's.
 *
 * @throws {VulnerabilityDatabaseError} when it is no such archive, is damaged, or has no database in it.
 */
export async function unpackDatabase(from: string, to: string): Promise<void> {
  const target = await open(to, 'w');
  try {
    const pieces = unpacked(createReadStream(from, { highWaterMark: 256 * 1024 }));
    await extract(pieces, target, from);
  } catch (error) {
    if (error instanceof ImageError)
      throw new VulnerabilityDatabaseError(
        `${from} cannot be unpacked: ${error.message}; expected .tar.zst, .tar.gz or .tar`,
        {
          cause: error,
        },
      );
    if (error instanceof VulnerabilityDatabaseError) throw error;
    throw new VulnerabilityDatabaseError(`${from} cannot be unpacked: ${messageOf(error)}`, { cause: error });
  } finally {
    await target.close();
  }
}

async function extract(pieces: AsyncIterable<Uint8Array>, target: FileHandle, from: string): Promise<void> {
  const walk = new Walk(from);
  const all = new PackedBytes(pieces);
  const start = await all.take(sqliteMagic.length);
  all.unread(start);
  const isPlain = start.toString('latin1') === sqliteMagic;
  for await (const piece of all) {
    const wantedPieces = isPlain ? [piece] : walk.push(piece);
    for (const bytes of wantedPieces) await write(target, bytes);
    if (walk.isDone) break;
  }
  await all.close();
  if (!isPlain) walk.end();
}

/** Goes through a tar archive and gives the pieces of the one entry that is wanted. */
class Walk {
  readonly #from: string;
  readonly #header = Buffer.alloc(blockSize);
  #filled = 0;
  #atByte = 0;
  /** Bytes to come of an entry that is not wanted. */
  #skip = 0;
  /** Bytes to come of the one that is; undefined before it. */
  #left: number | undefined;

  constructor(from: string) {
    this.#from = from;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  push(piece: Uint8Array): readonly Uint8Array[] {
    const found: Uint8Array[] = [];
    for (let at = 0; at < piece.length && !this.isDone; ) {
      const rest = piece.subarray(at);
      const taken = this.#left === undefined ? this.#pass(rest) : this.#take(rest, found);
      at += taken;
      this.#atByte += taken;
    }
    return found;
  }

  /** @throws {VulnerabilityDatabaseError} when it has not been done. */
  end(): void {
    if (this.isDone) return;
    throw new VulnerabilityDatabaseError(
      this.#left === undefined
        ? `${this.#from} has no vulnerability.db in it`
        : `${this.#from} ends within its database`,
    );
  }

  #take(rest: Uint8Array, found: Uint8Array[]): number {
    const some = rest.subarray(0, this.#left);
    found.push(some);
    this.#left = (this.#left ?? 0) - some.length;
    return some.length;
  }

  /** Headers and entries that are not wanted; returns how much of `rest` was one of those. */
  #pass(rest: Uint8Array): number {
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, rest.length);
      this.#skip -= skipped;
      return skipped;
    }
    const some = rest.subarray(0, blockSize - this.#filled);
    this.#header.set(some, this.#filled);
    this.#filled += some.length;
    if (this.#filled === blockSize) this.#begin();
    return some.length;
  }

  #begin(): void {
    this.#filled = 0;
    const entry = readTarHeader(this.#header, this.#atByte);
    if (entry === undefined) return;
    if (entry.sizeBytes > mostBytes)
      throw new VulnerabilityDatabaseError(`${this.#from} claims a database of ${entry.sizeBytes} bytes`);
    if (wanted.test(entry.name)) this.#left = entry.sizeBytes;
    else this.#skip = Math.ceil(entry.sizeBytes / blockSize) * blockSize;
  }
}

async function write(target: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await target.write(bytes, at)).bytesWritten;
}
