import { messageOf } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import { fnv1a64 } from '../kit/hash.ts';
import type { Logger } from '../log/logger.ts';
import { type Labels, sortedPairs } from '../model/labels.ts';
import type { Database } from '../store/database.ts';
import type { AlertJournal } from './alert-journal.ts';
import type { AlertRecord, KeptAlert } from './alert-record.ts';
import { AlertTable, entryOf, type KeptEntry } from './alert-table.ts';
import { drillLabel } from './router-options.ts';

/** What stands in the journal is put into the table when so long nothing came: not while a flood still has to be told of … */
const tidyAfterMs = 5000;
/** … but no later than this. */
const untidyAtMostMs = 60_000;
/** Between slices of that work others get their turn. */
const sliceGapMs = 50;
const sliceRows = 200;
/** A journal that is longer goes into the table at once. */
const longJournalBytes = 32 * 1024 * 1024;

export interface AlertStoreOptions {
  readonly database: Database;
  /** Without it all goes into the database at once. */
  readonly journal: AlertJournal | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Every alert that fires, or whose end some receiver has yet to hear of; on disk. What changes together is one line of a journal, so
 * that a flood of alerts is taken as fast as it comes; what the journal says goes into the database by and by.
 */
export class AlertStore {
  readonly #records = new Map<string, AlertRecord>();
  readonly #database: Database;
  readonly #journal: AlertJournal | undefined;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #table: AlertTable;
  /** Saved since the last line of the journal. */
  readonly #unwritten = new Set<AlertRecord>();
  /** Newer in the journal than in the table. */
  readonly #untidy = new Set<AlertRecord>();
  #cancelTidy: (() => void) | undefined;
  /** When the journal was written last, and since when something of it waits. */
  #wroteMs = 0;
  #untidySinceMs = 0;
  /** Slices of the journal are on their way into the table. */
  #isTidying = false;
  #isTogether = false;
  #seq = 0;
  #version = 0;

  constructor({ database, journal, clock, log }: AlertStoreOptions) {
    this.#database = database;
    this.#journal = journal;
    this.#clock = clock;
    this.#log = log;
    this.#table = new AlertTable(database);
  }

