import { messageOf } from '../../kit/app-error.ts';
import { openDriver } from '../../store/driver.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';
import { openFile } from './open-file.ts';
import { prepareTables } from './prepare-tables.ts';

export interface HydratedFile {
  readonly builtAtMs: number;
  readonly schema: string;
}

/**
 * Makes a database file that has just arrived ready to be asked: looks whether it is whole and of the right schema, and builds
 * the indexes that published files come without, and the rows of each name in one place. Takes seconds, all of them busy.
 *
 * @param before the database that it takes the place of, where there is one: what is different is written down
 * @throws {VulnerabilityDatabaseError} when it is not what it should be, or the disk is full.
 */
export function hydrate(path: string, before?: string): HydratedFile {
  const opened = openFile(path);
  opened.driver.close();
  try {
    const driver = openDriver(path);
    try {
      // A copy of its own, which is thrown away if this fails.
      driver.prepare('PRAGMA journal_mode = OFF').get([]);
      driver.exec('PRAGMA synchronous = OFF');
      driver.exec('PRAGMA temp_store = FILE');
      // Names lie in another order than the records and blobs that are read for them.
      driver.exec('PRAGMA cache_size = -32768');
      prepareTables(driver, opened.tables, before);
      const check = driver.prepare('PRAGMA quick_check(1)').get([]);
      const said = String(Object.values(check ?? {})[0] ?? '');
      if (said !== 'ok') throw new VulnerabilityDatabaseError(`${path} is damaged: ${said}`);
    } finally {
      driver.close();
    }
  } catch (error) {
    if (error instanceof VulnerabilityDatabaseError) throw error;
    throw new VulnerabilityDatabaseError(`${path} could not be indexed: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return { builtAtMs: opened.builtAtMs, schema: opened.schema };
}
