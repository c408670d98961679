import { Buffer } from 'node:buffer';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { messageOf, UnavailableError } from '../kit/app-error.ts';

/** More than this in all files is not written: what is in them has not come into the database for long. */
const maxBytes = 256 * 1024 * 1024;

interface JournalFile {
  readonly path: string;
  /** Of its last line; that of the line before it while it has none. */
  lastSeq: number;
  bytes: number;
}

/**
 * Texts in files of a folder, in order, each with a number: a text that was appended has been handed to the operating system, so
 * that it is there after the process is killed. A line is `<number> <CRC-32 of the text> <text>`; one that was cut off, or is
 * damaged, is passed over. Every start, and every {@link turnPage}, begins a file, so that old ones can be removed whole.
 */
export class AlertJournal {
  readonly #folder: string;
  readonly #files: JournalFile[] = [];
  #open: { readonly fd: number; readonly file: JournalFile } | undefined;
  #seq = 0;
  #damagedLines = 0;

  /** @throws {UnavailableError} when the folder cannot be made or read. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#guard('read', () => mkdirSync(folder, { recursive: true }));
  }

  /**
   * Texts with a number above `doneSeq`, oldest first; others are removed. To be called once, before anything is appended.
   *
   * @throws {UnavailableError}
   */
  readAfter(doneSeq: number): string[] {
    this.#seq = doneSeq;
    const texts: string[] = [];
    const names = this.#guard('read', () => readdirSync(this.#folder)).filter((name) => fileName.test(name));
    for (const name of names.sort()) {
      const path = join(this.#folder, name);
      const bytes = this.#guard('read', () => readFileSync(path));
      for (const line of linesOf(bytes)) {
        const read = readLine(line);
        if (read === undefined) this.#damagedLines++;
        else if (read.seq > this.#seq) {
          this.#seq = read.seq;
          texts.push(read.text);
        }
      }
      // No file that begins now has the name of one that is there, whatever could be read of that.
      this.#seq = Math.max(this.#seq, Number.parseInt(name, 10));
      this.#files.push({ path, lastSeq: this.#seq, bytes: bytes.length });
    }
    this.forget(doneSeq);
    return texts;
  }

  /** Lines that {@link readAfter} could not read; one that was being written when the process was killed is among them. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  /** Of all files. */
  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** @throws {UnavailableError} when it is not on disk. */
  append(text: string): void {
    if (this.bytes > maxBytes)
      throw new UnavailableError(
        `${this.#folder} holds ${maxBytes / 1024 / 1024} MiB that could not be written into the database; see the log for why`,
      );
    const seq = this.#seq + 1;
    const body = Buffer.from(text);
    const head = Buffer.from(`${seq} ${checksum(body)} `);
    const size = head.length + body.length + newline.length;
    const { fd, file } = this.#opened();
    this.#guard('written', () => {
      try {
        const written = writevSync(fd, [head, body, newline]);
        if (written < size) throw new Error(`${written} of ${size} bytes were written`);
      } catch (error) {
        this.#cut(fd, file);
        throw error;
      }
    });
    file.bytes += size;
    file.lastSeq = seq;
    this.#seq = seq;
  }

  /** Has what comes from now on go into another file. @returns the number of the last text before */
  turnPage(): number {
    this.close();
    return this.#seq;
  }

  /** Removes files none of whose texts has a number above `seq`. Never throws: a file that stays is removed later. */
  forget(seq: number): void {
    for (const file of [...this.#files]) {
      if (file.lastSeq > seq || file === this.#open?.file) continue;
      try {
        rmSync(file.path, { force: true });
        this.#files.splice(this.#files.indexOf(file), 1);
      } catch {
        // Its lines are known to be done with.
      }
    }
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
  }

  #opened(): { readonly fd: number; readonly file: JournalFile } {
    if (this.#open !== undefined) return this.#open;
    const path = join(this.#folder, `${String(this.#seq + 1).padStart(16, '0')}.journal`);
    const fd = this.#guard('written', () => openSync(path, 'a'));
    const file = { path, lastSeq: this.#seq, bytes: 0 };
    this.#files.push(file);
    this.#open = { fd, file };
    return this.#open;
  }

  /** Takes a line off again that could not be written whole; where that fails too, it is passed over when it is read. */
  #cut(fd: number, file: JournalFile): void {
    try {
      ftruncateSync(fd, file.bytes);
    } catch {
      // The next file has another name.
      this.#seq++;
      this.close();
    }
  }

  #guard<Result>(what: 'read' | 'written', work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw new UnavailableError(
        `the alerts' journal in ${this.#folder} cannot be ${what}: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}

const fileName = /^\d{16}\.journal$/;
const newline = Buffer.from('\n');

/** Without the line's end. What follows the last one is a line too: one that was cut off. */
function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    yield bytes.subarray(from, end < 0 ? bytes.length : end);
    from = end < 0 ? bytes.length : end + 1;
  }
}

function readLine(line: Buffer): { readonly seq: number; readonly text: string } | undefined {
  const head = /^(\d{1,15}) ([\da-f]{8}) /.exec(line.toString('latin1', 0, 32));
  if (head === null) return undefined;
  const body = line.subarray(head[0].length);
  return checksum(body) === head[2] ? { seq: Number(head[1]), text: body.toString() } : undefined;
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
