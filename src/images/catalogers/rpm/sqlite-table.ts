import { textOf } from '../text.ts';
import { columnsOf, type SqliteRow, varintOf } from './sqlite-record.ts';

/** A row of a table where it stands: in a cell of a leaf, and, when it is long, in pages of its own after that. */
export interface PlacedRow {
  readonly id: number;
  /** Of all its columns together. */
  readonly lengthBytes: number;
  /** Undefined when pages that it goes on in are not among those that are at hand. */
  readonly columns: SqliteRow | undefined;
}

/** What a page of a table's tree holds: pages below it, or rows. */
export type TablePage =
  | { readonly kind: 'inner'; readonly children: readonly number[] }
  | { readonly kind: 'leaf'; readonly rows: Iterable<PlacedRow> };

/** Where pages come from: the database's own bytes, or the log beside it. */
export interface PageSource {
  /** Bytes of a page without what extensions reserve at its end. */
  readonly usableBytes: number;
  /** Undefined for a page that is not there. */
  page(number: number): Uint8Array | undefined;
  /**
   * Counts bytes of rows that are read.
   *
   * @throws {RangeError} when they are more than all pages have: rows lie over one another, or lead in a circle.
   */
  take(bytes: number): void;
}

/** Depth of a b-tree beyond which a file is damaged: 64-bit row ids never need more. */
const maxDepth = 40;

/** Whether bytes are an SQLite database. */
export function isSqlite(bytes: Uint8Array): boolean {
  return textOf(bytes.subarray(0, 15)) === 'SQLite format 3';
}

/** Pages of a database file. What is still in a write-ahead log beside it is not seen. */
export function pagesOfDatabase(bytes: Uint8Array): PageSource & { readonly pageBytes: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const written = view.getUint16(16);
  const pageBytes = written === 1 ? 65_536 : written;
  const usableBytes = pageBytes - view.getUint8(20);
  if (pageBytes < 512 || usableBytes < 480) throw new RangeError(`its page size is ${pageBytes}`);
  return {
    pageBytes,
    usableBytes,
    take: rowBudget(bytes.length),
    page(number) {
      const start = (number - 1) * pageBytes;
      if (number < 1 || start + pageBytes > bytes.length)
        throw new RangeError(`page ${number} is beyond the end of the file`);
      return bytes.subarray(start, start + pageBytes);
    },
  };
}

/** What may be read of so many bytes of pages: all of them, and once more for the schema. */
export function rowBudget(bytes: number): PageSource['take'] {
  let left = bytes * 2;
  return (taken) => {
    left -= taken;
    if (left < 0) throw new RangeError('its rows are longer than the file');
  };
}

/**
 * All rows of a table, read from the database's bytes: databases in layers are never written to disk, and threads that read
 * them have no native modules. Only tables with row ids.
 *
 * Source: https://www.sqlite.org/fileformat2.html
 *
 * @returns undefined when there is no such table.
 * @throws {RangeError} when a page, a cell or an overflow chain leads outside of the file or in a circle.
 */
export function sqliteTable(bytes: Uint8Array, table: string): Iterable<SqliteRow> | undefined {
  const source = pagesOfDatabase(bytes);
  const root = tableRoot(source, table);
  return root === undefined ? undefined : columnsBelow(source, root);
}

/** The page at which a table's tree begins; undefined when there is no such table. */
export function tableRoot(source: PageSource, table: string): number | undefined {
  for (const columns of columnsBelow(source, 1)) {
    const root = rootOf(columns, table);
    if (root !== undefined) return root;
  }
  return undefined;
}

/** That page, where a row of the schema is of that table. */
export function rootOf(columns: SqliteRow | undefined, table: string): number | undefined {
  if (columns === undefined) return undefined;
  const [type, name, , root] = columns;
  return type === 'table' && name === table && typeof root === 'number' ? root : undefined;
}

