import type { Database, SqlValue, Statement } from '../store/database.ts';
import type { AlertRecord, KeptAlert } from './alert-record.ts';
import { makeTables } from './tables.ts';

/** What is kept of a record. */
export type KeptEntry = readonly [isResolved: number, isSettled: number, alert: KeptAlert];

export function entryOf({ isResolved, isSettled, alert }: AlertRecord): KeptEntry {
  return [isResolved ? 1 : 0, isSettled ? 1 : 0, alert];
}

/** Rows of one statement. */
const rowsAtOnce = 50;

/** Alerts in the database, and how far the journal has come into it. What writes is to be called within a transaction. */
export class AlertTable {
  readonly #database: Database;
  readonly #save: Statement;
  readonly #saveMany: Statement;
  readonly #drop: Statement;

  constructor(database: Database) {
    this.#database = database;
    makeTables(database);
    const insert =
      'INSERT OR REPLACE INTO alerting_alerts (fingerprint, is_resolved, is_settled, alert) VALUES ';
    this.#save = database.prepare(`${insert}(?, ?, ?, ?)`);
    this.#saveMany = database.prepare(
      insert + Array.from({ length: rowsAtOnce }, () => '(?, ?, ?, ?)').join(', '),
    );
    this.#drop = database.prepare('DELETE FROM alerting_alerts WHERE fingerprint = ?');
  }

  /**
   * What is kept, by fingerprint; the number of the last text of the journal that is in it; and texts of a journal that was a
   * table in earlier versions, newer than the rest.
   */
  read(): { readonly kept: Map<string, KeptEntry>; readonly doneSeq: number; readonly older: string[] } {
    const kept = new Map<string, KeptEntry>();
    for (const row of this.#database.prepare('SELECT * FROM alerting_alerts').all())
      kept.set(String(row['fingerprint']), [
        Number(row['is_resolved']),
        Number(row['is_settled']),
        JSON.parse(String(row['alert'])) as KeptAlert,
      ]);
    const done = this.#database.prepare('SELECT seq FROM alerting_journal_done').get();
    const older = this.#database.prepare('SELECT alerts FROM alerting_journal ORDER BY id').all();
    return { kept, doneSeq: Number(done?.['seq'] ?? 0), older: older.map((row) => String(row['alerts'])) };
  }

  save(records: readonly AlertRecord[]): void {
    let from = 0;
    for (; from + rowsAtOnce <= records.length; from += rowsAtOnce)
      this.#saveMany.run(...records.slice(from, from + rowsAtOnce).flatMap(rowOf));
    for (const record of records.slice(from)) this.#save.run(...rowOf(record));
  }

  drop(fingerprint: string): void {
    this.#drop.run(fingerprint);
  }

  /** The journal is in the table up to this number. */
  done(seq: number): void {
    this.#database.exec('DELETE FROM alerting_journal; DELETE FROM alerting_journal_done');
    this.#database.prepare('INSERT INTO alerting_journal_done VALUES (?)').run(seq);
  }
}

function rowOf({ fingerprint, isResolved, isSettled, alert }: AlertRecord): SqlValue[] {
  return [fingerprint, isResolved ? 1 : 0, isSettled ? 1 : 0, JSON.stringify(alert)];
}
