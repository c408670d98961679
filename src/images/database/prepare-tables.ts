import type { Driver } from '../../store/driver.ts';
import { buildRowsByName } from './rows-by-name.ts';
import { indexes } from './schema.ts';

/** Adds to a database what look-ups go by. Takes seconds, all of them busy. @throws what SQLite throws. */
export function prepareTables(driver: Driver, tables: ReadonlySet<string>): void {
  for (const { name, table, on } of indexes)
    if (tables.has(table)) driver.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${table}(${on})`);
  buildRowsByName(driver, tables);
}
