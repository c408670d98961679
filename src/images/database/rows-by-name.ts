import type { Driver } from '../../store/driver.ts';
import type { BlobReader, KnownBlobs } from './blob-reader.ts';
import { answersByPiece, lowerAscii } from './name-pieces.ts';
import type { NamePrints, PrintedRow } from './name-prints.ts';
import { textOfRows, type WrittenRow } from './package-rows.ts';

/**
 * The table of a prepared database in which all rows of a name lie together, with their ranges: matching asks for thousands of
 * names, and needs of most rows no more than that a version is not in their ranges.
 */
export const rowsByName = 'skopos_rows';

/** Rows that say a package is concerned, or that it is not. */
export type RowKind = 'affected' | 'unaffected';
export const rowKinds: readonly RowKind[] = ['affected', 'unaffected'];

/** @param id an operating system's, or the name of an ecosystem */
export function scopeOf(kind: RowKind, id: number | string): string {
  return `${kind}${typeof id === 'number' ? '#' : ':'}${id}`;
}

/** Fills the table anew, by the indexes. @throws what SQLite throws. */
export function buildRowsByName(driver: Driver, tables: ReadonlySet<string>, about: AboutRows): void {
  driver.exec(`DROP TABLE IF EXISTS ${rowsByName}`);
  driver.exec(`CREATE TABLE ${rowsByName} (scope TEXT COLLATE NOCASE, name TEXT COLLATE NOCASE, rows TEXT NOT NULL,
    PRIMARY KEY (scope, name)) WITHOUT ROWID`);
  for (const kind of rowKinds) if (tables.has(`${kind}_package_handles`)) fill(driver, kind, about);
}

/** What is used of blobs, and who wants to know of rows. */
export interface AboutRows {
  readonly blobs: BlobReader;
  readonly prints: NamePrints;
}

/** Name, system, vulnerability, blob, ecosystem. */
type HandleRow = readonly [string, number | null, number, number | null, string | null];

function fill(driver: Driver, kind: RowKind, { blobs, prints }: AboutRows): void {
  // The order is that in which the indexes give the rows of a name when they are asked for one by one.
  const sql = (lower: string): string => `SELECT json_group_array(json_array(n, o, v, b, e)) FROM (
      SELECT p.name AS n, h.operating_system_id AS o, h.vulnerability_id AS v, h.blob_id AS b, p.ecosystem AS e
      FROM packages p CROSS JOIN ${kind}_package_handles h ON h.package_id = p.id
      WHERE p.name ${lower} ?1 COLLATE NOCASE AND p.name <= ?2 COLLATE NOCASE
      ORDER BY p.name COLLATE NOCASE, p.ecosystem COLLATE NOCASE, p.id, h.operating_system_id, h.id)`;
  const write = driver.prepare(`INSERT INTO ${rowsByName}
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?)`);
  for (const answer of answersByPiece(driver, { table: 'packages', column: 'name' }, sql)) {
    const rows = JSON.parse(answer) as readonly HandleRow[];
    if (rows.length === 0) continue;
    const known = blobs.of(new Set(rows.map(([, , , blob]) => blob ?? 0)));
    write.run([JSON.stringify(byScope(rows, kind, known))]);
    prints.add(
      kind,
      rows.map((row) => printedRow(row, known, prints)),
    );
  }
}

function printedRow(
  [name, system, vulnerability, blob, ecosystem]: HandleRow,
  blobs: KnownBlobs,
  prints: NamePrints,
): PrintedRow {
  const scope = prints.scopeOf(system, ecosystem);
  return { scope, name, vulnerability, blob: blobs.get(blob ?? 0)?.print ?? '', target: ecosystem ?? '' };
}

function byScope(
  rows: readonly HandleRow[],
  kind: RowKind,
  blobs: KnownBlobs,
): readonly (readonly [scope: string, name: string, text: string])[] {
  const groups = new Map<
    string,
    { readonly scope: string; readonly name: string; readonly rows: WrittenRow[] }
  >();
  for (const [name, system, vulnerability, blob, ecosystem] of rows) {
    if (system === null && ecosystem === null) continue;
    const scope = scopeOf(kind, system ?? ecosystem ?? '');
    const head = `${vulnerability},${system ?? ''},${blob ?? 0},${ecosystem ?? ''}`;
    const row = { head, outline: blobs.get(blob ?? 0)?.outline ?? '' };
    const key = lowerAscii(`${scope}\n${name}`);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { scope, name, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()].map(({ scope, name, rows }) => [scope, name, textOfRows(rows)]);
}
