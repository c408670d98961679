import { close, fstatSync, openSync, readSync } from 'node:fs';
import { CorruptionError } from './damage.ts';

const pageBytes = 1 << 16;

/** Files are numbered so that pages have one number each; both stay exact in a double. */
const maxPages = 2 ** 24;

let nextFile = 1;

/** A file that is read in pieces through a {@link PageCache}. */
export class CachedFile {
  readonly path: string;
  readonly id = nextFile++;
  #size: number;
  #file: number | undefined;

  /** @throws when it cannot be opened. */
  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'r');
    this.#size = fstatSync(this.#file).size;
  }

  get size(): number {
    return this.#size;
  }

  /** For a file that is still being written: how far it may be read. */
  grow(size: number): void {
    this.#size = size;
  }

  /** Fills `into[at … at + length)` from `position`. @throws {CorruptionError} when the file has become shorter. */
  read(into: Uint8Array, at: number, length: number, position: number): void {
    if (this.#file === undefined) throw new Error(`${this.path} is closed`);
    let done = 0;
    while (done < length) {
      const read = readSync(this.#file, into, at + done, length - done, position + done);
      if (read === 0)
        throw new CorruptionError(this.path, position + done, 'the file is shorter than it was');
      done += read;
    }
  }

  /** The last handle of a large file that was removed takes the system a while to close, which nobody waits for. */
  close(): void {
    if (this.#file !== undefined) close(this.#file, () => undefined);
    this.#file = undefined;
  }
}

/**
 * Recently used pages of files, bounded in number. Outside of the JavaScript heap. {@link locate} makes a range readable at
 * `bytes[at …]` until the next call.
 */
export class PageCache {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  readonly #capacity: number;
  readonly #slots = new Map<number, number>();
  readonly #pages: Buffer[] = [];
  readonly #keys: number[] = [];
  readonly #used: number[] = [];
  #hand = 0;
  #scratch = Buffer.allocUnsafeSlow(1 << 12);

  constructor(capacityBytes: number) {
    this.#capacity = Math.max(4, Math.floor(capacityBytes / pageBytes));
  }

  /** Memory held. */
  get heldBytes(): number {
    return this.#pages.length * pageBytes;
  }

  /** @throws {CorruptionError} when the range is not within the file. */
  locate(file: CachedFile, offset: number, length: number): void {
    if (offset < 0 || offset + length > file.size)
      throw new CorruptionError(
        file.path,
        offset,
        `${length} bytes from here reach past the end of the file`,
      );
    const first = Math.floor(offset / pageBytes);
    const start = offset - first * pageBytes;
    if (start + length <= pageBytes) {
      this.bytes = this.#page(file, first, start + length);
      this.at = start;
      return;
    }
    if (this.#scratch.length < length + 8) this.#scratch = Buffer.allocUnsafeSlow(length * 2 + 8);
    if (length > 4 * pageBytes) file.read(this.#scratch, 0, length, offset);
    else {
      let done = 0;
      for (let page = first; done < length; page++) {
        const from = page === first ? start : 0;
        const take = Math.min(pageBytes - from, length - done);
        const source = this.#page(file, page, from + take);
        this.#scratch.set(source.subarray(from, from + take), done);
        done += take;
      }
    }
    this.bytes = this.#scratch;
    this.at = 0;
  }

  /** A copy of a range, for large ones, which are not kept. */
  copy(file: CachedFile, offset: number, length: number): Buffer {
    if (offset < 0 || offset + length > file.size)
      throw new CorruptionError(
        file.path,
        offset,
        `${length} bytes from here reach past the end of the file`,
      );
    const bytes = Buffer.allocUnsafeSlow(length);
    file.read(bytes, 0, length, offset);
    return bytes;
  }

  /** Forgets the pages of a file; to be called before it is closed. */
  drop(file: CachedFile): void {
    for (const [key, slot] of this.#slots) {
      if (Math.floor(key / maxPages) !== file.id) continue;
      this.#slots.delete(key);
      this.#keys[slot] = -1;
      this.#used[slot] = 0;
    }
  }

  /** The page, filled to `least` at least: a file that grows may have more than was read of its last page. */
  #page(file: CachedFile, page: number, least: number): Buffer {
    const key = file.id * maxPages + page;
    const known = this.#slots.get(key);
    const slot = known ?? this.#free();
    const bytes = this.#pages[slot] as Buffer;
    const filled = known === undefined ? 0 : (this.#used[slot] as number) >>> 1;
    if (filled < least) {
      const length = Math.min(pageBytes, file.size - page * pageBytes);
      file.read(bytes, filled, length - filled, page * pageBytes + filled);
      this.#slots.set(key, slot);
      this.#keys[slot] = key;
      this.#used[slot] = (length << 1) | 1;
    } else this.#used[slot] = (filled << 1) | 1;
    return bytes;
  }

  /** A page that was not used since the hand came by last. */
  #free(): number {
    if (this.#pages.length < this.#capacity) {
      // A reader of bits may look a few bytes beyond the end.
      this.#pages.push(Buffer.alloc(pageBytes + 8));
      this.#keys.push(-1);
      this.#used.push(0);
      return this.#pages.length - 1;
    }
    for (;;) {
      this.#hand = (this.#hand + 1) % this.#pages.length;
      const used = this.#used[this.#hand] as number;
      if ((used & 1) === 1) {
        this.#used[this.#hand] = used & ~1;
        continue;
      }
      this.#slots.delete(this.#keys[this.#hand] as number);
      this.#keys[this.#hand] = -1;
      return this.#hand;
    }
  }
}
