import { messageOf } from '../../kit/app-error.ts';
import type { Row, SqlValue } from '../../store/database.ts';
import type { Driver, DriverStatement } from '../../store/driver.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';

/** Questions to one file of the database; each is prepared once. */
export class Queries {
  readonly #driver: Driver;
  readonly #path: string;
  readonly #statements = new Map<string, DriverStatement>();

  constructor(driver: Driver, path: string) {
    this.#driver = driver;
    this.#path = path;
  }

  /** The first row of the answer. @throws {VulnerabilityDatabaseError} */
  get(sql: string, values: readonly SqlValue[] = []): Row | undefined {
    return this.#guard(() => this.#prepared(sql).get(values));
  }

  /** @throws {VulnerabilityDatabaseError} */
  all(sql: string, values: readonly SqlValue[] = []): readonly Row[] {
    return this.#guard(() => this.#prepared(sql).all(values));
  }

  /**
   * A text made of all that a question about many keys finds, as each row that crosses the binding costs more than finding it.
   * Undefined where there is none, or it cannot be had in this way: then the same is to be asked for one by one.
   *
   * @param sql gives one value; the keys are its last parameter, as JSON
   */
  textOfMany(
    sql: string,
    values: readonly SqlValue[],
    keys: readonly (string | number)[],
  ): string | undefined {
    try {
      const row = this.#prepared(sql).get([...values, JSON.stringify(keys)]);
      const [found] = Object.values(row ?? {});
      return typeof found === 'string' ? found : undefined;
    } catch {
      return undefined;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#driver.close();
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
      throw new VulnerabilityDatabaseError(`cannot read ${this.#path}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

/** Keys in pieces that one question is about. */
export function* pieces<Key>(keys: readonly Key[], size = 500): Generator<readonly Key[]> {
  for (let from = 0; from < keys.length; from += size) yield keys.slice(from, from + size);
}
