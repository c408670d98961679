import { close, closeSync, fsync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32c } from './crc32c.ts';
import { fragments, headerBytes, pageBytes, segmentBytes, segmentName } from './wal-segments.ts';

/**
 * Writes records into segments of pages. A record is handed to the operating system by {@link commit}.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/wal.md
 */
export class WalWriter {
  readonly #dir: string;
  readonly #page = Buffer.alloc(pageBytes);
  /** Filled bytes of the page, and how many of them are in the file. */
  #filled = 0;
  #written = 0;
  #file: number | undefined;
  #index: number;
  /** Of the page's first byte in the file. */
  #pageStart = 0;

  /** Begins with segment `index`, made at the first write. */
  constructor(dir: string, index: number) {
    this.#dir = dir;
    this.#index = index;
  }

  /** Of the segment being written or written next. */
  get index(): number {
    return this.#index;
  }

  /** Bytes in the segment being written. */
  get bytes(): number {
    return this.#pageStart + this.#filled;
  }

  /** Adds a record; whole pages go to the file at once. @throws when the file cannot be written. */
  add(record: Uint8Array): void {
    if (this.#file !== undefined && this.bytes + record.length + 2 * headerBytes > segmentBytes) this.cut();
    this.#file ??= this.#openSegment();
    let at = 0;
    do {
      if (pageBytes - this.#filled < headerBytes + 1) this.#endPage();
      const take = Math.min(record.length - at, pageBytes - this.#filled - headerBytes);
      const isFirst = at === 0;
      const isLast = at + take === record.length;
      this.#fragment(
        isFirst ? (isLast ? fragments.full : fragments.first) : isLast ? fragments.last : fragments.middle,
        record,
        at,
        take,
      );
      at += take;
      if (this.#filled === pageBytes) this.#endPage();
    } while (at < record.length);
  }

  commit(): void {
    while (this.#file !== undefined && this.#written < this.#filled) {
      const position = this.#pageStart + this.#written;
      this.#written += writeSync(
        this.#file,
        this.#page,
        this.#written,
        this.#filled - this.#written,
        position,
      );
    }
  }

  sync(): void {
    this.commit();
    if (this.#file !== undefined) fsyncSync(this.#file);
  }

  /** Ends the segment; the next record goes to a new one. The disk gets it meanwhile, as that may take long. */
  cut(): void {
    if (this.#file === undefined) return;
    if (this.#filled > 0) this.#endPage();
    this.commit();
    const file = this.#file;
    // A failed sync is no more than a lack of safety against power cuts.
    fsync(file, () => close(file));
    this.#file = undefined;
    this.#leave();
  }

  /**
   * After a failed write: cuts the segment back to `bytes`, where all was well, and goes on with a new one.
   */
  abandon(bytes: number): void {
    const file = this.#file;
    if (file === undefined) return;
    try {
      ftruncateSync(file, bytes);
    } finally {
      this.#leave();
    }
  }

  /** Closes the segment when the disk has it, without keeping the event loop. */
  async finish(): Promise<void> {
    this.commit();
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    try {
      await promisify(fsync)(file);
    } finally {
      closeSync(file);
    }
  }

  /** Ends the segment. A record that comes all the same begins a new one. */
  close(): void {
    if (this.#file === undefined) return;
    try {
      this.sync();
    } finally {
      this.#leave();
    }
  }

  #openSegment(): number {
    mkdirSync(this.#dir, { recursive: true });
    return openSync(join(this.#dir, segmentName(this.#index)), 'w');
  }

  #leave(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#index++;
    this.#pageStart = 0;
    this.#filled = 0;
    this.#written = 0;
  }

  #fragment(type: number, record: Uint8Array, from: number, length: number): void {
    const page = this.#page;
    const at = this.#filled;
    const sum = crc32c(record, from, from + length);
    page[at] = type;
    page[at + 1] = length >>> 8;
    page[at + 2] = length;
    page[at + 3] = sum >>> 24;
    page[at + 4] = sum >>> 16;
    page[at + 5] = sum >>> 8;
    page[at + 6] = sum;
    page.set(record.subarray(from, from + length), at + headerBytes);
    this.#filled += headerBytes + length;
  }

  /** Fills the page with zeros and begins the next. */
  #endPage(): void {
    this.#page.fill(0, this.#filled);
    this.#filled = pageBytes;
    this.commit();
    this.#pageStart += pageBytes;
    this.#filled = 0;
    this.#written = 0;
  }
}
