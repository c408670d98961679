import type { SqlValue } from '../../store/database.ts';
import type { Driver, DriverStatement } from '../../store/driver.ts';
import { textOf } from './blobs.ts';
import { recordColumns, systemOf } from './database-rows.ts';
import { lowerAscii } from './name-pieces.ts';
import { printOf } from './print-of.ts';
import { pieces } from './queries.ts';
import type { RowKind } from './rows-by-name.ts';

/**
 * The table of a prepared database that says by a digest, for each name, all that its rows tell: two builds of the data can be
 * compared by it, whatever numbers their rows have. Likelihoods (EPSS) and CISA's list are not part of it, as they change each day.
 */
export const namePrints = 'skopos_prints';

/** What a name is of: a package, or the product of a CPE. */
export type NameKind = 'package' | 'product';

/** A row of handles: which system it is of (null for none), its vulnerability, its blob, and the rest of what it is told for. */
export interface PrintedRow {
  readonly name: string;
  readonly system: number | null;
  readonly vulnerability: number;
  readonly blob: string;
  readonly target: string;
}

/** Records whose digests are kept, as a record speaks of many names. */
const keptRecords = 300_000;

/** Writes the table. */
export class NamePrints {
  readonly #insert: DriverStatement;
  readonly #askRecords: DriverStatement;
  readonly #systems: ReadonlyMap<number, string>;
  readonly #records = new Map<number, string>();

  /** Makes the table anew. @throws what SQLite throws, as all here. */
  constructor(driver: Driver) {
    driver.exec(`DROP TABLE IF EXISTS ${namePrints}`);
    driver.exec(`CREATE TABLE ${namePrints} (kind TEXT, name TEXT COLLATE NOCASE, print TEXT NOT NULL,
      PRIMARY KEY (kind, name)) WITHOUT ROWID`);
    this.#insert = driver.prepare(insertSql);
    this.#askRecords = driver.prepare(recordsSql);
    const systems = driver.prepare('SELECT * FROM operating_systems').all([]);
    this.#systems = new Map(systems.map((row) => [Number(row['id']), printOf(systemText(row))]));
  }

  /** Adds all rows of one kind of some names. */
  add(kind: NameKind, side: RowKind, rows: readonly PrintedRow[]): void {
    const records = this.#recordsOf(new Set(rows.map(({ vulnerability }) => vulnerability)));
    const names = new Map<string, string[]>();
    for (const { name, system, vulnerability, blob, target } of rows) {
      const told = `${system === null ? '' : this.#systems.get(system)} ${records.get(vulnerability)} ${blob} ${target}`;
      const key = lowerAscii(name);
      const others = names.get(key);
      if (others === undefined) names.set(key, [told]);
      else others.push(told);
    }
    // In an order of their own, as the numbers of rows are other ones in each build.
    const all = [...names].map(([name, told]) => [name, printOf(`${side}\n${told.sort().join('\n')}`)]);
    this.#insert.run([kind, JSON.stringify(all)]);
  }

  #recordsOf(ids: ReadonlySet<number>): ReadonlyMap<number, string> {
    if (this.#records.size > keptRecords) this.#records.clear();
    const missing = [...ids].filter((id) => !this.#records.has(id));
    for (const piece of pieces(missing))
      for (const row of this.#askRecords.all([JSON.stringify(piece)]))
        this.#records.set(Number(row['id']), printOf(textOf(row['told'])));
    return this.#records;
  }
}

const insertSql = `INSERT INTO ${namePrints} SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]')
  FROM json_each(?2) WHERE true ON CONFLICT DO UPDATE SET print = print || excluded.print`;
const recordsSql = `SELECT h.id, ${recordColumns.map((name) => `ifnull(h.${name}, '')`).join(' || char(10) || ')}
  || char(10) || CASE typeof(b.value) WHEN 'text' THEN b.value ELSE '' END AS told
  FROM vulnerability_handles h LEFT JOIN blobs b ON b.id = h.blob_id WHERE h.id IN (SELECT value FROM json_each(?))`;

/** When its support ends changes nothing of what its rows tell. */
function systemText(row: Readonly<Record<string, SqlValue>>): string {
  const { id: _id, file: _file, endOfLifeAtMs: _end, ...system } = systemOf(row, 0);
  return JSON.stringify(system);
}
