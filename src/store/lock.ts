import { UnavailableError } from '../kit/app-error.ts';
import { codeOfError, type Driver, openDriver } from './driver.ts';

/** Held for as long as the process lives or until it is released. */
export interface FileLock {
  release(): void;
}

/**
 * Takes the lock file `path` for this process. It is a SQLite database of its own that holds a write transaction open: the
 * system ends it with the process, however that ends, so that a lock is never left behind.
 *
 * @throws {UnavailableError} naming the process that has it.
 */
export function lockFile(path: string, subject: string): FileLock {
  const driver = openDriver(path);
  try {
    driver.exec('PRAGMA busy_timeout = 0');
    driver.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER)');
    driver.exec(`BEGIN IMMEDIATE; DELETE FROM holder; INSERT INTO holder VALUES (${process.pid}); COMMIT`);
    driver.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const holder = codeOfError(error).startsWith('SQLITE_BUSY') ? holderOf(driver) : undefined;
    driver.close();
    if (holder === undefined) throw error;
    throw new UnavailableError(
      `${subject} is in use by another skopos (process ${holder}): stop that one, or give this one a data folder of its own`,
      { cause: error },
    );
  }
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      driver.exec('ROLLBACK');
      driver.close();
    },
  };
}

function holderOf(driver: Driver): string {
  try {
    return String(driver.prepare('SELECT pid FROM holder').get([])?.['pid'] ?? 'unknown');
  } catch {
    return 'unknown';
  }
}
