import { type RpmEntry, readRpmHeader } from './header.ts';
import { loggedPages } from './sqlite-log.ts';
import type { SqliteRow } from './sqlite-record.ts';
import {
  type PageSource,
  type PlacedRow,
  pagesOfDatabase,
  rootOf,
  rowBudget,
  type TablePage,
  tablePage,
  tableRoot,
  treePages,
} from './sqlite-table.ts';

/** A row of the table `Packages`. */
interface PackageRow {
  readonly id: number;
  readonly lengthBytes: number;
  /** Absent where it has none (an imported key), or, of a log, where the row goes on in pages of the database. */
  readonly entry?: RpmEntry;
  readonly isElsewhere?: true;
}

type PackagePage =
  | { readonly kind: 'inner'; readonly children: readonly number[] }
  | { readonly kind: 'leaf'; readonly rows: readonly PackageRow[] };

/**
 * Pages of the table `Packages` as a database, or the log beside it, has them. The two are put together when the image is: they may
 * have come with different layers.
 */
export interface PackageTree {
  readonly pageBytes: number;
  readonly reservedBytes: number;
  /** Where the table begins; absent where it is not told, as in most logs. */
  readonly root?: number;
  readonly pages: readonly (readonly [number: number, page: PackagePage])[];
}

const table = 'Packages';
/** More than any image has installed. */
export const maxPackages = 200_000;

/** @throws {RangeError} when it is damaged, or has more packages than are read. */
export function treeOfDatabase(bytes: Uint8Array): PackageTree {
  const source = pagesOfDatabase(bytes);
  const { pageBytes, usableBytes } = source;
  const reservedBytes = pageBytes - usableBytes;
  const root = tableRoot(source, table);
  // All of a new database may be in its log.
  if (root === undefined) return { pageBytes, reservedBytes, pages: [] };
  const found = treePages(root, (number) => tablePage(source, number));
  return { pageBytes, reservedBytes, root, pages: kept(found) };
}

/**
 * @returns undefined when the log changes nothing.
 * @throws {RangeError} as `treeOfDatabase`.
 */
export function treeOfLog(bytes: Uint8Array): PackageTree | undefined {
  const log = loggedPages(bytes);
  if (log === undefined) return undefined;
  const { pageBytes, pages } = log;
  // The first page has the database's header; it changes with almost every transaction.
  const reservedBytes = pages.get(1)?.[20] ?? 0;
  const source: PageSource = {
    usableBytes: pageBytes - reservedBytes,
    take: rowBudget(bytes.length),
    page: (number) => pages.get(number),
  };
  let root: number | undefined;
  // Which of them are the table's is known only with the database.
  const found = [...pages.keys()].flatMap((number) => {
    const page = tablePage(source, number);
    return page === undefined ? [] : [{ number, page }];
  });
  const trees = kept(found, (columns) => {
    root ??= rootOf(columns, table);
  });
  return { pageBytes, reservedBytes, ...(root !== undefined && { root }), pages: trees };
}

function kept(
  found: Iterable<{ readonly number: number; readonly page: TablePage }>,
  onColumns?: (columns: SqliteRow | undefined) => void,
): PackageTree['pages'] {
  let packages = 0;
  return Array.from(found, ({ number, page }) => {
    if (page.kind === 'inner') return [number, page] as const;
    const rows = [...page.rows].flatMap((row) => {
      onColumns?.(row.columns);
      return rowOf(row);
    });
    packages += rows.length;
    if (packages > maxPackages) throw new RangeError(`it has more than ${maxPackages} packages`);
    return [number, { kind: 'leaf', rows }] as const;
  });
}

/** Rows of other tables have no bytes in their second column. */
function rowOf({ id, lengthBytes, columns }: PlacedRow): PackageRow[] {
  if (columns === undefined) return [{ id, lengthBytes, isElsewhere: true }];
  const header = columns[1];
  if (!(header instanceof Uint8Array)) return [];
  const entry = readRpmHeader(header);
  return [{ id, lengthBytes, ...(entry && { entry }) }];
}

/**
 * The packages of a database with what its log puts over its pages.
 *
 * @throws {RangeError} when the two do not fit together.
 */
export function packagesOf(database: PackageTree, log: PackageTree | undefined): RpmEntry[] {
  if (log !== undefined && log.pageBytes !== database.pageBytes)
    throw new RangeError(
      `its log has pages of ${log.pageBytes} bytes, it has pages of ${database.pageBytes}`,
    );
  const root = log?.root ?? database.root;
  if (root === undefined) throw new RangeError(`it has no table "${table}"`);
  const pages = new Map([...database.pages, ...(log?.pages ?? [])]);
  const known = new Map(
    database.pages.flatMap(([, page]) => (page.kind === 'leaf' ? page.rows.map((row) => [row.id, row]) : [])),
  );
  const entries: RpmEntry[] = [];
  for (const { page } of treePages(root, (number) => pages.get(number))) {
    const rows = page.kind === 'leaf' ? page.rows : [];
    entries.push(...rows.flatMap((row) => entryOf(row, known.get(row.id)) ?? []));
  }
  return entries;
}

/** A leaf is written anew for each of its rows. Numbers of packages are not given twice: the database has the same row. */
function entryOf(row: PackageRow, known: PackageRow | undefined): RpmEntry | undefined {
  const whole = row.isElsewhere ? known : row;
  if (whole?.lengthBytes !== row.lengthBytes)
    throw new RangeError(`package ${row.id} is neither whole in its log nor in itself`);
  return whole.entry;
}
