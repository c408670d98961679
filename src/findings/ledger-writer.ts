import { type LedgerEntry, recorded } from '../model/ledger.ts';
import type { Database, SqlValue, Statement } from '../store/database.ts';

/** A row with its number: they rise in the order of writing, across restarts. */
export interface LedgerRow extends LedgerEntry {
  readonly id: number;
}

/** What the subject of a row about one alert begins with; its fingerprint follows. */
export const alertSubject = 'alert:';

/** Of a flood, so many rows are written by one statement. */
const rowsAtOnce = 40;

/** Writes rows of the ledger, and which alerts they name, many with one statement. */
export class LedgerWriter {
  readonly #insert: Statement;
  readonly #insertAlert: Statement;
  readonly #insertMany: Statement;
  readonly #insertAlerts: Statement;

  constructor(db: Database) {
    const times = (marks: string) => Array.from({ length: rowsAtOnce }, () => marks).join(', ');
    this.#insert = db.prepare('INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#insertMany = db.prepare(`INSERT INTO ledger VALUES ${times('(?, ?, ?, ?, ?, ?, ?)')}`);
    this.#insertAlert = db.prepare('INSERT OR IGNORE INTO ledger_alerts VALUES (?, ?)');
    this.#insertAlerts = db.prepare(`INSERT OR IGNORE INTO ledger_alerts VALUES ${times('(?, ?)')}`);
  }

  /** To be called within a transaction. */
  write(rows: readonly LedgerRow[]): void {
    const values: SqlValue[] = [];
    const named: SqlValue[] = [];
    for (const row of rows) {
      const { id, atMs, cause, hop, subject, decision, detail } = row;
      values.push(id, atMs, cause, recorded.indexOf(hop), subject, decision, detailText(detail));
      for (const fingerprint of fingerprintsOf(row)) named.push(fingerprint, id);
    }
    runInParts(values, 7, this.#insertMany, this.#insert);
    runInParts(named, 2, this.#insertAlerts, this.#insertAlert);
  }
}

/** @param width how many values a row has */
function runInParts(values: readonly SqlValue[], width: number, many: Statement, one: Statement): void {
  let from = 0;
  const step = width * rowsAtOnce;
  for (; from + step <= values.length; from += step) many.run(...values.slice(from, from + step));
  for (; from < values.length; from += width) one.run(...values.slice(from, from + width));
}

/** Alerts that a row is about: by its subject, or named in its detail. */
function fingerprintsOf({ subject, detail }: LedgerEntry): readonly string[] {
  const { fingerprint, fingerprints } = detail;
  const found = subject.startsWith(alertSubject) ? [subject.slice(alertSubject.length)] : [];
  if (typeof fingerprint === 'string' && fingerprint !== found[0]) found.push(fingerprint);
  if (Array.isArray(fingerprints))
    for (const one of fingerprints as unknown[]) if (typeof one === 'string') found.push(one);
  return found;
}

function detailText(detail: LedgerEntry['detail']): string {
  try {
    return JSON.stringify(detail) ?? '{}';
  } catch {
    // A detail that cannot be written (a cycle, a bigint) must not cost the rows that wait with it.
    return '{}';
  }
}
