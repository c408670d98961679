import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import { Checkpoints } from './checkpoints.ts';
import type { Database, Statement } from './database.ts';
import { codeOfError, type Driver, openDriver } from './driver.ts';
import { type FileLock, lockFile } from './lock.ts';

/**
 * Opens the database file, or makes it and the folders above it, and locks it (`<path>.lock`) so that no second process
 * uses it. `:memory:` gives one that is not stored.
 *
 * @throws {UnavailableError} when another process has it, or it cannot be opened or is no database.
 */
export function openDatabase(path: string, clock: Clock = systemClock): Database {
  let lock: FileLock | undefined;
  let driver: Driver | undefined;
  try {
    if (path !== ':memory:') {
      mkdirSync(dirname(path), { recursive: true });
      lock = lockFile(`${path}.lock`, dirname(path));
    }
    driver = openDriver(path);
    driver.prepare('PRAGMA journal_mode = WAL').get([]);
    driver.exec('PRAGMA synchronous = NORMAL');
    driver.exec('PRAGMA busy_timeout = 5000');
    driver.exec('PRAGMA foreign_keys = ON');
    // Keeps the write-ahead log from growing without end under writing that never pauses; of what Checkpoints has moved nothing is left to do.
    driver.exec('PRAGMA wal_autocheckpoint = 4000');
    driver.exec('PRAGMA cache_size = -8192');
    driver.exec('PRAGMA journal_size_limit = 8388608');
    const checkpoints = path === ':memory:' ? undefined : new Checkpoints({ driver, path, clock });
    return new SqliteDatabase({ path, driver, lock, checkpoints });
  } catch (error) {
    driver?.close();
    lock?.release();
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError(`cannot open the database ${path}: ${whyNot(path, error)}`, { cause: error });
  }
}

/** The driver says no more than that it could not; the folder usually says why. */
function whyNot(path: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'EACCES' || code === 'EROFS')
    return `no permission to write in ${dirname(path)}; choose another folder with --data`;
  try {
    accessSync(dirname(path), constants.W_OK);
    return messageOf(error);
  } catch {
    return `no permission to write in ${dirname(path)}; choose another folder with --data`;
  }
}

interface Parts {
  readonly path: string;
  readonly driver: Driver;
  readonly lock: FileLock | undefined;
  /** None where nothing is stored. */
  readonly checkpoints: Checkpoints | undefined;
}

/** Statements that are kept: about all that the program has. */
const mostStatements = 500;

class SqliteDatabase implements Database {
  readonly #path: string;
  readonly #driver: Driver;
  readonly #lock: FileLock | undefined;
  readonly #checkpoints: Checkpoints | undefined;
  /**
   * By their texts. Statements hold memory of SQLite's that the garbage collector does not know of: tens of thousands that nobody
   * needs any more would take a gigabyte before it looks for them.
   */
  readonly #statements = new Map<string, Statement>();
  #inTransaction = false;
  #isOpen = true;

  constructor({ path, driver, lock, checkpoints }: Parts) {
    this.#path = path;
    this.#driver = driver;
    this.#lock = lock;
    this.#checkpoints = checkpoints;
  }

  prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#prepared(sql);
      // Bounded, as some texts have their values in them.
      if (this.#statements.size >= mostStatements) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #prepared(sql: string): Statement {
    const statement = this.#guard(() => this.#driver.prepare(sql));
    return {
      run: (...values) => {
        const result = this.#guard(() => statement.run(values));
        this.#checkpoints?.wrote();
        return result;
      },
      get: (...values) => this.#guard(() => statement.get(values)),
      all: (...values) => this.#guard(() => statement.all(values)),
    };
  }

  exec(sql: string): void {
    this.#guard(() => this.#driver.exec(sql));
  }

  transaction<Result>(work: () => Result): Result {
    if (this.#inTransaction) throw new Error('a transaction was begun inside of another');
    this.exec('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#checkpoints?.stop();
    this.#statements.clear();
    this.#driver.close();
    this.#lock?.release();
  }

  #rollback(): void {
    try {
      this.#driver.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself on some faults (disk full); there is nothing left to undo.
    }
  }

  /** Faults of the disk and the file are the user's to mend, so they say where; others are ours and pass. */
  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const what = faults.find(([code]) => codeOfError(error).startsWith(code))?.[1];
      if (what === undefined) throw error;
      throw new UnavailableError(`${what} (database ${this.#path}): ${messageOf(error)}`, { cause: error });
    }
  }
}

const faults: readonly (readonly [code: string, what: string])[] = [
  ['SQLITE_FULL', 'the disk is full'],
  ['SQLITE_IOERR', 'the disk could not be read or written'],
  ['SQLITE_READONLY', 'the file may not be written'],
  ['SQLITE_BUSY', 'another process has locked the file'],
  ['SQLITE_CORRUPT', 'the file is damaged; move it away to start anew'],
  ['SQLITE_NOTADB', 'the file is no SQLite database'],
];
