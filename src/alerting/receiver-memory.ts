import type { Clock } from '../kit/clock.ts';
import type { Database, Statement } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';

/** What a notifier remembers of one group and one receiver's entry, such as the id of the message that it is to update. */
export interface LaneMemory {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  /** Forgets everything of this group and entry. */
  clear(): void;
}

const steps: readonly string[] = [
  `CREATE TABLE alerting_receiver_memory (
     lane TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     at_ms REAL NOT NULL,
     PRIMARY KEY (lane, key)
   ) WITHOUT ROWID;`,
];

const maxValueChars = 4096;

/** Memories by lane, in SQLite, so that a message is updated across restarts. What was not set for `keptMs` is forgotten. */
export class ReceiverMemory {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #read: Statement;
  readonly #readAll: Statement;
  readonly #write: Statement;
  readonly #clear: Statement;
  readonly #expire: Statement;
  readonly #keptMs: number;

  constructor(database: Database, clock: Pick<Clock, 'now'>, keptMs = 5 * 86_400_000) {
    this.#clock = clock;
    this.#keptMs = keptMs;
    migrate(database, 'alerting-receiver-memory', steps);
    this.#read = database.prepare(
      'SELECT value FROM alerting_receiver_memory WHERE lane = ? AND key = ? AND at_ms > ?',
    );
    this.#readAll = database.prepare(
      'SELECT key, value FROM alerting_receiver_memory WHERE lane = ? AND at_ms > ? ORDER BY key',
    );
    this.#write = database.prepare(
      'INSERT OR REPLACE INTO alerting_receiver_memory (lane, key, value, at_ms) VALUES (?, ?, ?, ?)',
    );
    this.#clear = database.prepare('DELETE FROM alerting_receiver_memory WHERE lane = ?');
    this.#expire = database.prepare('DELETE FROM alerting_receiver_memory WHERE at_ms <= ?');
  }

  /** Everything that is remembered of a lane. */
  all(lane: string): Readonly<Record<string, string>> {
    const rows = this.#readAll.all(lane, this.#clock.now() - this.#keptMs);
    return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
  }

  /** Puts `values` in place of what is remembered of a lane. */
  replace(lane: string, values: Readonly<Record<string, string>>): void {
    const memory = this.of(lane);
    memory.clear();
    for (const [key, value] of Object.entries(values)) memory.set(key, value);
  }

  of(lane: string): LaneMemory {
    return {
      get: (key) => {
        const value = this.#read.get(lane, key, this.#clock.now() - this.#keptMs)?.['value'];
        return value === undefined ? undefined : String(value);
      },
      set: (key, value) => {
        this.#expire.run(this.#clock.now() - this.#keptMs);
        this.#write.run(lane, key, value.slice(0, maxValueChars), this.#clock.now());
      },
      clear: () => void this.#clear.run(lane),
    };
  }
}

/** A memory for as long as the process: for single test notifications, and where there is no database. */
export function passingMemory(): LaneMemory {
  const kept = new Map<string, string>();
  return {
    get: (key) => kept.get(key),
    set: (key, value) => void kept.set(key, value),
    clear: () => kept.clear(),
  };
}
