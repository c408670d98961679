import type { Clock } from '../kit/clock.ts';
import { CheckpointThread } from './checkpoint-thread.ts';
import { codeOfError, type Driver } from './driver.ts';

/** How long nothing must have been written. */
const quietMs = 200;
/** So many statements are worth a checkpoint by themselves; fewer wait for {@link oldMs}. */
const manyWrites = 100;
const oldMs = 60_000;
/** Writing that never pauses is moved by a thread so often … */
const pressingMs = 1_000;
/** … where there are at least so many statements in that time: a thread costs some MiB of memory. */
const pressingWrites = 200;
/** A thread that had nothing to do for so long ends, and gives its memory back. */
const idleMs = 30_000;

export interface CheckpointsOptions {
  readonly driver: Driver;
  readonly path: string;
  readonly clock: Clock;
}

/**
 * Moves the write-ahead log into the database file, which costs two waits for the disk: while there is nothing else to do, and under
 * much writing in a thread of its own. SQLite's own checkpoint, within the commit that makes the log too long, is only there for a log that
 * grows faster than that.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  #thread: CheckpointThread | undefined;
  /** It could not be started, or broke down. */
  #isWithoutThread = !CheckpointThread.isPossible;
  #cancelIdle: (() => void) | undefined;
  #writes = 0;
  #lastMs = 0;
  #sinceMs = 0;
  #cancel: (() => void) | undefined;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
  }

  /** To be called after each statement that may have written. */
  wrote(): void {
    const { clock } = this.#options;
    this.#lastMs = clock.now();
    if (this.#writes++ === 0) this.#sinceMs = this.#lastMs;
    this.#cancel ??= clock.timer(quietMs, () => this.#look());
  }

  /** To be called before the connection is closed. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#cancelIdle?.();
    this.#thread?.close();
    this.#thread = undefined;
  }

  #look(): void {
    this.#cancel = undefined;
    const waitMs = this.#waitMs();
    if (waitMs > 0) {
      this.#cancel = this.#options.clock.timer(Math.min(waitMs, 5 * quietMs), () => this.#look());
      return;
    }
    if (this.#thread !== undefined || this.#isPressed()) this.#inThread();
    else this.#here();
  }

  #waitMs(): number {
    const nowMs = this.#options.clock.now();
    if (this.#writes < manyWrites && nowMs - this.#sinceMs < oldMs) return this.#sinceMs + oldMs - nowMs;
    const quietInMs = this.#lastMs + quietMs - nowMs;
    return this.#isPressed() ? Math.min(quietInMs, this.#sinceMs + pressingMs - nowMs) : quietInMs;
  }

  /** Whether so much is written that a thread is worth its memory. */
  #isPressed(): boolean {
    if (this.#isWithoutThread || this.#writes < pressingWrites) return false;
    const spentMs = this.#options.clock.now() - this.#sinceMs;
    return this.#writes * pressingMs >= pressingWrites * spentMs;
  }

  #inThread(): void {
    const { path, clock } = this.#options;
    if (this.#thread?.isBusy === true) {
      this.#cancel = clock.timer(quietMs, () => this.#look());
      return;
    }
    this.#writes = 0;
    this.#cancelIdle?.();
    this.#thread ??= new CheckpointThread(path, () => {
      this.#isWithoutThread = true;
      this.#thread = undefined;
    });
    const thread = this.#thread;
    thread.checkpoint(() => {
      if (this.#thread !== thread) return;
      this.#cancelIdle = clock.timer(idleMs, () => {
        this.#thread = undefined;
        thread.end();
      });
    });
  }

  #here(): void {
    this.#writes = 0;
    try {
      this.#options.driver.prepare('PRAGMA wal_checkpoint(PASSIVE)').get([]);
    } catch (error) {
      // The log has it all; the next commit says what is wrong with the disk.
      if (codeOfError(error) === '') throw error;
    }
  }
}
