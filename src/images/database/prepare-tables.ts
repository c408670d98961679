import type { Driver } from '../../store/driver.ts';
import { BlobReader } from './blob-reader.ts';
import { writeChanges } from './data-changes.ts';
import { NamePrints } from './name-prints.ts';
import { packPredictions } from './packed-predictions.ts';
import { printProducts } from './product-prints.ts';
import { buildRowsByName, rowKinds } from './rows-by-name.ts';
import { indexes } from './schema.ts';

/**
 * Adds to a database what look-ups go by, and by what it is compared with others. Takes seconds, all of them busy.
 *
 * @param before the database that it takes the place of, where there is one
 * @throws what SQLite throws.
 */
export function prepareTables(driver: Driver, tables: ReadonlySet<string>, before?: string): void {
  for (const { name, table, on } of indexes)
    if (tables.has(table)) driver.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${table}(${on})`);
  driver.exec('BEGIN');
  const blobs = new BlobReader(driver);
  const prints = new NamePrints(driver);
  buildRowsByName(driver, tables, { blobs, prints });
  for (const kind of rowKinds)
    if (tables.has(`${kind}_cpe_handles`)) printProducts(driver, kind, prints, blobs);
  if (tables.has('epss_handles')) packPredictions(driver);
  driver.exec('COMMIT');
  writeChanges(driver, before);
}
