import { textOf } from '../text.ts';

/** One row: its columns as they are stored. */
export type SqliteRow = readonly (number | string | Uint8Array | null)[];

/** Depth of a b-tree beyond which a file is damaged: 64-bit row ids never need more. */
const maxDepth = 40;

/** Whether bytes are an SQLite database. */
export function isSqlite(bytes: Uint8Array): boolean {
  return textOf(bytes.subarray(0, 15)) === 'SQLite format 3';
}

/**
 * All rows of a table, read from the database's bytes: databases in layers are never written to disk, and threads that read
 * them have no native modules. Only tables with row ids; what is still in a write-ahead log beside the file is not seen.
 *
 * Source: https://www.sqlite.org/fileformat2.html
 *
 * @returns undefined when there is no such table.
 * @throws {RangeError} when a page, a cell or an overflow chain leads outside of the file or in a circle.
 */
export function sqliteTable(bytes: Uint8Array, table: string): Iterable<SqliteRow> | undefined {
  const file = new SqliteFile(bytes);
  for (const row of file.rows(1)) {
    const [type, name, , root] = row;
    if (type === 'table' && name === table && typeof root === 'number') return file.rows(root);
  }
  return undefined;
}

class SqliteFile {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #pageSize: number;
  /** Bytes of a page without what extensions reserve at its end. */
  readonly #usable: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const written = this.#view.getUint16(16);
    this.#pageSize = written === 1 ? 65_536 : written;
    this.#usable = this.#pageSize - this.#view.getUint8(20);
    if (this.#pageSize < 512 || this.#usable < 480)
      throw new RangeError(`its page size is ${this.#pageSize}`);
  }

  /** Rows of the table b-tree below a page. Each page is visited once, so that what is read is bounded by the file. */
  *rows(root: number): Generator<SqliteRow> {
    yield* this.#walk(root, new Set(), 0);
  }

  *#walk(page: number, seen: Set<number>, depth: number): Generator<SqliteRow> {
    if (seen.has(page) || depth > maxDepth) throw new RangeError(`page ${page} leads in a circle`);
    seen.add(page);
    const start = this.#start(page);
    // The first page begins with the file's header.
    const at = page === 1 ? start + 100 : start;
    const kind = this.#view.getUint8(at);
    if (kind !== 0x05 && kind !== 0x0d) throw new RangeError(`page ${page} is of no table`);
    const cells = this.#view.getUint16(at + 3);
    const pointers = at + (kind === 0x05 ? 12 : 8);
    for (let i = 0; i < cells; i++) {
      const cell = start + this.#view.getUint16(pointers + i * 2);
      if (kind === 0x05) yield* this.#walk(this.#view.getUint32(cell), seen, depth + 1);
      else yield this.#row(cell);
    }
    if (kind === 0x05) yield* this.#walk(this.#view.getUint32(at + 8), seen, depth + 1);
  }

  #start(page: number): number {
    const start = (page - 1) * this.#pageSize;
    if (page < 1 || start + this.#pageSize > this.#bytes.length) {
      throw new RangeError(`page ${page} is beyond the end of the file`);
    }
    return start;
  }

  /** A leaf's cell: length of the payload, row id, the payload's start, the page where it goes on. */
  #row(cell: number): SqliteRow {
    const [length, afterLength] = this.#varint(cell);
    const [, at] = this.#varint(afterLength);
    if (length > this.#bytes.length) throw new RangeError('a row is longer than the file');
    const direct = this.#usable - 35;
    if (length <= direct) return this.#record(this.#slice(at, length));
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const fitting = least + ((length - least) % (this.#usable - 4));
    const local = fitting <= direct ? fitting : least;
    const payload = new Uint8Array(length);
    payload.set(this.#slice(at, local));
    this.#overflow(payload, local, this.#view.getUint32(at + local));
    return this.#record(payload);
  }

  /** Overflow pages: the number of the next one, then content. The payload's length bounds the chain. */
  #overflow(payload: Uint8Array, from: number, first: number): void {
    let [filled, page] = [from, first];
    while (filled < payload.length) {
      const start = this.#start(page);
      const part = this.#slice(start + 4, Math.min(this.#usable - 4, payload.length - filled));
      payload.set(part, filled);
      filled += part.length;
      page = this.#view.getUint32(start);
    }
  }

  #slice(at: number, length: number): Uint8Array {
    if (at + length > this.#bytes.length) throw new RangeError('a row goes beyond the end of the file');
    return this.#bytes.subarray(at, at + length);
  }

  /** Big-endian base 128, at most nine bytes; larger than a safe integer only where the file is damaged. */
  #varint(at: number): [value: number, next: number] {
    return varintOf(this.#view, at);
  }

  #record(payload: Uint8Array): SqliteRow {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const [headerLength, first] = varintOf(view, 0);
    const row: (number | string | Uint8Array | null)[] = [];
    let [at, content] = [first, headerLength];
    while (at < headerLength) {
      const [serial, next] = varintOf(view, at);
      const [value, length] = columnOf(view, payload, serial, content);
      row.push(value);
      content += length;
      at = next;
    }
    return row;
  }
}

function varintOf(view: DataView, from: number): [value: number, next: number] {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = view.getUint8(from + i);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, from + i + 1];
  }
  return [value * 256 + view.getUint8(from + 8), from + 9];
}

/** Lengths of integers by serial type 1 to 6. */
const integerLengths = [0, 1, 2, 3, 4, 6, 8];

function columnOf(
  view: DataView,
  payload: Uint8Array,
  serial: number,
  at: number,
): [value: number | string | Uint8Array | null, length: number] {
  if (serial === 0) return [null, 0];
  if (serial === 8 || serial === 9) return [serial - 8, 0];
  if (serial === 7) return [view.getFloat64(at), 8];
  const integerLength = integerLengths[serial];
  if (integerLength !== undefined) return [integerOf(view, at, integerLength), integerLength];
  if (serial < 12) throw new RangeError(`a column has the unknown type ${serial}`);
  const length = Math.floor((serial - 12) / 2);
  if (at + length > payload.length) throw new RangeError('a column is longer than its row');
  const bytes = payload.subarray(at, at + length);
  return [serial % 2 === 0 ? bytes : textOf(bytes), length];
}

function integerOf(view: DataView, at: number, length: number): number {
  let value = view.getInt8(at);
  for (let i = 1; i < length; i++) value = value * 256 + view.getUint8(at + i);
  return value;
}
