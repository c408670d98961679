import { existsSync, renameSync, rmSync } from 'node:fs';
import { type Driver, type DriverStatement, openDriver } from '../../store/driver.ts';
import { prepareTables } from './prepare-tables.ts';
import { tables, writtenSchema } from './schema.ts';

/** An operating system that rows are written for. */
export interface WrittenSystem {
  readonly name: string;
  readonly releaseId?: string;
  readonly majorVersion?: string;
  readonly minorVersion?: string;
  readonly labelVersion?: string;
  readonly codename?: string;
  readonly channel?: string;
  /** RFC 3339. */
  readonly endOfLife?: string;
}

/** A range as the blobs have it. Source: see `blobs.ts`. */
export interface WrittenRange {
  readonly version: { readonly type: string; readonly constraint: string };
  readonly fix?: {
    readonly version?: string;
    readonly state: string;
    readonly detail?: {
      readonly available?: { readonly date: string; readonly kind: string };
      readonly references?: readonly { readonly id?: string; readonly url: string }[];
    };
  };
}

export interface WrittenPackage {
  /** A package of an ecosystem, or a CPE. */
  readonly ecosystem?: string;
  readonly name?: string;
  readonly cpe?: {
    readonly part: string;
    readonly vendor: string;
    readonly product: string;
    readonly targetSoftware?: string;
  };
  readonly system?: WrittenSystem;
  readonly isUnaffected?: boolean;
  readonly cves?: readonly string[];
  readonly qualifiers?: Readonly<Record<string, unknown>>;
  readonly ranges: readonly WrittenRange[];
}

export interface WrittenVulnerability {
  readonly id: string;
  readonly provider: string;
  /** `active` when left out. */
  readonly status?: string;
  /** RFC 3339. */
  readonly published?: string;
  readonly modified?: string;
  readonly withdrawn?: string;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly urls?: readonly string[];
  /** Words, or CVSS vectors, the provider's own first. */
  readonly severities?: readonly (string | { readonly vector: string; readonly version: string })[];
  readonly packages: readonly WrittenPackage[];
}

export interface WrittenOverride {
  readonly alias: string;
  readonly version?: string;
  readonly versionPattern?: string;
  readonly codename?: string;
  readonly replacement?: string;
  readonly majorVersion?: string;
  readonly minorVersion?: string;
  readonly labelVersion?: string;
  readonly channel?: string;
  readonly isRolling?: boolean;
}

/**
 * Writes a database file of the model that is read here: one's own advisories, and what tests match against. What is the same
 * in many rows is stored once, as in Grype's own files. The file appears under its name when it is finished.
 */
export class DatabaseWriter {
  readonly #path: string;
  readonly #part: string;
  readonly #driver: Driver;
  readonly #statements = new Map<string, DriverStatement>();
  /** Ids of what has been written, by table and content. */
  readonly #ids = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #isIndexed: boolean;
  #open = true;

