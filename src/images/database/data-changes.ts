import { randomUUID } from 'node:crypto';
import type { Driver } from '../../store/driver.ts';
import { textOf } from './database-rows.ts';
import { lowerAscii } from './name-pieces.ts';
import { type NameScope, namePrints } from './name-prints.ts';
import type { Queries } from './queries.ts';

/** Names of which rows tell something else than before. */
export class DataChanges {
  readonly #names = new Map<string, Set<string>>();

  add(scope: string, name: string): void {
    const names = this.#names.get(scope);
    if (names === undefined) this.#names.set(scope, new Set([lowerAscii(name)]));
    else names.add(lowerAscii(name));
  }

  addAll(others: DataChanges): void {
    for (const [scope, names] of others.#names) for (const name of names) this.add(scope, name);
  }

  has(scope: NameScope, name: string): boolean {
    return this.#names.get(scope)?.has(lowerAscii(name)) === true;
  }
}

/** The table of a prepared database that says which preparation it is of, and of which other one its changes are. */
export const buildTable = 'skopos_build';
const changesTable = 'skopos_changes';

/** Which preparation of data it is, and the one that it is known what changed since; empty for none. */
export interface Build {
  readonly id: string;
  readonly since: string;
}

/** More changes are not worth telling of. */
const mostNames = 200_000;

/**
 * Writes down what is different from another database, by their prints.
 *
 * @param before where it lies; when there is none, or it was not prepared so, nothing is said of it
 * @throws what SQLite throws.
 */
export function writeChanges(driver: Driver, before: string | undefined): void {
  for (const table of [buildTable, changesTable]) driver.exec(`DROP TABLE IF EXISTS ${table}`);
  driver.exec(`CREATE TABLE ${buildTable} (id TEXT NOT NULL, since TEXT NOT NULL)`);
  driver.exec(`CREATE TABLE ${changesTable} (scope TEXT NOT NULL, name TEXT NOT NULL)`);
  const since = before === undefined ? '' : compare(driver, before);
  if (since !== '') driver.exec(`INSERT INTO ${changesTable} SELECT * FROM temp.found_changes`);
  driver.prepare(`INSERT INTO ${buildTable} VALUES (?, ?)`).run([randomUUID(), since]);
}

/**
 * Gathers the changes beside the data, which is to stay whole when the other database turns out to be damaged.
 *
 * @returns the build that they are of; empty when it cannot be compared with: that must not keep its successor from its place
 */
function compare(driver: Driver, before: string): string {
  const other = (from: string, to: string): string =>
    `SELECT a.scope, a.name FROM ${from}.${namePrints} a LEFT JOIN ${to}.${namePrints} b
     ON b.scope = a.scope AND b.name = a.name WHERE b.print IS NOT a.print`;
  try {
    driver.prepare('ATTACH ? AS before').run([before]);
    const since = textOf(driver.prepare(`SELECT id FROM before.${buildTable}`).get([])?.['id']);
    driver.exec(
      `CREATE TEMP TABLE found_changes AS ${other('main', 'before')} UNION ${other('before', 'main')}`,
    );
    return since;
  } catch {
    return '';
  } finally {
    if (isAttached(driver)) driver.exec('DETACH before');
  }
}

function isAttached(driver: Driver): boolean {
  return driver.prepare("SELECT 1 FROM pragma_database_list WHERE name = 'before'").get([]) !== undefined;
}

/** @throws {VulnerabilityDatabaseError} */
export function buildOf(queries: Queries): Build {
  const row = queries.get(`SELECT id, since FROM ${buildTable}`);
  return { id: textOf(row?.['id']), since: textOf(row?.['since']) };
}

/** Undefined when there are too many. @throws {VulnerabilityDatabaseError} */
export function changedNames(queries: Queries): DataChanges | undefined {
  return namesOf(queries, changesTable);
}

/** All names that there are; undefined when there are too many. @throws {VulnerabilityDatabaseError} */
export function allNames(queries: Queries): DataChanges | undefined {
  return namesOf(queries, namePrints);
}

function namesOf(queries: Queries, table: string): DataChanges | undefined {
  const rows = queries.all(`SELECT scope, name FROM ${table} LIMIT ${mostNames + 1}`);
  if (rows.length > mostNames) return undefined;
  const changes = new DataChanges();
  for (const { scope, name } of rows) changes.add(textOf(scope), textOf(name));
  return changes;
}
