import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import { fnv1a64 } from '../kit/hash.ts';
import { type Labels, labelsKey, sortedPairs } from '../model/labels.ts';
import type { Database, Statement } from '../store/database.ts';
import type { AlertRecord, KeptAlert } from './alert-record.ts';
import { drillLabel } from './router-options.ts';
import { makeTables } from './tables.ts';

/** Every alert that fires, or whose end some receiver has yet to hear of; kept in SQLite. */
export class AlertStore {
  readonly #records = new Map<string, AlertRecord>();
  /** The same by labels, which is found faster than a fingerprint is made. */
  readonly #byLabels = new Map<string, AlertRecord>();
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #save: Statement;
  readonly #drop: Statement;
  #seq = 0;
  #version = 0;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    makeTables(database);
    this.#save = database.prepare(
      'INSERT OR REPLACE INTO alerting_alerts (fingerprint, is_resolved, is_settled, alert) VALUES (?, ?, ?, ?)',
    );
    this.#drop = database.prepare('DELETE FROM alerting_alerts WHERE fingerprint = ?');
  }

  /**
   * Reads what was kept. Nobody could renew an alert while the process was away, so one that fired then gets `graceMs` to be
   * renewed before it counts as resolved.
   */
  load(graceMs: number): void {
    const nowMs = this.#clock.now();
    for (const row of this.#database.prepare('SELECT * FROM alerting_alerts').all()) {
      const alert = JSON.parse(String(row['alert'])) as KeptAlert;
      const isResolved = Number(row['is_resolved']) === 1;
      const endsAtMs = isResolved ? alert.endsAtMs : Math.max(alert.endsAtMs, nowMs + graceMs);
      const record = this.#make({ ...alert, cause: alert.cause ?? newCause(nowMs), endsAtMs });
      record.isResolved = isResolved;
      record.isSettled = Number(row['is_settled']) === 1;
      this.#keep(record);
    }
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

  find(labels: Labels): AlertRecord | undefined {
    return this.#byLabels.get(labelsKey(labels));
  }

  /** A number higher than every one given before. */
  nextSeq(): number {
    return ++this.#seq;
  }

  get seq(): number {
    return this.#seq;
  }

  /** A new record, not saved yet. */
  add(alert: KeptAlert): AlertRecord {
    const record = this.#make(alert);
    this.#keep(record);
    return record;
  }

  /** Runs `work` so that all it saves is on disk together. */
  together(work: () => void): void {
    this.#database.transaction(work);
  }

  save(record: AlertRecord): void {
    this.#save.run(
      record.fingerprint,
      record.isResolved ? 1 : 0,
      record.isSettled ? 1 : 0,
      JSON.stringify(record.alert),
    );
  }

  delete(record: AlertRecord): void {
    this.#version++;
    this.#records.delete(record.fingerprint);
    this.#byLabels.delete(record.key);
    this.#drop.run(record.fingerprint);
  }

  #keep(record: AlertRecord): void {
    this.#version++;
    this.#records.set(record.fingerprint, record);
    this.#byLabels.set(record.key, record);
  }

  #make(alert: KeptAlert): AlertRecord {
    return {
      fingerprint: fingerprintOf(alert.labels),
      key: labelsKey(alert.labels),
      drill: alert.labels[drillLabel],
      alert,
      isResolved: false,
      isSettled: false,
      changeSeq: 0,
      isProcessed: false,
      routes: [],
      groups: new Set(),
      silences: { version: 0, ids: [] },
      targetOf: [],
      sourceOf: [],
      lastOutcome: undefined,
    };
  }
}

export function fingerprintOf(labels: KeptAlert['labels']): string {
  return fnv1a64(sortedPairs(labels));
}
