import type { Row } from '../../store/database.ts';
import type {
  Advisory,
  AdvisoryPackage,
  AdvisoryRecord,
  ExploitPrediction,
  KnownExploited,
  OperatingSystem,
} from './advisory.ts';
import { readPackageBlob, timeOf } from './blobs.ts';
import { ById } from './by-id.ts';
import type { Cpe } from './cpe.ts';
import { Cves } from './cves.ts';
import { allNames, type Build, buildOf, changedNames, type DataChanges } from './data-changes.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';
import { packageBlobs, vulnerabilityRecords } from './database-readings.ts';
import { overrideOf, systemOf, textOf } from './database-rows.ts';
import { type AdvisoryHandle, FileAdvisory } from './file-advisory.ts';
import { openFile } from './open-file.ts';
import type { OperatingSystemOverride } from './operating-systems.ts';
import { PackageRows, type RowTest } from './package-rows.ts';
import { Queries } from './queries.ts';
import { type RowKind, rowKinds } from './rows-by-name.ts';
import { linesSql, type RowSource, type ScopeId, ScopeRows } from './scope-rows.ts';

export interface Provider {
  readonly id: string;
  /** Unix ms; 0 where it is not told. */
  readonly capturedAtMs: number;
  readonly version: string;
}

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

/** A row, and the package that it is told of. */
export interface NamedAdvisory {
  readonly advisory: Advisory;
  readonly name: string;
}

