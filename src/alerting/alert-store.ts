import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import { fnv1a64 } from '../kit/hash.ts';
import { type Labels, labelsKey, sortedPairs } from '../model/labels.ts';
import type { Database, SqlValue, Statement } from '../store/database.ts';
import type { AlertRecord, KeptAlert } from './alert-record.ts';
import { drillLabel } from './router-options.ts';
import { makeTables } from './tables.ts';

/** How soon what stands in the journal is put into the table: not while the flood that it is of still has to be told of. */
const tidyAfterMs = 5000;
/** Between slices of that work others get their turn. */
const sliceGapMs = 50;
/** Rows of one statement, and statements of one slice. */
const rowsAtOnce = 50;
const statementsAtOnce = 4;

/**
 * Every alert that fires, or whose end some receiver has yet to hear of; kept in SQLite. What changes together goes on disk as one
 * row of a journal, so that a flood of alerts is taken as fast as it comes; the journal goes into the table by and by.
 */
export class AlertStore {
  readonly #records = new Map<string, AlertRecord>();
  /** The same by labels, which is found faster than a fingerprint is made. */
  readonly #byLabels = new Map<string, AlertRecord>();
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #save: Statement;
  readonly #saveMany: Statement;
  readonly #drop: Statement;
  readonly #journal: Statement;
  readonly #trimJournal: Statement;
  /** Saved since the last row of the journal. */
  readonly #unwritten = new Set<AlertRecord>();
  /** Newer in the journal than in the table. */
  readonly #untidy = new Set<AlertRecord>();
  #journalId: number;
  #cancelTidy: (() => void) | undefined;
  #isTogether = false;
  #seq = 0;
  #version = 0;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    makeTables(database);
    const insert =
      'INSERT OR REPLACE INTO alerting_alerts (fingerprint, is_resolved, is_settled, alert) VALUES ';
    this.#save = database.prepare(`${insert}(?, ?, ?, ?)`);
    this.#saveMany = database.prepare(
      insert + Array.from({ length: rowsAtOnce }, () => '(?, ?, ?, ?)').join(', '),
    );
    this.#drop = database.prepare('DELETE FROM alerting_alerts WHERE fingerprint = ?');
    this.#journal = database.prepare('INSERT INTO alerting_journal (id, alerts) VALUES (?, ?)');
    this.#trimJournal = database.prepare('DELETE FROM alerting_journal WHERE id <= ?');
    this.#journalId = Number(
      database.prepare('SELECT MAX(id) AS id FROM alerting_journal').get()?.['id'] ?? 0,
    );
  }

  /**
   * Reads what was kept. Nobody could renew an alert while the process was away, so one that fired then gets `graceMs` to be
   * renewed before it counts as resolved.
   */
  load(graceMs: number): void {
    const nowMs = this.#clock.now();
    const kept = new Map<string, JournalEntry>();
    for (const row of this.#database.prepare('SELECT * FROM alerting_alerts').all())
      kept.set(String(row['fingerprint']), [
        Number(row['is_resolved']),
        Number(row['is_settled']),
        JSON.parse(String(row['alert'])) as KeptAlert,
      ]);
    const journaled = new Set<string>();
    for (const row of this.#database.prepare('SELECT alerts FROM alerting_journal ORDER BY id').all())
      for (const entry of JSON.parse(String(row['alerts'])) as JournalEntry[]) {
        const fingerprint = fingerprintOf(entry[2].labels);
        kept.set(fingerprint, entry);
        journaled.add(fingerprint);
      }
    for (const [isResolved, isSettled, alert] of kept.values()) {
      const endsAtMs = isResolved === 1 ? alert.endsAtMs : Math.max(alert.endsAtMs, nowMs + graceMs);
      const record = this.#make({ ...alert, cause: alert.cause ?? newCause(nowMs), endsAtMs });
      record.isResolved = isResolved === 1;
      record.isSettled = isSettled === 1;
      this.#keep(record);
      if (journaled.has(record.fingerprint)) this.#untidy.add(record);
    }
    if (this.#untidy.size > 0) this.#armTidy(tidyAfterMs);
  }

  /** Rises whenever an alert comes or goes. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#records.size;
  }

  values(): IterableIterator<AlertRecord> {
    return this.#records.values();
  }

  get(fingerprint: string): AlertRecord | undefined {
    return this.#records.get(fingerprint);
  }

  /** @param key of its labels, see `labelsKey` */
  find(key: string): AlertRecord | undefined {
    return this.#byLabels.get(key);
  }

  /** A number higher than every one given before. */
  nextSeq(): number {
    return ++this.#seq;
  }

  get seq(): number {
    return this.#seq;
  }

  /** A new record, not saved yet. */
  add(alert: KeptAlert, key = labelsKey(alert.labels)): AlertRecord {
    const record = this.#make(alert, key);
    this.#keep(record);
    return record;
  }

  /** A record that is kept nowhere: what an alert with these labels would be. */
  probe(labels: Labels): AlertRecord {
    const nowMs = this.#clock.now();
    return this.#make({
      labels,
      annotations: {},
      startsAtMs: nowMs,
      endsAtMs: nowMs + 1,
      generatorURL: '',
      updatedAtMs: nowMs,
      cause: '',
      isTimeout: true,
    });
  }

  /** Runs `work` so that all it saves is on disk together. */
  together(work: () => void): void {
    this.#isTogether = true;
    try {
      this.#database.transaction(() => {
        work();
        this.#writeJournal();
      });
    } finally {
      this.#isTogether = false;
      // What could not be written is not forgotten: the table gets it.
      for (const record of this.#unwritten) this.#untidy.add(record);
      this.#unwritten.clear();
    }
  }

  save(record: AlertRecord): void {
    this.#unwritten.add(record);
    if (!this.#isTogether) this.together(() => {});
  }

  /** To be called only when nothing waits to be tidied, see {@link tidy}. */
  delete(record: AlertRecord): void {
    this.#version++;
    this.#records.delete(record.fingerprint);
    this.#byLabels.delete(record.key);
    this.#drop.run(record.fingerprint);
  }

  /** Puts everything that the journal holds into the table, within a transaction of the caller's. */
  tidy(): void {
    this.#cancelTidy?.();
    this.#cancelTidy = undefined;
    this.#intoTable([...this.#untidy]);
    this.#trimJournal.run(this.#journalId);
  }

  /** Ends timers; the journal stays as it is. */
  close(): void {
    this.#cancelTidy?.();
    this.#cancelTidy = undefined;
  }

  #writeJournal(): void {
    if (this.#unwritten.size === 0) return;
    const entries = [...this.#unwritten].map(entryOf);
    this.#journal.run(this.#journalId + 1, JSON.stringify(entries));
    this.#journalId++;
    this.#armTidy(tidyAfterMs);
  }

  #armTidy(afterMs: number): void {
    this.#cancelTidy ??= this.#clock.timer(afterMs, () => {
      this.#cancelTidy = undefined;
      this.#tidySlice(this.#journalId, [...this.#untidy]);
    });
  }

  /** Rows of the journal up to `id` may go when all of `records` are in the table. */
  #tidySlice(id: number, records: AlertRecord[]): void {
    try {
      this.#database.transaction(() => {
        this.#intoTable(records.splice(0, rowsAtOnce * statementsAtOnce));
        if (records.length === 0) this.#trimJournal.run(id);
      });
    } catch {
      // The journal has it all; later is soon enough.
      this.#armTidy(tidyAfterMs);
      return;
    }
    if (records.length > 0)
      this.#cancelTidy = this.#clock.timer(sliceGapMs, () => {
        this.#cancelTidy = undefined;
        this.#tidySlice(id, records);
      });
    else if (this.#untidy.size > 0) this.#armTidy(tidyAfterMs);
  }

  #intoTable(records: readonly AlertRecord[]): void {
    let from = 0;
    for (; from + rowsAtOnce <= records.length; from += rowsAtOnce)
      this.#saveMany.run(...records.slice(from, from + rowsAtOnce).flatMap(rowOf));
    for (const record of records.slice(from)) this.#save.run(...rowOf(record));
    for (const record of records) this.#untidy.delete(record);
  }

  #keep(record: AlertRecord): void {
    this.#version++;
    this.#records.set(record.fingerprint, record);
    this.#byLabels.set(record.key, record);
  }

  #make(alert: KeptAlert, key = labelsKey(alert.labels)): AlertRecord {
    return {
      fingerprint: fingerprintOf(alert.labels),
      key,
      drill: alert.labels[drillLabel],
      alert,
      isResolved: false,
      isSettled: false,
      changeSeq: 0,
      isProcessed: false,
      routes: [],
      groups: new Set(),
      silences: notAsked,
      targetOf: [],
      sourceOf: [],
      lastOutcome: undefined,
    };
  }
}

const notAsked: AlertRecord['silences'] = { version: 0, ids: [] };

type JournalEntry = readonly [isResolved: number, isSettled: number, alert: KeptAlert];

function entryOf({ isResolved, isSettled, alert }: AlertRecord): JournalEntry {
  return [isResolved ? 1 : 0, isSettled ? 1 : 0, alert];
}

function rowOf({ fingerprint, isResolved, isSettled, alert }: AlertRecord): SqlValue[] {
  return [fingerprint, isResolved ? 1 : 0, isSettled ? 1 : 0, JSON.stringify(alert)];
}

export function fingerprintOf(labels: KeptAlert['labels']): string {
  return fnv1a64(sortedPairs(labels));
}
