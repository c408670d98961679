import { LRUCache } from 'lru-cache';
import { messageOf } from '../../kit/app-error.ts';
import type { Row, SqlValue } from '../../store/database.ts';
import type { Driver, DriverStatement } from '../../store/driver.ts';
import type {
  Advisory,
  AdvisoryPackage,
  AdvisoryRecord,
  ExploitPrediction,
  KnownExploited,
  OperatingSystem,
} from './advisory.ts';
import { readKevBlob, readPackageBlob, timeOf } from './blobs.ts';
import type { Cpe } from './cpe.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';
import { overrideOf, recordOf, systemOf, textOf } from './database-rows.ts';
import { openFile } from './open-file.ts';
import type { OperatingSystemOverride } from './operating-systems.ts';

export interface Provider {
  readonly id: string;
  /** Unix ms; 0 where it is not told. */
  readonly capturedAtMs: number;
  readonly version: string;
}

/** Rows that say a package is concerned, or that it is not. */
export type RowKind = 'affected' | 'unaffected';

/** Blobs and records that are kept parsed: shared by rows, and asked for again by the next image. */
const keptBlobs = 30_000;
const keptRecords = 20_000;
/** Rows that are kept by what was asked for. */
const keptRows = 300_000;

const cpeColumns = {
  part: 'part',
  vendor: 'vendor',
  edition: 'edition',
  language: 'language',
  software_edition: 'softwareEdition',
  target_hardware: 'targetHardware',
  target_software: 'targetSoftware',
  other: 'other',
} as const satisfies Readonly<Record<string, keyof Cpe>>;

/** Which rows of a name are meant. */
const rowTests = {
  ecosystem: 'AND p.ecosystem = ? COLLATE NOCASE AND h.operating_system_id IS NULL',
  system: 'AND h.operating_system_id = ?',
  any: 'LIMIT ?',
} as const;

function rowsSql(kind: RowKind, test: string): string {
  return `SELECT group_concat(v || ',' || ifnull(o, '') || ',' || ifnull(b, 0) || ',' || ifnull(e, ''), char(10)) AS all_rows
    FROM (SELECT h.vulnerability_id AS v, h.operating_system_id AS o, h.blob_id AS b, p.ecosystem AS e
      FROM packages p JOIN ${kind}_package_handles h ON h.package_id = p.id
      WHERE p.name = ? COLLATE NOCASE ${test})`;
}

