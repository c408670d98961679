import type { Clock } from '../kit/clock.ts';
import { type Hop, type LedgerEntry, recorded } from '../model/ledger.ts';
import type { Database, Row } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { alertSubject, type LedgerRow, LedgerWriter } from './ledger-writer.ts';

export type { LedgerRow } from './ledger-writer.ts';

export interface LedgerOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** How long rows wait for others before they are written together; 5 ms when left out. */
  readonly flushAfterMs?: number;
  /** How many rows may wait; what comes on top is counted and dropped. 60,000 when left out, as one body may bring as many alerts. */
  readonly maxWaiting?: number;
  /** How many rows are kept; 500,000 when left out. */
  readonly maxRows?: number;
  /** For how long rows are kept; 30 days when left out. */
  readonly maxAgeMs?: number;
  /** Told when rows could not be written; they wait and are tried again. */
  readonly onError?: (error: unknown) => void;
}

/** What became of notifications, newest first. */
export interface ReceiptQuery {
  readonly receiver?: string;
  /** `delivered`, `failed` or `retrying`. */
  readonly decision?: string;
  /** 100 when left out, at most 1000. */
  readonly limit?: number;
  /** Rows older than this one, to page back. */
  readonly beforeId?: number;
}

/** Without `cause`, `subject` or `alert`: the newest rows of all. */
export interface LedgerQuery {
  readonly cause?: string;
  readonly subject?: string;
  /** An alert's fingerprint: its own rows and those that led to it. */
  readonly alert?: string;
  /** 100 when left out, at most 1000. */
  readonly limit?: number;
  /** Rows older than this one, to page back. */
  readonly beforeId?: number;
}

/** Rows whose subject is no alert; in these words in the index and in the queries that use it. */
const isOther = `substr(subject, 1, ${alertSubject.length}) <> '${alertSubject}'`;

const steps: readonly string[] = [
  `CREATE TABLE ledger (
     id INTEGER PRIMARY KEY,
     at_ms REAL NOT NULL,
     cause TEXT NOT NULL,
     hop INTEGER NOT NULL,
     subject TEXT NOT NULL,
     decision TEXT NOT NULL,
     detail TEXT NOT NULL
   );
   CREATE INDEX ledger_cause ON ledger (cause);
   CREATE INDEX ledger_subject ON ledger (subject);`,
  // Which alerts a row names: those of one cause may be about many, and only their own belong to each one's story.
  `CREATE TABLE ledger_alerts (
     fingerprint TEXT NOT NULL,
     id INTEGER NOT NULL,
     PRIMARY KEY (fingerprint, id)
   ) WITHOUT ROWID;
   CREATE INDEX ledger_alerts_id ON ledger_alerts (id);
   INSERT OR IGNORE INTO ledger_alerts
     SELECT json_extract(detail, '$.fingerprint'), id FROM ledger WHERE json_extract(detail, '$.fingerprint') IS NOT NULL;
   INSERT OR IGNORE INTO ledger_alerts
     SELECT value, ledger.id FROM ledger, json_each(ledger.detail, '$.fingerprints');`,
  // What became of notifications is asked for by itself; receipts are few among the rows.
  `CREATE INDEX ledger_receipts ON ledger (id) WHERE hop = ${recorded.indexOf('receipt')}`,
  // Rows of alerts are found by `ledger_alerts` already, and they are most of a flood.
  `DROP INDEX ledger_subject;
   CREATE INDEX ledger_subject ON ledger (subject) WHERE ${isOther}`,
];

/** So many rows from one look to the next are a flood: they wait for a pause in it, but no longer than {@link maxWaitMs}. */
const floodRows = 20;
const pauseMs = 25;
const maxWaitMs = 1000;
/** Rows that are written in one go; after it others get their turn. */
const sliceRows = 1000;
/** After writing, rest for so many times what it took, but no longer than this. */
const restFactor = 8;
const maxRestMs = 1000;
/** Rows that are written without waiting any longer, and in larger slices. */
const manyWaiting = 12_000;
const hurriedRows = 4000;
const pruneEveryRows = 2000;
/** How long to wait before rows that could not be written are tried again. */
const retryAfterMs = 1000;
/** How many events' rows are looked through for one alert, the newest first. */
const mostCauses = 20;

