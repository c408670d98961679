import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A place in the log: what is before it has been sent. */
export interface Position {
  readonly segment: number;
  /** Bytes from the segment's start, where a record begins. */
  readonly offset: number;
}

const layout = /^(\d{10}) (\d{15})\n/;

/**
 * Where a queue is, in a file of one line that is written over in place: a process that is killed leaves the old line or the new one.
 */
export class PositionFile {
  readonly #path: string;
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined when there is none, or what is there is no position. */
  read(): Position | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'latin1');
    } catch {
      return undefined;
    }
    const [, segment, offset] = layout.exec(text) ?? [];
    return segment === undefined ? undefined : { segment: Number(segment), offset: Number(offset) };
  }

  /** @throws when the file cannot be written. */
  write({ segment, offset }: Position): void {
    if (this.#file === undefined) {
      mkdirSync(dirname(this.#path), { recursive: true });
      this.#file = openSync(this.#path, 'a+');
      closeSync(this.#file);
      this.#file = openSync(this.#path, 'r+');
    }
    const line = `${String(segment).padStart(10, '0')} ${String(offset).padStart(15, '0')}\n`;
    writeSync(this.#file, line, 0, 'latin1');
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
