/**
 * Time, as everything that waits sees it. The real one is {@link systemClock}; tests, drills and back-tests
 * pass a {@link VirtualClock} and run the same code in virtual time.
 */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now (at once for 0 or less, but never synchronously). Returns the cancel function. */
  timer(delayMs: number, callback: () => void): () => void;
}

/** Longest delay that Node's timers keep; a longer one would fire at once. */
const longestDelayMs = 2_147_483_647;

export const systemClock: Clock = {
  now: Date.now,
  timer(delayMs, callback) {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      handle =
        leftMs > longestDelayMs
          ? setTimeout(() => arm(leftMs - longestDelayMs), longestDelayMs)
          : setTimeout(callback, Math.max(0, leftMs));
    };
    arm(delayMs);
    return () => clearTimeout(handle);
  },
};

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to move; timers fire in order of their time. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  timer(delayMs: number, callback: () => void): () => void {
    const entry = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#pending.add(entry);
    return () => void this.#pending.delete(entry);
  }

  /** Moves time on by `ms`, firing what falls due on the way and letting promises settle after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }

  #next(endMs: number): Pending | undefined {
    let first: Pending | undefined;
    for (const entry of this.#pending) {
      if (entry.atMs > endMs) continue;
      if (
        first === undefined ||
        entry.atMs < first.atMs ||
        (entry.atMs === first.atMs && entry.order < first.order)
      )
        first = entry;
    }
    return first;
  }
}

/** Lets every promise that is ready run, those that they make ready included. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
