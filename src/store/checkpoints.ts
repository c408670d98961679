import type { Clock } from '../kit/clock.ts';
import { codeOfError, type Driver } from './driver.ts';

/** How long nothing must have been written. */
const quietMs = 200;
/** So many statements are worth a checkpoint by themselves; fewer wait for {@link oldMs}. */
const manyWrites = 100;
const oldMs = 60_000;

/**
 * Moves the write-ahead log into the database file while there is nothing else to do, as it costs two waits for the disk. SQLite's own
 * checkpoint, within the commit that makes the log too long, is only there for a log that grows without a pause.
 */
export class Checkpoints {
  readonly #driver: Driver;
  readonly #clock: Clock;
  #writes = 0;
  #lastMs = 0;
  #sinceMs = 0;
  #cancel: (() => void) | undefined;

  constructor(driver: Driver, clock: Clock) {
    this.#driver = driver;
    this.#clock = clock;
  }

  /** To be called after each statement that may have written. */
  wrote(): void {
    this.#lastMs = this.#clock.now();
    if (this.#writes++ === 0) this.#sinceMs = this.#lastMs;
    this.#cancel ??= this.#clock.timer(quietMs, () => this.#look());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    this.#cancel = undefined;
    const nowMs = this.#clock.now();
    const waitMs =
      this.#writes < manyWrites && nowMs - this.#sinceMs < oldMs
        ? this.#sinceMs + oldMs - nowMs
        : this.#lastMs + quietMs - nowMs;
    if (waitMs > 0) {
      this.#cancel = this.#clock.timer(Math.min(waitMs, 5 * quietMs), () => this.#look());
      return;
    }
    this.#writes = 0;
    try {
      this.#driver.prepare('PRAGMA wal_checkpoint(PASSIVE)').get([]);
    } catch (error) {
      // The log has it all; the next commit says what is wrong with the disk.
      if (codeOfError(error) === '') throw error;
    }
  }
}