/**
 * The ledger: rows wait a few milliseconds in memory and are then written together. In a flood they wait for a pause in it, as those
 * who bring the flood are waiting for an answer.
 */
export class LedgerStore {
  readonly #db: Database;
  readonly #options: LedgerOptions;
  readonly #writer: LedgerWriter;
  readonly #listeners = new Set<(row: LedgerRow) => void>();
  #waiting: LedgerRow[] = [];
  /** Since when the oldest of them waits, and how many there were at the last look. */
  #sinceMs = 0;
  #seen = 0;
  #nextId: number;
  #cancelTimer: (() => void) | undefined;
  #dropped = 0;
  #sincePrune = 0;
  /** While many are written, rows wait longer, so that they are written in larger numbers and others get their turn. */
  #restMs = 0;

  /** @throws {UnavailableError} when the table cannot be made. */
  constructor(options: LedgerOptions) {
    const { db } = options;
    migrate(db, 'ledger', steps);
    this.#db = db;
    this.#options = options;
    this.#writer = new LedgerWriter(db);
    this.#nextId = Number(db.prepare('SELECT MAX(id) AS id FROM ledger').get()?.['id'] ?? 0) + 1;
    this.#prune();
  }

  /** Notes a row; a {@link Ledger}, to be handed to other rooms as it is. */
  readonly append = (entry: LedgerEntry): void => {
    if (this.#waiting.length >= (this.#options.maxWaiting ?? 60_000)) {
      this.#dropped++;
      return;
    }
    const { atMs, cause, hop, subject, decision, detail } = entry;
    const row = { id: this.#nextId++, atMs, cause, hop, subject, decision, detail };
    if (this.#waiting.push(row) === 1) this.#sinceMs = this.#options.clock.now();
    if (this.#cancelTimer === undefined) this.#arm(Math.max(this.#options.flushAfterMs ?? 5, this.#restMs));
    if (this.#waiting.length === manyWaiting) this.#hurry();
    for (const listener of this.#listeners) tell(listener, row);
  };

  /** Calls `listener` with each row from now on, at once when it is noted. Returns the cancel function. */
  subscribe(listener: (row: LedgerRow) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Rows that were lost because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Rows that are not written yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Writes down what waits. Call it last at shutdown. Never throws: rows that could not be written go on waiting. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#waiting.length > 0) this.#write(this.#waiting.length);
  }

  /** Newest rows first; of a cause, a subject or an alert: oldest first, the newest `limit` of them. */
  query({ cause, subject, alert, limit = 100, beforeId }: LedgerQuery): LedgerRow[] {
    this.flush();
    const most = Math.min(1000, Math.max(0, limit));
    const before = beforeId ?? Number.MAX_SAFE_INTEGER;
    const select = (where: string, ...values: (string | number)[]): LedgerRow[] =>
      this.#db
        .prepare(`SELECT * FROM ledger WHERE ${where} AND id < ? ORDER BY id DESC LIMIT ?`)
        .all(...values, before, most)
        .map(rowOf);
    if (cause !== undefined) return select('cause = ?', cause).reverse();
    if (subject?.startsWith(alertSubject))
      return select(
        'id IN (SELECT id FROM ledger_alerts WHERE fingerprint = ?) AND subject = ?',
        subject.slice(alertSubject.length),
        subject,
      ).reverse();
    if (subject !== undefined) return select(`subject = ? AND ${isOther}`, subject).reverse();
    if (alert === undefined) return select('1');
    const causes = this.#causesOf(alert);
    const marks = causes.map(() => '?').join(', ');
    // Other alerts of the same events have a story of their own.
    const where = `(id IN (SELECT id FROM ledger_alerts WHERE fingerprint = ?)
      OR (cause IN (${marks}) AND id NOT IN (SELECT id FROM ledger_alerts)))`;
    return select(where, alert, ...causes).reverse();
  }

  receipts({ receiver, decision, limit = 100, beforeId }: ReceiptQuery): LedgerRow[] {
    this.flush();
    // The hop stands in the text, as the index is found by it.
    return this.#db
      .prepare(
        `SELECT * FROM ledger WHERE hop = ${recorded.indexOf('receipt')} AND id < ?
         AND (? = '' OR json_extract(detail, '$.receiver') = ?) AND (? = '' OR decision = ?)
         ORDER BY id DESC LIMIT ?`,
      )
      .all(
        beforeId ?? Number.MAX_SAFE_INTEGER,
        receiver ?? '',
        receiver ?? '',
        decision ?? '',
        decision ?? '',
        Math.min(1000, Math.max(0, limit)),
      )
      .map(rowOf);
  }

  #causesOf(alert: string): string[] {
    return this.#db
      .prepare(
        `SELECT cause, MAX(id) AS id FROM ledger WHERE id IN (SELECT id FROM ledger_alerts WHERE fingerprint = ?)
         AND cause <> '' GROUP BY cause ORDER BY id DESC LIMIT ?`,
      )
      .all(alert, mostCauses)
      .map((row) => String(row['cause']));
  }

  /** Writes the oldest rows; false when that failed. */
  #write(count: number): boolean {
    const { clock, onError } = this.#options;
    const startedMs = clock.now();
    const rows = this.#waiting.slice(0, count);
    try {
      this.#db.transaction(() => this.#writer.write(rows));
      this.#waiting = this.#waiting.slice(count);
      this.#sincePrune += rows.length;
      if (this.#sincePrune >= pruneEveryRows) this.#prune();
      this.#restMs = Math.min(maxRestMs, restFactor * (clock.now() - startedMs));
      return true;
    } catch (error) {
      this.#arm(retryAfterMs);
      onError?.(error);
      return false;
    } finally {
      this.#seen = this.#waiting.length;
    }
  }

  #arm(afterMs: number): void {
    this.#cancelTimer ??= this.#options.clock.timer(afterMs, () => {
      this.#cancelTimer = undefined;
      this.#look();
    });
  }

  /** Writes a slice of what waits, unless a flood is on. */
  #look(): void {
    const waiting = this.#waiting.length;
    const came = waiting - this.#seen;
    this.#seen = waiting;
    const waitedMs = this.#options.clock.now() - this.#sinceMs;
    const isHurried = waiting >= manyWaiting;
    if (came > floodRows && !isHurried && waitedMs >= 0 && waitedMs < maxWaitMs) {
      this.#arm(pauseMs);
      return;
    }
    const startedMs = this.#options.clock.now();
    if (!this.#write(isHurried ? hurriedRows : sliceRows) || this.#waiting.length === 0) return;
    // Others get their turn; the more they bring, the longer the rest waits.
    this.#arm(isHurried ? 0 : (this.#options.clock.now() - startedMs) / 4);
  }

  /** Writes as soon as what runs now has ended. */
  #hurry(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#arm(0);
  }

