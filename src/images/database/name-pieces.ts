import type { Driver } from '../../store/driver.ts';
import { textOf } from './blobs.ts';

/** Names that are read and written at once, to keep memory small. */
const namesAtOnce = 1000;

/** A column of names, in whose index case does not count. */
export interface NameColumn {
  readonly table: 'packages' | 'cpes';
  readonly column: 'name' | 'product';
}

/**
 * The names of a column in pieces, in the order of its index.
 *
 * @param sqlFor a question that gives one text, about the names from `?1` on (`lower` says whether that is one of them) to `?2`
 * @returns the answers
 */
export function* answersByPiece(
  driver: Driver,
  names: NameColumn,
  sqlFor: (lower: '>=' | '>') => string,
): Generator<string> {
  const [first, further] = [driver.prepare(sqlFor('>=')), driver.prepare(sqlFor('>'))];
  let before: string | undefined;
  for (const last of lastNames(driver, names)) {
    const row = (before === undefined ? first : further).get([before ?? '', last]);
    yield textOf(Object.values(row ?? {})[0]);
    before = last;
  }
}

/** The last name of each piece. */
function* lastNames(driver: Driver, { table, column }: NameColumn): Generator<string> {
  const ask = driver.prepare(`SELECT ${column} AS name FROM ${table} WHERE ${column} > ?1 COLLATE NOCASE
    ORDER BY ${column} COLLATE NOCASE LIMIT 1 OFFSET ${namesAtOnce - 1}`);
  let last = '';
  for (let row = ask.get([last]); row !== undefined; row = ask.get([last])) {
    last = textOf(row['name']);
    yield last;
  }
  const end = driver
    .prepare(`SELECT ${column} AS name FROM ${table} ORDER BY ${column} COLLATE NOCASE DESC LIMIT 1`)
    .get([]);
  if (typeof end?.['name'] === 'string') yield end['name'];
}

/** As SQLite compares where case does not count: of letters beyond ASCII it does. */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
