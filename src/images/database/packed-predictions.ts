import type { Driver } from '../../store/driver.ts';
import type { ExploitPrediction } from './advisory.ts';
import { textOf } from './database-rows.ts';
import { lowerAscii } from './name-pieces.ts';
import type { Queries } from './queries.ts';

/**
 * The table of a prepared database in which all of EPSS lies in one row: after each update it is asked for every vulnerability that
 * was ever found, and a page of the file for each would cost more than all else. Three lists of doubles in the order of their keys,
 * see {@link keyOf}, and the few that have no key by their names.
 */
export const packedPredictions = 'skopos_epss';

/** Rows that are read at once. */
const rowsAtOnce = 20_000;

/** Fills the table anew. @throws what SQLite throws. */
export function packPredictions(driver: Driver): void {
  driver.exec(`DROP TABLE IF EXISTS ${packedPredictions}`);
  driver.exec(
    `CREATE TABLE ${packedPredictions} (keys BLOB NOT NULL, probabilities BLOB NOT NULL, percentiles BLOB NOT NULL, others TEXT NOT NULL)`,
  );
  const rows: Columns = { keys: [], probabilities: [], percentiles: [] };
  const others = new Map<string, Likelihood>();
  for (const text of textsOfRows(driver)) readRows(text, rows, others);
  const keys = Float64Array.from(new Set(rows.keys)).sort();
  const [probabilities, percentiles] = [new Float64Array(keys.length), new Float64Array(keys.length)];
  // From the last to the first, as the first of a name counts.
  for (let i = rows.keys.length - 1; i >= 0; i--) {
    const at = firstFrom(keys, rows.keys[i] ?? 0);
    probabilities[at] = rows.probabilities[i] ?? 0;
    percentiles[at] = rows.percentiles[i] ?? 0;
  }
  const lists = [keys, probabilities, percentiles].map(({ buffer }) => new Uint8Array(buffer));
  driver
    .prepare(`INSERT INTO ${packedPredictions} VALUES (?, ?, ?, ?)`)
    .run([...lists, JSON.stringify([...others])]);
}

type Likelihood = readonly [probability: number, percentile: number];

/** Rows by their columns, as there are hundreds of thousands. */
interface Columns {
  readonly keys: number[];
  readonly probabilities: number[];
  readonly percentiles: number[];
}

/** Texts of many rows, in the order of the table, as each row that crosses the binding costs more than finding it. */
function* textsOfRows(driver: Driver): Generator<string> {
  // What SQLite quotes is read back as the same number, to the last digit.
  const read =
    driver.prepare(`SELECT max(id) AS last, json_group_array(json_array(cve, quote(epss), quote(percentile))) AS found
    FROM (SELECT id, cve, epss, percentile FROM epss_handles WHERE id > ? ORDER BY id LIMIT ${rowsAtOnce})`);
  for (let row = read.get([-1]); typeof row?.['last'] === 'number'; row = read.get([row['last']]))
    yield textOf(row['found']);
}

function readRows(text: string, rows: Columns, others: Map<string, Likelihood>): void {
  for (const [name, first, second] of JSON.parse(text) as readonly (readonly [
    string | null,
    string,
    string,
  ])[]) {
    const cve = lowerAscii(name ?? '');
    const key = keyOf(cve);
    const [probability, percentile] = [Number(first), Number(second)];
    if (key === undefined) {
      if (!others.has(cve)) others.set(cve, [probability, percentile]);
      continue;
    }
    rows.keys.push(key);
    rows.probabilities.push(probability);
    rows.percentiles.push(percentile);
  }
}

/** Where the first of sorted numbers is that is not below. */
function firstFrom(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** EPSS in memory: 24 bytes for each CVE, of which there are some 300,000. */
export class PackedPredictions {
  readonly #keys: Float64Array;
  readonly #probabilities: Float64Array;
  readonly #percentiles: Float64Array;
  readonly #others: ReadonlyMap<string, Likelihood>;
  readonly #date: string;

  /** @param date of all of them @throws {VulnerabilityDatabaseError} */
  constructor(queries: Queries, date: string) {
    const row = queries.get(`SELECT * FROM ${packedPredictions}`);
    this.#keys = doublesOf(row?.['keys']);
    this.#probabilities = doublesOf(row?.['probabilities']);
    this.#percentiles = doublesOf(row?.['percentiles']);
    this.#others = new Map(JSON.parse(textOf(row?.['others']) || '[]') as readonly [string, Likelihood][]);
    this.#date = date;
  }

  /** Undefined for one that is not among them. @param cve in any case */
  get(cve: string): ExploitPrediction | undefined {
    const key = keyOf(cve);
    const found = key === undefined ? this.#others.get(lowerAscii(cve)) : this.#at(key);
    return found === undefined
      ? undefined
      : { probability: found[0], percentile: found[1], date: this.#date };
  }

  #at(key: number): Likelihood | undefined {
    const at = firstFrom(this.#keys, key);
    return this.#keys[at] === key ? [this.#probabilities[at] ?? 0, this.#percentiles[at] ?? 0] : undefined;
  }
}

function doublesOf(value: unknown): Float64Array {
  if (!(value instanceof Uint8Array)) return new Float64Array();
  // Doubles cannot be seen in bytes that begin at another place.
  const { buffer, byteOffset, byteLength } = value.byteOffset % 8 === 0 ? value : value.slice();
  return new Float64Array(buffer, byteOffset, byteLength / 8);
}

/** A CVE's year and number as one, in any case; undefined for what is named otherwise. */
function keyOf(cve: string): number | undefined {
  const [, year = '', number = ''] = /^CVE-(\d{4})-(\d{4,9})$/i.exec(cve) ?? [];
  const isPlain = number.length === 4 || (number.length > 4 && !number.startsWith('0'));
  return isPlain ? Number(year) * 1e9 + Number(number) : undefined;
}
