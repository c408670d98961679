import { existsSync } from 'node:fs';
import { messageOf } from '../../kit/app-error.ts';
import { type Driver, openDriver } from '../../store/driver.ts';
import { timeOf } from './blobs.ts';
import { buildTable } from './data-changes.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';
import { packedPredictions } from './packed-predictions.ts';
import { rowsByName } from './rows-by-name.ts';
import { model, optionalTables, tables } from './schema.ts';

export interface OpenedFile {
  readonly driver: Driver;
  readonly builtAtMs: number;
  /** `6.1.9`. */
  readonly schema: string;
  /** The tables that it has, of those that are known here. */
  readonly tables: ReadonlySet<string>;
  /** It has the table {@link rowsByName} beside the published ones. */
  readonly isPrepared: boolean;
  /** It says which preparation it is of. */
  readonly hasBuild: boolean;
  /** It has the table {@link packedPredictions}. */
  readonly hasPackedPredictions: boolean;
}

/**
 * Opens a database file for reading, after a look at whether it is one.
 *
 * @throws {VulnerabilityDatabaseError} saying what it is instead, and what to do.
 */
export function openFile(path: string): OpenedFile {
  if (!existsSync(path))
    throw new VulnerabilityDatabaseError(`there is no vulnerability database at ${path}`);
  let driver: Driver | undefined;
  try {
    driver = openDriver(path);
    // The file may lie on a volume that nobody may write, and is never written while it is matched against.
    driver.exec('PRAGMA query_only = ON');
    driver.exec('PRAGMA cache_size = -16384');
    return { driver, ...lookAt(driver, path) };
  } catch (error) {
    driver?.close();
    if (error instanceof VulnerabilityDatabaseError) throw error;
    throw new VulnerabilityDatabaseError(
      `${path} is no vulnerability database, or is damaged: ${messageOf(error)}; get another with "skopos db update" or "skopos db import"`,
      { cause: error },
    );
  }
}

function lookAt(driver: Driver, path: string): Omit<OpenedFile, 'driver'> {
  const names = driver.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all([]);
  const found = new Set(names.map((row) => String(row['name'])));
  if (found.has('vulnerability') && found.has('vulnerability_metadata'))
    throw otherSchema(path, 'model 5 or older');
  if (!found.has('db_metadata'))
    throw new VulnerabilityDatabaseError(`${path} is a database, but not of vulnerabilities`);
  const about = driver.prepare('SELECT * FROM db_metadata').get([]);
  const builtAtMs = timeOf(about?.['build_timestamp']) ?? 0;
  if (Number(about?.['model']) !== model) throw otherSchema(path, `model ${String(about?.['model'])}`);
  const missing = Object.keys(tables).filter((table) => !found.has(table) && !optionalTables.has(table));
  if (missing.length > 0)
    throw new VulnerabilityDatabaseError(`${path} is incomplete: it lacks the table ${missing.join(', ')}`);
  const schema = `${Number(about?.['model'])}.${Number(about?.['revision'])}.${Number(about?.['addition'])}`;
  return {
    builtAtMs,
    schema,
    tables: new Set(Object.keys(tables).filter((table) => found.has(table))),
    isPrepared: found.has(rowsByName),
    hasBuild: found.has(buildTable),
    hasPackedPredictions: found.has(packedPredictions),
  };
}

function otherSchema(path: string, what: string): VulnerabilityDatabaseError {
  return new VulnerabilityDatabaseError(
    `${path} is of ${what}; this program reads Grype's databases of model ${model}: get one from a listing of "v${model}"`,
  );
}
