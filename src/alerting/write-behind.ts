import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { Database } from '../store/database.ts';

const retryAfterMs = 1000;
/** While much is written, so long passes from one time to the next, as each costs a commit. */
const gapMs = 20;
/** What waits beyond that, while the disk cannot be written, is given up, the oldest first. */
const maxWaiting = 20_000;

interface Waiting {
  readonly write: () => void;
  readonly done: (() => void) | undefined;
}

/**
 * Small writes that follow what has happened already (a notification was delivered, a group was flushed): on disk at the end of the
 * turn of the event loop; in a flood, those of 20 ms together.
 */
export class WriteBehind {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  #waiting: Waiting[] = [];
  #isArmed = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(database: Database, clock: Clock, log: Logger) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** `write` is run once, within a transaction, and again when that failed; `done` when it has succeeded. */
  add(write: () => void, done?: () => void): void {
    this.#waiting.push({ write, done });
    if (this.#waiting.length > maxWaiting) this.#waiting.shift();
    if (this.#isArmed || this.#cancelTimer !== undefined) return;
    const sinceMs = this.#clock.now() - this.#lastMs;
    if (sinceMs >= 0 && sinceMs < gapMs) {
      this.#flushAfter(gapMs - sinceMs);
      return;
    }
    this.#isArmed = true;
    setImmediate(() => {
      this.#isArmed = false;
      this.flush();
    });
  }

  /** Writes what waits now. Never throws: what could not be written is tried again. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#waiting.length === 0) return;
    const writes = this.#waiting;
    this.#waiting = [];
    try {
      this.#database.transaction(() => {
        for (const { write } of writes) write();
      });
      for (const { done } of writes) done?.();
    } catch (error) {
      this.#waiting = [...writes, ...this.#waiting];
      this.#log.error({ problem: messageOf(error) }, 'alerting state could not be written; will try again');
      this.#flushAfter(retryAfterMs);
    }
    this.#lastMs = this.#clock.now();
  }

  #flushAfter(delayMs: number): void {
    this.#cancelTimer = this.#clock.timer(delayMs, () => {
      this.#cancelTimer = undefined;
      this.flush();
    });
  }

  /** Writes what waits, and ends timers. */
  close(): void {
    this.flush();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