/** One file of the database, opened for reading. Statements are prepared once; blobs are parsed once while they are in use. */
export class DatabaseFile {
  readonly path: string;
  readonly builtAtMs: number;
  /** `6.1.9`. */
  readonly schema: string;
  readonly providers: readonly Provider[];
  readonly operatingSystems: readonly OperatingSystem[];
  readonly overrides: readonly OperatingSystemOverride[];
  /** Package types that the data calls by other names, in lower case. */
  readonly ecosystems: ReadonlyMap<string, string>;
  readonly #driver: Driver;
  readonly #index: number;
  readonly #epssDate: string;
  readonly #statements = new Map<string, DriverStatement>();
  readonly #rowStatements = new Map<string, DriverStatement>();
  readonly #blobs = new LRUCache<number, AdvisoryPackage>({ max: keptBlobs });
  readonly #records = new LRUCache<number, AdvisoryRecord>({ max: keptRecords });
  readonly #asked = new LRUCache<string, readonly Advisory[]>({
    maxSize: keptRows,
    sizeCalculation: (rows) => rows.length + 1,
  });
  readonly #systems: ReadonlyMap<number, OperatingSystem>;
  readonly #hasRows = new Map<number, boolean>();
  /** Tables that have rows: the others need not be asked. */
  readonly #filled: ReadonlySet<string>;

  /**
   * @param index which of the database's files it is; told in all that it gives
   * @throws {VulnerabilityDatabaseError} when it is no database of the model that is read here.
   */
  constructor(path: string, index: number) {
    const { driver, builtAtMs, schema, tables } = openFile(path);
    this.path = path;
    this.builtAtMs = builtAtMs;
    this.schema = schema;
    this.#driver = driver;
    this.#index = index;
    this.#filled = new Set(
      [...tables].filter((table) => this.#get(`SELECT 1 FROM ${table} LIMIT 1`) !== undefined),
    );
    this.providers = this.#rows('providers').map((row) => ({
      id: textOf(row['id']),
      capturedAtMs: timeOf(row['date_captured']) ?? 0,
      version: textOf(row['version']),
    }));
    this.operatingSystems = this.#rows('operating_systems').map((row) => systemOf(row, index));
    this.#systems = new Map(this.operatingSystems.map((system) => [system.id, system]));
    this.overrides = this.#rows('operating_system_specifier_overrides').map(overrideOf);
    this.ecosystems = new Map(
      this.#rows('package_specifier_overrides').map((row) => [
        textOf(row['ecosystem']).toLowerCase(),
        textOf(row['replacement_ecosystem']),
      ]),
    );
    this.#epssDate = textOf(this.#rows('epss_metadata')[0]?.['date']).slice(0, 10);
  }

  /** Rows of a package of an ecosystem that are of no operating system. */
  byEcosystem(kind: RowKind, ecosystem: string, name: string): readonly Advisory[] {
    return this.#packageRows(kind, 'ecosystem', [name, ecosystem]);
  }

  /** Rows of a package of one operating system. */
  byOperatingSystem(kind: RowKind, system: OperatingSystem, name: string): readonly Advisory[] {
    return this.#packageRows(kind, 'system', [name, system.id]);
  }

  /** Rows of CPEs that this one is within: its attributes that are given are the same, or open in the data. */
  byCpe(kind: RowKind, cpe: Cpe): readonly Advisory[] {
    if (!this.#filled.has(`${kind}_cpe_handles`)) return [];
    const given = Object.entries(cpeColumns).filter(([, attribute]) => cpe[attribute] !== '*');
    const tests = given.map(([column]) => `AND c.${column} = ? COLLATE NOCASE`).join(' ');
    const sql = `SELECT h.vulnerability_id AS v, h.blob_id AS b, c.target_software AS t
      FROM cpes c JOIN ${kind}_cpe_handles h ON h.cpe_id = c.id
      WHERE c.product = ? COLLATE NOCASE ${tests}`;
    return this.#all(sql, [cpe.product, ...given.map(([, attribute]) => cpe[attribute])]).map((row) => ({
      file: this.#index,
      vulnerability: Number(row['v']),
      ecosystem: '',
      targetSoftware: textOf(row['t']) || '*',
      about: this.#blob(Number(row['b'] ?? 0)),
    }));
  }

  /** The record of a row. */
  record(vulnerability: number): AdvisoryRecord {
    const known = this.#records.get(vulnerability);
    if (known !== undefined) return known;
    const row = this.#get(
      'SELECT h.*, b.value AS blob FROM vulnerability_handles h LEFT JOIN blobs b ON b.id = h.blob_id WHERE h.id = ?',
      [vulnerability],
    );
    if (row === undefined)
      throw new VulnerabilityDatabaseError(
        `${this.path} is damaged: it has no vulnerability ${vulnerability}`,
      );
    const record = recordOf(row);
    this.#records.set(vulnerability, record);
    return record;
  }

  /** Records by what they are called, any case. */
  recordsNamed(name: string): readonly (AdvisoryRecord & { readonly row: number })[] {
    return this.#all('SELECT id FROM vulnerability_handles WHERE name = ? COLLATE NOCASE LIMIT 200', [
      name,
    ]).map((row) => ({ ...this.record(Number(row['id'])), row: Number(row['id']) }));
  }

  /** Names of records that are aliases of this one. */
  namesOfAlias(alias: string): readonly string[] {
    return this.#all('SELECT name FROM vulnerability_aliases WHERE alias = ? COLLATE NOCASE LIMIT 200', [
      alias,
    ]).map((row) => textOf(row['name']));
  }

  /** The packages that a record is told of, at most `limit`. */
  packagesOf(vulnerability: number, limit: number): readonly (Advisory & { readonly name: string })[] {
    const sql = `SELECT h.vulnerability_id AS v, h.operating_system_id AS o, h.blob_id AS b, p.ecosystem AS e, p.name AS n
      FROM affected_package_handles h JOIN packages p ON p.id = h.package_id WHERE h.vulnerability_id = ? LIMIT ?`;
    return this.#all(sql, [vulnerability, limit]).map((row) => {
      const parts = [row['v'], row['o'] ?? '', row['b'] ?? 0, row['e'] ?? ''];
      return { ...this.#advisory(parts.join(',')), name: textOf(row['n']) };
    });
  }

  /** Rows of a package, whatever its ecosystem and operating system; for people who search. */
  byName(name: string, limit: number): readonly Advisory[] {
    return this.#packageRows('affected', 'any', [name, limit]);
  }

  knownExploited(cve: string): KnownExploited | undefined {
    if (!this.#filled.has('known_exploited_vulnerability_handles')) return undefined;
    const row = this.#get(
      'SELECT b.value FROM known_exploited_vulnerability_handles k JOIN blobs b ON b.id = k.blob_id WHERE k.cve = ? COLLATE NOCASE',
      [cve],
    );
    return row === undefined ? undefined : readKevBlob(textOf(row['value']));
  }

  exploitPrediction(cve: string): ExploitPrediction | undefined {
    if (!this.#filled.has('epss_handles')) return undefined;
    const row = this.#get('SELECT epss, percentile FROM epss_handles WHERE cve = ? COLLATE NOCASE', [cve]);
    if (row === undefined) return undefined;
    return { probability: Number(row['epss']), percentile: Number(row['percentile']), date: this.#epssDate };
  }

  /** Whether there are rows of an operating system at all, rather than its name alone. */
  hasRows(system: OperatingSystem): boolean {
    let has = this.#hasRows.get(system.id);
    if (has === undefined) {
      has = ['affected', 'unaffected'].some(
        (kind) =>
          this.#filled.has(`${kind}_package_handles`) &&
          this.#get(`SELECT 1 FROM ${kind}_package_handles WHERE operating_system_id = ? LIMIT 1`, [
            system.id,
          ]) !== undefined,
      );
      this.#hasRows.set(system.id, has);
    }
    return has;
  }

  close(): void {
    this.#statements.clear();
    this.#rowStatements.clear();
    this.#driver.close();
  }

  /**
   * Rows of a package. They come as one text, as each row that crosses the binding costs more than all else, and are kept for
   * the next image that asks the same.
   */
  #packageRows(kind: RowKind, test: keyof typeof rowTests, values: readonly SqlValue[]): readonly Advisory[] {
    if (!this.#filled.has(`${kind}_package_handles`)) return [];
    const key = `${kind} ${test} ${values.join('\n')}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const form = `${kind} ${test}`;
    let statement = this.#rowStatements.get(form);
    if (statement === undefined) {
      statement = this.#driver.prepare(rowsSql(kind, rowTests[test]));
      this.#rowStatements.set(form, statement);
    }
    const asked = statement;
    const text = textOf(this.#guard(() => asked.get(values))?.['all_rows']);
    const found = text === '' ? [] : text.split('\n').map((line) => this.#advisory(line));
    this.#asked.set(key, found);
    return found;
  }

  #advisory(line: string): Advisory {
    const [vulnerability = '', os = '', blob = '', ...ecosystem] = line.split(',');
    const system = os === '' ? undefined : this.#systems.get(Number(os));
    return {
      file: this.#index,
      vulnerability: Number(vulnerability),
      ...(system === undefined ? {} : { operatingSystem: system }),
      ecosystem: ecosystem.join(','),
      about: this.#blob(Number(blob)),
    };
  }

  #blob(key: number): AdvisoryPackage {
    const known = this.#blobs.get(key);
    if (known !== undefined) return known;
    const row = this.#get('SELECT value FROM blobs WHERE id = ?', [key]);
    const blob = readPackageBlob(textOf(row?.['value']));
    this.#blobs.set(key, blob);
    return blob;
  }

  #rows(table: string): readonly Row[] {
    return this.#filled.has(table) ? this.#all(`SELECT * FROM ${table}`, []) : [];
  }

  #get(sql: string, values: readonly SqlValue[] = []): Row | undefined {
    return this.#guard(() => this.#prepared(sql).get(values));
  }

  #all(sql: string, values: readonly SqlValue[]): readonly Row[] {
    return this.#guard(() => this.#prepared(sql).all(values));
  }

  #prepared(sql: string): DriverStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#driver.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw new VulnerabilityDatabaseError(`cannot read ${this.path}: ${messageOf(error)}`, { cause: error });
    }
  }
}
