import type { Driver } from '../../store/driver.ts';
import { readPackageBlob, textOf } from './blobs.ts';
import { textOfRows, type WrittenRow } from './package-rows.ts';
import { outlineOf } from './row-bounds.ts';

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

/** Names that are read and written at once, to keep memory small. */
const namesAtOnce = 1000;
/** Ranges of blobs that are kept, as blobs are shared by rows. */
const keptOutlines = 100_000;

/** Fills the table anew, by the indexes. @throws what SQLite throws. */
export function buildRowsByName(driver: Driver, tables: ReadonlySet<string>): void {
  driver.exec(`DROP TABLE IF EXISTS ${rowsByName}`);
  driver.exec(`CREATE TABLE ${rowsByName} (scope TEXT COLLATE NOCASE, name TEXT COLLATE NOCASE, rows TEXT NOT NULL,
    PRIMARY KEY (scope, name)) WITHOUT ROWID`);
  const outlines = outlineReader(driver);
  driver.exec('BEGIN');
  for (const kind of rowKinds) if (tables.has(`${kind}_package_handles`)) fill(driver, kind, outlines);
  driver.exec('COMMIT');
}

/** Name, system, vulnerability, blob, ecosystem. */
type HandleRow = readonly [string, number | null, number, number | null, string | null];
type Outlines = (blobs: ReadonlySet<number>) => ReadonlyMap<number, string>;

function fill(driver: Driver, kind: RowKind, outlines: Outlines): void {
  // The order is that in which the indexes give the rows of a name when they are asked for one by one.
  const read = (lower: string) =>
    driver.prepare(`SELECT json_group_array(json_array(n, o, v, b, e)) AS piece FROM (
      SELECT p.name AS n, h.operating_system_id AS o, h.vulnerability_id AS v, h.blob_id AS b, p.ecosystem AS e
      FROM packages p CROSS JOIN ${kind}_package_handles h ON h.package_id = p.id
      WHERE p.name ${lower} ?1 COLLATE NOCASE AND p.name <= ?2 COLLATE NOCASE
      ORDER BY p.name COLLATE NOCASE, p.ecosystem COLLATE NOCASE, p.id, h.operating_system_id, h.id)`);
  const write = driver.prepare(`INSERT INTO ${rowsByName}
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?)`);
  const [first, further] = [read('>='), read('>')];
  let before: string | undefined;
  for (const last of lastNames(driver)) {
    const piece = (before === undefined ? first : further).get([before ?? '', last])?.['piece'];
    const rows = JSON.parse(textOf(piece)) as readonly HandleRow[];
    if (rows.length > 0) write.run([JSON.stringify(byScope(rows, kind, outlines))]);
    before = last;
  }
}

/** The last name of each piece of names, in the order of the index, in which case does not count. */
function* lastNames(driver: Driver): Generator<string> {
  const ask = driver.prepare(`SELECT name FROM packages WHERE name > ?1 COLLATE NOCASE
    ORDER BY name COLLATE NOCASE LIMIT 1 OFFSET ${namesAtOnce - 1}`);
  let last = '';
  for (let row = ask.get([last]); row !== undefined; row = ask.get([last])) {
    last = textOf(row['name']);
    yield last;
  }
  const end = driver.prepare('SELECT name FROM packages ORDER BY name COLLATE NOCASE DESC LIMIT 1').get([]);
  if (typeof end?.['name'] === 'string') yield end['name'];
}

function byScope(
  rows: readonly HandleRow[],
  kind: RowKind,
  outlines: Outlines,
): readonly (readonly [scope: string, name: string, text: string])[] {
  const outline = outlines(new Set(rows.map(([, , , blob]) => blob ?? 0)));
  const groups = new Map<
    string,
    { readonly scope: string; readonly name: string; readonly rows: WrittenRow[] }
  >();
  for (const [name, system, vulnerability, blob, ecosystem] of rows) {
    if (system === null && ecosystem === null) continue;
    const scope = scopeOf(kind, system ?? ecosystem ?? '');
    const head = `${vulnerability},${system ?? ''},${blob ?? 0},${ecosystem ?? ''}`;
    const row = { head, outline: outline.get(blob ?? 0) ?? '' };
    const key = lowerAscii(`${scope}\n${name}`);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { scope, name, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()].map(({ scope, name, rows }) => [scope, name, textOfRows(rows)]);
}

/** As SQLite compares where case does not count: of letters beyond ASCII it does. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function outlineReader(driver: Driver): Outlines {
  const ask =
    driver.prepare(`SELECT json_group_array(json_array(id, CASE typeof(value) WHEN 'text' THEN value END)) AS found
    FROM blobs WHERE id IN (SELECT value FROM json_each(?))`);
  const known = new Map<number, string>();
  return (blobs) => {
    if (known.size > keptOutlines) known.clear();
    const missing = [...blobs].filter((blob) => !known.has(blob));
    if (missing.length > 0) {
      const found = JSON.parse(textOf(ask.get([JSON.stringify(missing)])?.['found'])) as readonly unknown[];
      for (const [id, value] of found as readonly (readonly [number, unknown])[])
        known.set(id, outlineOf(readPackageBlob(textOf(value)).ranges));
    }
    return known;
  };
}
