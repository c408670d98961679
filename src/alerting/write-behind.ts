import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { Database } from '../store/database.ts';

const retryAfterMs = 1000;
/** What waits beyond that, while the disk cannot be written, is given up, the oldest first. */
const maxWaiting = 20_000;

/**
 * Small writes that follow what has happened already (a notification was delivered, a group was flushed): those of one turn of the
 * event loop are put on disk together, at its end.
 */
export class WriteBehind {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  #waiting: (() => void)[] = [];
  #isArmed = false;
  #cancelRetry: (() => void) | undefined;

  constructor(database: Database, clock: Clock, log: Logger) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** `write` is run once, within a transaction; again when that failed. */
  add(write: () => void): void {
    this.#waiting.push(write);
    if (this.#waiting.length > maxWaiting) this.#waiting.shift();
    if (this.#isArmed || this.#cancelRetry !== undefined) return;
    this.#isArmed = true;
    setImmediate(() => {
      this.#isArmed = false;
      this.flush();
    });
  }

  /** Writes what waits now. Never throws: what could not be written is tried again. */
  flush(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (this.#waiting.length === 0) return;
    const writes = this.#waiting;
    this.#waiting = [];
    try {
      this.#database.transaction(() => {
        for (const write of writes) write();
      });
    } catch (error) {
      this.#waiting = [...writes, ...this.#waiting];
      this.#log.error({ problem: messageOf(error) }, 'alerting state could not be written; will try again');
      this.#cancelRetry = this.#clock.timer(retryAfterMs, () => {
        this.#cancelRetry = undefined;
        this.flush();
      });
    }
  }

  /** Writes what waits, and ends timers. */
  close(): void {
    this.flush();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }
}