  /** @param options `builtAt` RFC 3339; without `isIndexed` it is as Grype publishes its files: without indexes. */
  constructor(path: string, options: { readonly builtAt: string; readonly isIndexed?: boolean }) {
    this.#path = path;
    this.#part = `${path}.part`;
    this.#isIndexed = options.isIndexed === true;
    rmSync(this.#part, { force: true });
    this.#driver = openDriver(this.#part);
    // It is thrown away unless it is finished.
    this.#driver.prepare('PRAGMA journal_mode = OFF').get([]);
    this.#driver.exec('PRAGMA synchronous = OFF');
    for (const [name, columns] of Object.entries(tables))
      this.#driver.exec(`CREATE TABLE ${name} ${columns}`);
    this.#driver.exec('BEGIN');
    const { model, revision, addition } = writtenSchema;
    this.#driver
      .prepare('INSERT INTO db_metadata VALUES (?, ?, ?, ?)')
      .run([options.builtAt, model, revision, addition]);
  }

  addProvider(id: string, capturedAt: string, version = '1'): void {
    this.#prepared('INSERT OR REPLACE INTO providers VALUES (?, ?, ?, ?, ?)').run([
      id,
      version,
      '',
      capturedAt,
      '',
    ]);
  }

  add(vulnerability: WrittenVulnerability): void {
    const { id, provider, aliases = [], packages } = vulnerability;
    const row = this.#insert('vulnerability_handles', [
      id,
      vulnerability.status ?? 'active',
      vulnerability.published ?? null,
      vulnerability.modified ?? null,
      vulnerability.withdrawn ?? null,
      provider,
      this.#blob(recordBlob(vulnerability)),
    ]);
    for (const alias of aliases)
      this.#prepared('INSERT OR IGNORE INTO vulnerability_aliases VALUES (?, ?)').run([id, alias]);
    for (const one of packages) this.#addPackage(row, one);
  }

  addOverride(override: WrittenOverride): void {
    const { alias, version, versionPattern, codename, replacement } = override;
    this.#prepared(
      'INSERT INTO operating_system_specifier_overrides VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, NULL)',
    ).run([
      ...[alias, version ?? '', versionPattern ?? '', codename ?? '', replacement ?? null],
      ...[override.majorVersion ?? null, override.minorVersion ?? null, override.labelVersion ?? null],
      ...[override.channel ?? null, override.isRolling === true ? 1 : 0],
    ]);
  }

  /** Names an operating system that no row need be of. */
  addSystem(system: WrittenSystem): void {
    this.#system(system);
  }

  addKnownExploited(cve: string, blob: Readonly<Record<string, unknown>>): void {
    this.#insert('known_exploited_vulnerability_handles', [cve, this.#blob({ cve, ...blob })]);
  }

  addExploitPrediction(cve: string, probability: number, percentile: number): void {
    this.#insert('epss_handles', [cve, probability, percentile]);
  }

  setExploitPredictionDate(date: string): void {
    this.#prepared('INSERT INTO epss_metadata VALUES (?)').run([date]);
  }

  /** Writes all of it out and gives the file its name, in place of one that has it. */
  finish(): void {
    this.#driver.exec('COMMIT');
    if (this.#isIndexed)
      prepareTables(
        this.#driver,
        new Set(Object.keys(tables)),
        existsSync(this.#path) ? this.#path : undefined,
      );
    this.#close();
    renameSync(this.#part, this.#path);
  }

  /** Leaves nothing behind. */
  discard(): void {
    this.#close();
    rmSync(this.#part, { force: true });
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#statements.clear();
    this.#driver.close();
  }

  #addPackage(vulnerability: number, written: WrittenPackage): void {
    const { ecosystem = '', name = '', cpe, system, isUnaffected, cves, qualifiers, ranges } = written;
    const blob = this.#blob({
      ...(cves === undefined ? {} : { cves }),
      ...(qualifiers === undefined ? {} : { qualifiers }),
      ranges,
    });
    const kind = isUnaffected === true ? 'unaffected' : 'affected';
    if (cpe !== undefined) {
      this.#insert(`${kind}_cpe_handles`, [vulnerability, this.#cpe(cpe), blob]);
      return;
    }
    this.#insert(`${kind}_package_handles`, [
      vulnerability,
      this.#once('packages', [ecosystem, name]),
      blob,
      system === undefined ? null : this.#system(system),
    ]);
  }

  /** What is open is empty, as in Grype's own files. */
  #cpe({ part, vendor, product, targetSoftware = '' }: NonNullable<WrittenPackage['cpe']>): number {
    return this.#once('cpes', [part, vendor, product, '', '', '', '', targetSoftware, '']);
  }

  #system(system: WrittenSystem): number {
    const { name, releaseId, majorVersion, minorVersion, labelVersion, codename, channel, endOfLife } =
      system;
    return this.#once('operating_systems', [
      ...[name, releaseId ?? name, majorVersion ?? '', minorVersion ?? '', labelVersion ?? ''],
      ...[codename ?? '', channel ?? '', endOfLife ?? null, null],
    ]);
  }

  #blob(value: unknown): number {
    return this.#once('blobs', [JSON.stringify(value)]);
  }

  #once(table: string, values: readonly (string | number | null)[]): number {
    const key = `${table}\n${values.join('\n')}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#insert(table, values);
    this.#ids.set(key, id);
    return id;
  }

  #insert(table: string, values: readonly (string | number | null)[]): number {
    const id = (this.#counts.get(table) ?? 0) + 1;
    this.#counts.set(table, id);
    this.#prepared(`INSERT INTO ${table} VALUES (?${', ?'.repeat(values.length)})`).run([id, ...values]);
    return id;
  }

  #prepared(sql: string): DriverStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#driver.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function recordBlob({ id, description, aliases, urls, severities }: WrittenVulnerability) {
  return {
    id,
    ...(description === undefined ? {} : { description }),
    ...(aliases === undefined || aliases.length === 0 ? {} : { aliases }),
    ...(urls === undefined ? {} : { refs: urls.map((url) => ({ url })) }),
    ...(severities === undefined
      ? {}
      : {
          severities: severities.map((value, rank) =>
            typeof value === 'string'
              ? { scheme: 'CHMLN', value, rank: rank + 1 }
              : { scheme: 'CVSS', value, rank: rank + 1 },
          ),
        }),
  };
}
