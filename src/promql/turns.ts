/**
 * Lets many queries share one thread: each slice of work is a turn, and between two turns whatever else waits (timers, requests)
 * goes first. Turns are taken in order of asking, so that no query waits for another to end.
 */
export class Turns {
  readonly #giveWay: () => Promise<void>;
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  constructor(giveWay: () => Promise<void> = nextTurnOfTheLoop) {
    this.#giveWay = giveWay;
  }

  /** Resolves when it is the caller's turn; {@link end} is to follow. */
  take(): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the caller's turn; the next begins after everything else had its chance. */
  end(): void {
    void this.#giveWay().then(() => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#isTaken = false;
      else next();
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
