import type { Work } from '../kit/work.ts';

export { finish } from '../kit/work.ts';

/** Work that is told when its slice of time is used up, and yields then. */
export type Sliced<T> = (isSpent: () => boolean) => Work<T>;

export interface TurnsOptions {
  /** How long work may hold the event loop in one of its turns, all work together: 4 ms. */
  readonly sliceMs?: number;
  /** Lets other work go on; the event loop's next turn where not given. */
  readonly giveWay?: () => Promise<void>;
  /** A clock for the length of slices, in milliseconds. */
  readonly now?: () => number;
}

export interface RunOptions {
  /** Goes before work that is not urgent, except for the slice that runs. */
  readonly urgent?: boolean;
  /** Called after each slice with how long it held the event loop, in milliseconds. */
  readonly onSlice?: ((ms: number) => void) | undefined;
}

/** What came of an attempt: the value where the first slice was enough, else the promise of it. */
export type Attempt<T> = { readonly value: T } | { readonly rest: Promise<T> };

/**
 * Lets much work share one thread: whatever takes turns here holds the event loop for one slice of time, all together, and then
 * whatever else waits (timers, requests) goes first. Work that does not fit waits in order of asking, so that nothing waits for other
 * work to end. What is small is done at once, without waiting for another turn of the loop.
 */
export class Turns {
  readonly #sliceMs: number;
  readonly #giveWay: () => Promise<void>;
  readonly #now: () => number;
  readonly #urgent: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;
  /** Whether something was done in this turn of the loop, and for how long. */
  #isUsed = false;
  #usedMs = 0;

  constructor(options: TurnsOptions = {}) {
    this.#sliceMs = options.sliceMs ?? 4;
    this.#giveWay = options.giveWay ?? nextTurnOfTheLoop;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Runs work to its end, in slices. @throws what the work throws. */
  async run<T>(sliced: Sliced<T>, options: RunOptions = {}): Promise<T> {
    return this.#goOn(this.#begin(sliced), options);
  }

  /** As {@link run}, but the first slice is done before this returns, unless others have used up this turn of the loop. */
  attempt<T>(sliced: Sliced<T>, options: RunOptions = {}): Attempt<T> {
    const next = this.#begin(sliced);
    if (!this.#tryTake(options)) return { rest: this.#goOn(next, options) };
    const step = this.#slice(next, options);
    return step.done === true ? { value: step.value } : { rest: this.#goOn(next, options) };
  }

  /** Does what fits one slice, when it is its turn. @throws what the work throws. */
  async once<T>(work: (isSpent: () => boolean) => T): Promise<T> {
    return this.#goOn(
      this.#timed((isSpent) => ({ done: true, value: work(isSpent) })),
      {},
    );
  }

  /** The work's steps, each a slice. Work begins in its first slice, so that what it throws then is thrown there. */
  #begin<T>(sliced: Sliced<T>): () => IteratorResult<undefined, T> {
    let work: Work<T> | undefined;
    return this.#timed((isSpent) => {
      work ??= sliced(isSpent);
      return work.next();
    });
  }

  #timed<T>(step: (isSpent: () => boolean) => T): () => T {
    let untilMs = 0;
    const isSpent = (): boolean => this.#now() >= untilMs;
    return () => {
      untilMs = this.#now() + this.#sliceMs - this.#usedMs;
      return step(isSpent);
    };
  }

  async #goOn<T>(next: () => IteratorResult<undefined, T>, options: RunOptions): Promise<T> {
    for (;;) {
      if (!this.#tryTake(options))
        await new Promise<void>((resolve) => {
          (options.urgent === true ? this.#urgent : this.#waiting).push(resolve);
        });
      const step = this.#slice(next, options);
      if (step.done === true) return step.value;
    }
  }

  /** Not while others wait: they were first. */
  #tryTake({ urgent = false }: RunOptions): boolean {
    const isWaitedFor = this.#urgent.length > 0 || (!urgent && this.#waiting.length > 0);
    if (this.#isTaken || isWaitedFor || (this.#isUsed && this.#usedMs >= this.#sliceMs)) return false;
    this.#isTaken = true;
    return true;
  }

  #slice<T>(next: () => IteratorResult<undefined, T>, { onSlice }: RunOptions): IteratorResult<undefined, T> {
    const startMs = this.#now();
    try {
      return next();
    } finally {
      const ms = this.#now() - startMs;
      this.#usedMs += ms;
      this.#end();
      onSlice?.(ms);
    }
  }

  #end(): void {
    this.#isTaken = false;
    if (this.#isUsed) return;
    this.#isUsed = true;
    void this.#giveWay().then(() => {
      this.#isUsed = false;
      this.#usedMs = 0;
      const next = this.#urgent.shift() ?? this.#waiting.shift();
      if (next === undefined) return;
      this.#isTaken = true;
      next();
    });
  }
}

/** Node has `setImmediate`, which lets requests be read in between; pages have only timers. */
function nextTurnOfTheLoop(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  return new Promise((resolve) => {
    if (setImmediate === undefined) setTimeout(resolve, 0);
    else setImmediate(resolve);
  });
}