  /** Rows are in order of time but for clock jumps, so the oldest are those with the lowest numbers. */
  #prune(): void {
    const { maxRows = 500_000, maxAgeMs = 30 * 86_400_000, clock } = this.#options;
    this.#sincePrune = 0;
    this.#db.prepare('DELETE FROM ledger WHERE id < ?').run(this.#nextId - maxRows);
    const young = this.#db
      .prepare('SELECT id FROM ledger WHERE at_ms >= ? ORDER BY id LIMIT 1')
      .get(clock.now() - maxAgeMs);
    // The newest row stays whatever its age, so that numbers go on rising after a restart.
    const oldest = Math.min(Number(young?.['id'] ?? this.#nextId), this.#nextId - 1);
    this.#db.prepare('DELETE FROM ledger WHERE id < ?').run(oldest);
    this.#db.prepare('DELETE FROM ledger_alerts WHERE id < ?').run(Math.max(oldest, this.#nextId - maxRows));
  }
}

function rowOf(row: Row): LedgerRow {
  return {
    id: Number(row['id']),
    atMs: Number(row['at_ms']),
    cause: String(row['cause']),
    hop: recorded[Number(row['hop'])] ?? ('change' satisfies Hop),
    subject: String(row['subject']),
    decision: String(row['decision']),
    detail: JSON.parse(String(row['detail'])) as LedgerEntry['detail'],
  };
}

function tell(listener: (row: LedgerRow) => void, row: LedgerRow): void {
  try {
    listener(row);
  } catch {
    // A listener's fault is its own; the row is kept and the others are told.
  }
}