  /**
   * Reads what was kept. Nobody could renew an alert while the process was away, so one that fired then gets `graceMs` to be
   * renewed before it counts as resolved.
   */
  load(graceMs: number): void {
    const nowMs = this.#clock.now();
    const { kept, doneSeq, older } = this.#table.read();
    const journaled = new Set<string>();
    for (const text of [...older, ...(this.#journal?.readAfter(doneSeq) ?? [])])
      for (const entry of JSON.parse(text) as KeptEntry[]) {
        const fingerprint = fingerprintOf(entry[2].labels);
        kept.set(fingerprint, entry);
        journaled.add(fingerprint);
      }
    const damagedLines = this.#journal?.damagedLines ?? 0;
    if (damagedLines > 0)
      this.#log.warn(
        { damagedLines },
        "lines of the alerts' journal were cut off or damaged, and passed over",
      );
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

  /** A number higher than every one given before. */
  nextSeq(): number {
    return ++this.#seq;
  }

  get seq(): number {
    return this.#seq;
  }

  /** A new record, not saved yet. */
  add(alert: KeptAlert, fingerprint = fingerprintOf(alert.labels)): AlertRecord {
    const record = this.#make(alert, fingerprint);
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

  /** Runs `work` so that all it saves is on disk together, and before this returns. @throws {UnavailableError} */
  together(work: () => void): void {
    this.#isTogether = true;
    try {
      work();
      this.#write();
    } finally {
      this.#isTogether = false;
      // What could not be written is not forgotten: the table gets it.
      if (this.#unwritten.size > 0) this.#armTidy(tidyAfterMs);
      for (const record of this.#unwritten) this.#untidy.add(record);
      this.#unwritten.clear();
    }
  }

  save(record: AlertRecord): void {
    this.#unwritten.add(record);
    if (!this.#isTogether) this.together(() => {});
  }

  /** Puts everything that the journal holds into the table, and does `work`, all or nothing. */
  tidy(work: () => void): void {
    this.#disarm();
    const doneSeq = this.#turnPage();
    this.#database.transaction(() => {
      this.#table.save([...this.#untidy]);
      this.#table.done(doneSeq);
      work();
    });
    this.#untidy.clear();
    this.#journal?.forget(doneSeq);
  }

  /** To be called within {@link tidy} alone. */
  delete(record: AlertRecord): void {
    this.#version++;
    this.#records.delete(record.fingerprint);
    this.#table.drop(record.fingerprint);
  }

  /** Ends timers; the journal stays as it is. */
  close(): void {
    this.#disarm();
    this.#journal?.close();
  }

  #write(): void {
    if (this.#unwritten.size === 0) return;
    if (this.#journal === undefined) {
      this.#database.transaction(() => this.#table.save([...this.#unwritten]));
      this.#unwritten.clear();
      return;
    }
    const entries: KeptEntry[] = [];
    for (const record of this.#unwritten) entries.push(entryOf(record));
    this.#journal.append(JSON.stringify(entries));
    this.#wroteMs = this.#clock.now();
    const isLong = this.#isLong();
    if (isLong && !this.#isTidying) this.#disarm();
    this.#armTidy(isLong ? 0 : tidyAfterMs);
  }

  #armTidy(afterMs: number): void {
    if (this.#cancelTidy !== undefined) return;
    this.#untidySinceMs = this.#clock.now();
    this.#cancelTidy = this.#clock.timer(afterMs, () => this.#beginTidy());
  }

  #beginTidy(): void {
    const nowMs = this.#clock.now();
    const quietMs = nowMs - this.#wroteMs;
    if (
      quietMs >= 0 &&
      quietMs < tidyAfterMs &&
      nowMs - this.#untidySinceMs < untidyAtMostMs &&
      !this.#isLong()
    ) {
      this.#cancelTidy = this.#clock.timer(tidyAfterMs - quietMs, () => this.#beginTidy());
      return;
    }
    this.#isTidying = true;
    this.#tidySlice(this.#turnPage(), [...this.#untidy]);
  }

  #isLong(): boolean {
    return (this.#journal?.bytes ?? 0) > longJournalBytes;
  }

  #disarm(): void {
    this.#cancelTidy?.();
    this.#cancelTidy = undefined;
    this.#isTidying = false;
  }

  /** The journal's texts up to `doneSeq` may go when all of `records` are in the table. */
  #tidySlice(doneSeq: number, records: readonly AlertRecord[]): void {
    const slice = records.slice(0, sliceRows);
    const rest = records.slice(sliceRows);
    try {
      this.#database.transaction(() => {
        this.#table.save(slice);
        if (rest.length === 0) this.#table.done(doneSeq);
      });
    } catch (error) {
      // The journal has it all; later is soon enough.
      this.#log.error(
        { problem: messageOf(error) },
        'alerts could not be put into the database; will try again',
      );
      this.#disarm();
      this.#armTidy(tidyAfterMs);
      return;
    }
    for (const record of slice) this.#untidy.delete(record);
    if (rest.length > 0) {
      this.#cancelTidy = this.#clock.timer(sliceGapMs, () => this.#tidySlice(doneSeq, rest));
      return;
    }
    this.#journal?.forget(doneSeq);
    this.#disarm();
    if (this.#untidy.size > 0) this.#armTidy(tidyAfterMs);
  }

  #turnPage(): number {
    return this.#journal?.turnPage() ?? 0;
  }

  #keep(record: AlertRecord): void {
    this.#version++;
    this.#records.set(record.fingerprint, record);
  }

  #make(alert: KeptAlert, fingerprint = fingerprintOf(alert.labels)): AlertRecord {
    return {
      fingerprint,
      key: undefined,
      drill: alert.labels[drillLabel],
      alert,
      isResolved: false,
      isSettled: false,
      changeSeq: 0,
      isProcessed: false,
      routes: none,
      groups: none,
      silences: notAsked,
      targetOf: none,
      sourceOf: none,
      lastOutcome: undefined,
    };
  }
}

const notAsked: AlertRecord['silences'] = { version: 0, ids: [] };
const none: readonly never[] = [];

export function fingerprintOf(labels: KeptAlert['labels']): string {
  return fnv1a64(sortedPairs(labels));
}
