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
  isCancelled: boolean;
}

/** A clock that stands still until it is told to move; timers fire in order of their time. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  /** A binary heap, the first to fire on top: back-tests have thousands of timers. */
  readonly #pending: Pending[] = [];

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  timer(delayMs: number, callback: () => void): () => void {
    const entry = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      callback,
      isCancelled: false,
    };
    this.#push(entry);
    return () => {
      entry.isCancelled = true;
    };
  }

  /** Moves time on by `ms`, firing what falls due on the way and letting promises settle after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }

  /** Takes the first that is due by then off the heap. */
  #next(endMs: number): Pending | undefined {
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      if (!first.isCancelled && first.atMs > endMs) return undefined;
      this.#pop();
      if (!first.isCancelled) return first;
    }
    return undefined;
  }

  #push(entry: Pending): void {
    const heap = this.#pending;
    let at = heap.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#pending;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = heap[childAt];
      const right = heap[childAt + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        child = right;
        childAt++;
      }
      if (child === undefined || !isBefore(child, last)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = last;
  }
}

function isBefore(a: Pending, b: Pending): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Lets every promise that is ready run, those that they make ready included. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