function* columnsBelow(source: PageSource, root: number): Generator<SqliteRow> {
  const pages = (number: number) => tablePage(source, number);
  for (const { page } of treePages(root, pages)) {
    if (page.kind === 'leaf') for (const { columns } of page.rows) if (columns !== undefined) yield columns;
  }
}

/**
 * The pages of a tree in the order of its rows. Each page is visited once, so that what is read is bounded by the file.
 *
 * @throws {RangeError} when one of them is of no table, or leads in a circle.
 */
export function* treePages<
  Page extends { readonly kind: 'inner'; readonly children: readonly number[] } | { readonly kind: 'leaf' },
>(
  root: number,
  pageOf: (number: number) => Page | undefined,
): Generator<{ readonly number: number; readonly page: Page }> {
  const seen = new Set<number>();
  const open = [{ number: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { number, depth } = next;
    if (seen.has(number) || depth > maxDepth) throw new RangeError(`page ${number} leads in a circle`);
    seen.add(number);
    const page = pageOf(number);
    if (page === undefined) throw new RangeError(`page ${number} is of no table`);
    yield { number, page };
    if (page.kind === 'inner')
      open.push(...page.children.map((child) => ({ number: child, depth: depth + 1 })).reverse());
  }
}

const [innerKind, leafKind] = [0x05, 0x0d];

/**
 * What a page of a table's tree holds; undefined for a page of another kind.
 *
 * @throws {RangeError} when its cells lead out of it.
 */
export function tablePage(source: PageSource, number: number): TablePage | undefined {
  const bytes = source.page(number);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The first page begins with the file's header.
  const at = number === 1 ? 100 : 0;
  const kind = view.getUint8(at);
  if (kind !== innerKind && kind !== leafKind) return undefined;
  const pointers = at + (kind === innerKind ? 12 : 8);
  const cells = Array.from({ length: view.getUint16(at + 3) }, (_, i) => view.getUint16(pointers + i * 2));
  if (kind === leafKind) return { kind: 'leaf', rows: rowsAt(source, bytes, cells) };
  const children = cells.map((cell) => view.getUint32(cell));
  return { kind: 'inner', children: [...children, view.getUint32(at + 8)] };
}

function* rowsAt(source: PageSource, page: Uint8Array, cells: readonly number[]): Generator<PlacedRow> {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  for (const cell of cells) yield rowAt(source, page, view, cell);
}

/** A leaf's cell: length of the payload, row id, the payload's start, the page where it goes on. */
function rowAt(source: PageSource, page: Uint8Array, view: DataView, cell: number): PlacedRow {
  const [lengthBytes, afterLength] = varintOf(view, cell);
  const [id, at] = varintOf(view, afterLength);
  const direct = source.usableBytes - 35;
  const least = Math.floor(((source.usableBytes - 12) * 32) / 255) - 23;
  const fitting = least + ((lengthBytes - least) % (source.usableBytes - 4));
  const local = lengthBytes <= direct ? lengthBytes : fitting <= direct ? fitting : least;
  source.take(local);
  const start = sliceOf(page, at, local);
  if (local === lengthBytes) return { id, lengthBytes, columns: columnsOf(start) };
  const rest = chainOf(source, view.getUint32(at + local), lengthBytes - local);
  return { id, lengthBytes, columns: rest && columnsOf(Buffer.concat([start, ...rest])) };
}

/** Overflow pages: the number of the next one, then content. Undefined when one of them is not there. */
function chainOf(source: PageSource, first: number, lengthBytes: number): Uint8Array[] | undefined {
  const parts: Uint8Array[] = [];
  let [left, number] = [lengthBytes, first];
  while (left > 0) {
    const page = source.page(number);
    if (page === undefined) return undefined;
    const part = sliceOf(page, 4, Math.min(source.usableBytes - 4, left));
    source.take(part.length);
    parts.push(part);
    left -= part.length;
    number = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0);
  }
  return parts;
}

function sliceOf(page: Uint8Array, at: number, length: number): Uint8Array {
  if (at + length > page.length) throw new RangeError('a row goes beyond the end of its page');
  return page.subarray(at, at + length);
}