/** One file of the database, opened for reading. What is read is kept while it is in use, within bounds. */
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
  /** Undefined when it was prepared by nobody, or by an earlier version. */
  readonly build: Build | undefined;
  readonly #queries: Queries;
  readonly #index: number;
  readonly #source: RowSource;
  readonly #scopes = { affected: new Map<ScopeId, ScopeRows>(), unaffected: new Map<ScopeId, ScopeRows>() };
  readonly #blobs: ById<number, AdvisoryPackage>;
  readonly #about = (blob: number): AdvisoryPackage => this.#blobs.get(blob) ?? nothingSaid;
  readonly #records: ById<number, AdvisoryRecord>;
  readonly #cves: Cves;
  readonly #systems: ReadonlyMap<number, OperatingSystem>;
  /** Tables that have rows: the others need not be asked. */
  readonly #filled: ReadonlySet<string>;

  /**
   * @param index which of the database's files it is; told in all that it gives
   * @throws {VulnerabilityDatabaseError} when it is no database of the model that is read here.
   */
  constructor(path: string, index: number) {
    const { driver, builtAtMs, schema, tables, isPrepared, hasBuild, hasPackedPredictions } = openFile(path);
    const queries = new Queries(driver, path);
    this.build = hasBuild ? buildOf(queries) : undefined;
    this.path = path;
    this.builtAtMs = builtAtMs;
    this.schema = schema;
    this.#queries = queries;
    this.#index = index;
    this.#filled = new Set(
      [...tables].filter((table) => queries.get(`SELECT 1 FROM ${table} LIMIT 1`) !== undefined),
    );
    this.providers = this.#allOf('providers').map((row) => ({
      id: textOf(row['id']),
      capturedAtMs: timeOf(row['date_captured']) ?? 0,
      version: textOf(row['version']),
    }));
    this.operatingSystems = this.#allOf('operating_systems').map((row) => systemOf(row, index));
    this.#systems = new Map(this.operatingSystems.map((system) => [system.id, system]));
    this.overrides = this.#allOf('operating_system_specifier_overrides').map(overrideOf);
    this.ecosystems = new Map(
      this.#allOf('package_specifier_overrides').map((row) => [
        textOf(row['ecosystem']).toLowerCase(),
        textOf(row['replacement_ecosystem']),
      ]),
    );
    this.#source = { queries, isPrepared, advisoryOf: (head) => this.#advisory(head) };
    this.#blobs = new ById(queries, packageBlobs);
    this.#records = new ById(queries, vulnerabilityRecords);
    this.#cves = new Cves(queries, {
      predictions: !this.#filled.has('epss_handles') ? 'none' : hasPackedPredictions ? 'packed' : 'rows',
      date: textOf(this.#allOf('epss_metadata')[0]?.['date']).slice(0, 10),
      hasExploited: this.#filled.has('known_exploited_vulnerability_handles'),
    });
  }

  /** Names that were different in the build that this one knows the changes of; undefined when there are too many. */
  changes(): DataChanges | undefined {
    return changedNames(this.#queries);
  }

  /** All names that it has rows of; undefined when there are too many. */
  names(): DataChanges | undefined {
    return allNames(this.#queries);
  }

  /** Rows of a name, all or those that a test lets pass. */
  rows(kind: RowKind, scope: ScopeId, name: string, test?: RowTest): readonly Advisory[] {
    return this.#scope(kind, scope)?.of(name).rows(test) ?? [];
  }

  /** Reads the rows of many names at once, for {@link DatabaseFile.rows}. */
  fetchRows(kind: RowKind, scope: ScopeId, names: Iterable<string>): void {
    this.#scope(kind, scope)?.fetch(names);
  }

  /** Reads what rows say and the records that they are of at once, for what asks for them one by one. */
  fetchAbout(advisories: readonly Advisory[]): void {
    this.#blobs.fetch(advisories.map(({ blob }) => blob));
    this.#records.fetch(advisories.map(({ vulnerability }) => vulnerability));
  }

  /** Rows of CPEs that this one is within: its attributes that are given are the same, or open in the data. */
  byCpe(kind: RowKind, cpe: Cpe): readonly Advisory[] {
    if (!this.#filled.has(`${kind}_cpe_handles`)) return [];
    const given = Object.entries(cpeColumns).filter(([, attribute]) => cpe[attribute] !== '*');
    const tests = given.map(([column]) => `AND c.${column} = ? COLLATE NOCASE`).join(' ');
    const sql = `SELECT h.vulnerability_id AS v, h.blob_id AS b, c.target_software AS t
      FROM cpes c JOIN ${kind}_cpe_handles h ON h.cpe_id = c.id
      WHERE c.product = ? COLLATE NOCASE ${tests}`;
    const values = [cpe.product, ...given.map(([, attribute]) => cpe[attribute])];
    return this.#queries
      .all(sql, values)
      .map((row) => this.#advisory([row['v'], '', row['b'] ?? 0, ''].join(','), textOf(row['t']) || '*'));
  }

  /** The record of a row. */
  record(vulnerability: number): AdvisoryRecord {
    const record = this.#records.get(vulnerability);
    if (record === undefined)
      throw new VulnerabilityDatabaseError(
        `${this.path} is damaged: it has no vulnerability ${vulnerability}`,
      );
    return record;
  }

  /** Records by what they are called, any case. */
  recordsNamed(name: string): readonly (AdvisoryRecord & { readonly row: number })[] {
    return this.#queries
      .all('SELECT id FROM vulnerability_handles WHERE name = ? COLLATE NOCASE LIMIT 200', [name])
      .map((row) => ({ ...this.record(Number(row['id'])), row: Number(row['id']) }));
  }

  /** Names of records that are aliases of this one. */
  namesOfAlias(alias: string): readonly string[] {
    return this.#queries
      .all('SELECT name FROM vulnerability_aliases WHERE alias = ? COLLATE NOCASE LIMIT 200', [alias])
      .map((row) => textOf(row['name']));
  }

  /** The packages that a record is told of, at most `limit`. */
  packagesOf(vulnerability: number, limit: number): readonly NamedAdvisory[] {
    const sql = `SELECT h.vulnerability_id AS v, h.operating_system_id AS o, h.blob_id AS b, p.ecosystem AS e, p.name AS n
      FROM affected_package_handles h JOIN packages p ON p.id = h.package_id WHERE h.vulnerability_id = ? LIMIT ?`;
    return this.#queries.all(sql, [vulnerability, limit]).map((row) => {
      const parts = [row['v'], row['o'] ?? '', row['b'] ?? 0, row['e'] ?? ''];
      return { advisory: this.#advisory(parts.join(',')), name: textOf(row['n']) };
    });
  }

  /** Rows of a package, whatever its ecosystem and operating system; for people who search. */
  byName(name: string, limit: number): readonly Advisory[] {
    const text = textOf(this.#queries.get(linesSql('affected', 'LIMIT ?'), [name, limit])?.['rows']);
    return new PackageRows(text, (head) => this.#advisory(head)).rows();
  }

  knownExploited(cve: string): KnownExploited | undefined {
    return this.#cves.knownExploited(cve);
  }

  exploitPrediction(cve: string): ExploitPrediction | undefined {
    return this.#cves.exploitPrediction(cve);
  }

  /** Whether there are rows of an operating system at all, rather than its name alone. */
  hasRows(system: OperatingSystem): boolean {
    return rowKinds.some((kind) => this.#scope(kind, system.id)?.hasAny === true);
  }

  close(): void {
    this.#queries.close();
  }

  #scope(kind: RowKind, id: ScopeId): ScopeRows | undefined {
    const known = this.#scopes[kind].get(id);
    if (known !== undefined || !this.#hasKind(kind)) return known;
    const rows = new ScopeRows(this.#source, kind, id);
    this.#scopes[kind].set(id, rows);
    return rows;
  }

  #hasKind(kind: RowKind): boolean {
    return this.#filled.has(`${kind}_package_handles`);
  }

  /** @param head `vulnerability,system,blob,ecosystem` */
  #advisory(head: string, targetSoftware?: string): FileAdvisory {
    const [first, second] = [head.indexOf(','), head.indexOf(',', head.indexOf(',') + 1)];
    const third = head.indexOf(',', second + 1);
    const handle: AdvisoryHandle = {
      file: this.#index,
      vulnerability: Number(head.slice(0, first)),
      operatingSystem:
        second === first + 1 ? undefined : this.#systems.get(Number(head.slice(first + 1, second))),
      ecosystem: head.slice(third + 1),
      targetSoftware,
      blob: Number(head.slice(second + 1, third)),
    };
    return new FileAdvisory(handle, this.#about);
  }

  #allOf(table: string): readonly Row[] {
    return this.#filled.has(table) ? this.#queries.all(`SELECT * FROM ${table}`) : [];
  }
}

const nothingSaid = readPackageBlob('');
