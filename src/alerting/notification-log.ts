import type { Clock } from '../kit/clock.ts';
import type { Database, Statement } from '../store/database.ts';
import type { NotificationLogEntry } from './dedup.ts';
import { LateRows } from './late-rows.ts';
import { makeTables } from './tables.ts';
import type { WriteBehind } from './write-behind.ts';

/** An entry and until when it counts. */
export interface KeptEntry extends NotificationLogEntry {
  readonly expiresAtMs: number;
}

/** What was last sent, for each group and integration; kept in SQLite, so that a restart repeats nothing. */
export class NotificationLog {
  readonly #clock: Clock;
  readonly #rows: LateRows;
  readonly #entries = new Map<string, KeptEntry>();
  /** In how many entries each fingerprint fires. */
  readonly #firing = new Map<string, number>();
  readonly #drop: Statement;
  /** How far the time that its entries are in is ahead of this process's clock; other than 0 when it is shared. */
  aheadMs = 0;
  /** Told of what this process put, not of what it took over. */
  onPut: ((lane: string) => void) | undefined;

  constructor(database: Database, clock: Clock, writes: WriteBehind) {
    this.#clock = clock;
    makeTables(database);
    this.#rows = new LateRows({
      ...{ database, writes, table: 'alerting_notification_log' },
      columns: ['lane', 'at_ms', 'expires_at_ms', 'firing', 'resolved'],
    });
    this.#drop = database.prepare('DELETE FROM alerting_notification_log WHERE lane = ?');
    for (const row of database.prepare('SELECT * FROM alerting_notification_log').all()) {
      this.#keep(String(row['lane']), {
        atMs: Number(row['at_ms']),
        expiresAtMs: Number(row['expires_at_ms']),
        firing: new Set(JSON.parse(String(row['firing'])) as string[]),
        resolved: new Set(JSON.parse(String(row['resolved'])) as string[]),
      });
    }
  }

  get(lane: string): KeptEntry | undefined {
    // One that has expired counts until it is collected, as upstream.
    return this.#entries.get(lane);
  }

  put(lane: string, entry: NotificationLogEntry, expiresAtMs: number): void {
    // What is put follows what was there, whatever the clocks say: the newest is the one that counts for those who share the log.
    const afterMs = (this.#entries.get(lane)?.atMs ?? -1) + 1;
    this.#write(lane, { ...entry, atMs: Math.max(entry.atMs, afterMs), expiresAtMs });
    this.onPut?.(lane);
  }

  /** Takes over what another process put; it is for the caller to know that it is the newer. */
  take(lane: string, entry: KeptEntry): void {
    this.#write(lane, entry);
  }

  entries(): Iterable<readonly [lane: string, entry: KeptEntry]> {
    return this.#entries;
  }

  #write(lane: string, entry: KeptEntry): void {
    // First in memory: where the disk fails, this process still does not repeat itself.
    this.#keep(lane, entry);
    this.#rows.set(lane, () => [
      entry.atMs,
      entry.expiresAtMs,
      JSON.stringify([...entry.firing]),
      JSON.stringify([...entry.resolved]),
    ]);
  }

  /** Whether some integration was last told that this alert fires. */
  hasFiring(fingerprint: string): boolean {
    return this.#firing.has(fingerprint);
  }

  /** Forgets entries that expired. */
  collect(): void {
    const nowMs = this.#clock.now() + this.aheadMs;
    for (const [lane, { expiresAtMs }] of this.#entries) {
      if (expiresAtMs > nowMs) continue;
      this.#count(this.#entries.get(lane), -1);
      this.#entries.delete(lane);
      this.#drop.run(lane);
    }
  }

  #keep(lane: string, entry: KeptEntry): void {
    this.#count(this.#entries.get(lane), -1);
    this.#count(entry, 1);
    this.#entries.set(lane, entry);
  }

  #count(entry: KeptEntry | undefined, by: number): void {
    for (const fingerprint of entry?.firing ?? []) {
      const count = (this.#firing.get(fingerprint) ?? 0) + by;
      if (count > 0) this.#firing.set(fingerprint, count);
      else this.#firing.delete(fingerprint);
    }
  }
}
