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
  const found = new Map<number, Likelihood>();
  const others = new Map<string, Likelihood>();
  const read = driver.prepare(
    `SELECT id, cve, epss, percentile FROM epss_handles WHERE id > ? ORDER BY id LIMIT ${rowsAtOnce}`,
  );
  for (let rows = read.all([-1]); rows.length > 0; rows = read.all([rows.at(-1)?.['id'] ?? 0]))
    for (const row of rows) {
      const cve = lowerAscii(textOf(row['cve']));
      const key = keyOf(cve);
      const likelihood = [Number(row['epss']), Number(row['percentile'])] as const;
      if (key === undefined) setFirst(others, cve, likelihood);
      else setFirst(found, key, likelihood);
    }
  const keys = Float64Array.from(found.keys()).sort();
  const listOf = (which: 0 | 1) => Float64Array.from(keys, (key) => found.get(key)?.[which] ?? 0);
  const lists = [keys, listOf(0), listOf(1)].map(({ buffer }) => new Uint8Array(buffer));
  driver
    .prepare(`INSERT INTO ${packedPredictions} VALUES (?, ?, ?, ?)`)
    .run([...lists, JSON.stringify([...others])]);
}

type Likelihood = readonly [probability: number, percentile: number];

function setFirst<Key>(all: Map<Key, Likelihood>, key: Key, likelihood: Likelihood): void {
  if (!all.has(key)) all.set(key, likelihood);
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
    let [from, to] = [0, this.#keys.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#keys[middle] ?? 0) < key) from = middle + 1;
      else to = middle;
    }
    if (this.#keys[from] !== key) return undefined;
    return [this.#probabilities[from] ?? 0, this.#percentiles[from] ?? 0];
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
