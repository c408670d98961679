import type { Driver, DriverStatement } from '../../store/driver.ts';
import type { OperatingSystem } from './advisory.ts';
import { textOf } from './blobs.ts';
import { recordColumns, systemOf } from './database-rows.ts';
import { lowerAscii } from './name-pieces.ts';
import { printOf } from './print-of.ts';
import { pieces } from './queries.ts';
import type { RowKind } from './rows-by-name.ts';

/**
 * The table of a prepared database that says by a digest, for each name in each scope, all that its rows tell: two builds of the
 * data can be compared by it, whatever numbers their rows have. Likelihoods (EPSS) and CISA's list are not part of it, as they
 * change each day.
 */
export const namePrints = 'skopos_prints';

/** Where a name is looked for, by what it is called rather than by its number: the same in all builds of the data. */
export type NameScope = string & { readonly scope: true };

/** Of an operating system. When its support ends changes nothing of what its rows tell. */
export function scopeOfSystem({
  id: _id,
  file: _file,
  endOfLifeAtMs: _end,
  ...system
}: OperatingSystem): NameScope {
  return `system ${printOf(JSON.stringify(system))}` as NameScope;
}

/** Of an ecosystem and no operating system. */
export function scopeOfEcosystem(ecosystem: string): NameScope {
  return `ecosystem ${lowerAscii(ecosystem)}` as NameScope;
}

/** Of the products of CPEs. */
export const productScope = 'product' as NameScope;

/** A row of handles: the system or ecosystem it is of, its vulnerability, its blob's print, and the rest of what it is told for. */
export interface PrintedRow {
  readonly scope: NameScope;
  readonly name: string;
  readonly vulnerability: number;
  readonly blob: string;
  readonly target?: string;
}

/** Records whose digests are kept, as a record speaks of many names. */
const keptRecords = 100_000;

/** Writes the table. */
export class NamePrints {
  readonly #insert: DriverStatement;
  readonly #askRecords: DriverStatement;
  readonly #systems: ReadonlyMap<number, NameScope>;
  readonly #records = new Map<number, string>();

  /** Makes the table anew. @throws what SQLite throws, as all here. */
  constructor(driver: Driver) {
    driver.exec(`DROP TABLE IF EXISTS ${namePrints}`);
    driver.exec(`CREATE TABLE ${namePrints} (scope TEXT, name TEXT COLLATE NOCASE, print TEXT NOT NULL,
      PRIMARY KEY (scope, name)) WITHOUT ROWID`);
    this.#insert = driver.prepare(insertSql);
    this.#askRecords = driver.prepare(recordsSql);
    const systems = driver.prepare('SELECT * FROM operating_systems').all([]);
    this.#systems = new Map(systems.map((row) => [Number(row['id']), scopeOfSystem(systemOf(row, 0))]));
  }

  /** Of a row of package handles. */
  scopeOf(system: number | null, ecosystem: string | null): NameScope {
    return (system === null ? undefined : this.#systems.get(system)) ?? scopeOfEcosystem(ecosystem ?? '');
  }

  /** Adds all rows of one kind of some names. */
  add(kind: RowKind, rows: readonly PrintedRow[]): void {
    const records = this.#recordsOf(new Set(rows.map(({ vulnerability }) => vulnerability)));
    const names = new Map<string, { readonly of: PrintedRow; readonly told: string[] }>();
    for (const row of rows) {
      const { scope, name, vulnerability, blob, target = '' } = row;
      const told = `${records.get(vulnerability)} ${blob} ${target}`;
      const key = `${scope}\n${lowerAscii(name)}`;
      const others = names.get(key);
      if (others === undefined) names.set(key, { of: row, told: [told] });
      else others.told.push(told);
    }
    // In an order of their own, as the numbers of rows are other ones in each build.
    const all = [...names.values()].map(({ of: { scope, name }, told }) => [
      ...[scope, name],
      printOf(`${kind}\n${told.sort().join('\n')}`),
    ]);
    this.#insert.run([JSON.stringify(all)]);
  }

  #recordsOf(ids: ReadonlySet<number>): ReadonlyMap<number, string> {
    if (this.#records.size > keptRecords) this.#records.clear();
    const missing = [...ids].filter((id) => !this.#records.has(id));
    for (const piece of pieces(missing)) {
      const found = textOf(this.#askRecords.get([JSON.stringify(piece)])?.['found']);
      for (const [id, told] of JSON.parse(found) as readonly (readonly [number, string])[])
        this.#records.set(id, printOf(told));
    }
    return this.#records;
  }
}

const insertSql = `INSERT INTO ${namePrints}
  SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?)
  WHERE true ON CONFLICT DO UPDATE SET print = print || excluded.print`;
/** In one text, as each row that crosses the binding costs more than finding it. */
const recordsSql = `SELECT json_group_array(json_array(h.id, ${recordColumns.map((name) => `ifnull(h.${name}, '')`).join(' || char(10) || ')}
    || char(10) || CASE typeof(b.value) WHEN 'text' THEN b.value ELSE '' END)) AS found
  FROM vulnerability_handles h LEFT JOIN blobs b ON b.id = h.blob_id WHERE h.id IN (SELECT value FROM json_each(?))`;
