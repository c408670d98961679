/** Lets so many in at a time, the others in the order of asking. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a place. The function that it gives leaves it again, and may be called more than once.
   *
   * @throws the reason of `signal`, when it aborts first.
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    if (!this.#taken(signal) && !(await this.#turn(signal))) throw signal.reason;
    let isHeld = true;
    const leave = (): void => {
      if (isHeld) this.#giveOn();
      isHeld = false;
    };
    if (signal.aborted) leave();
    signal.throwIfAborted();
    return leave;
  }

  /**
   * Runs `work` once there is a place; within this call itself where one is free. Gives up its turn, and resolves to undefined, when
   * `signal` aborts first.
   */
  async pass<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
    if (!this.#taken(signal) && !(await this.#turn(signal))) return undefined;
    try {
      return signal.aborted ? undefined : await work();
    } finally {
      this.#giveOn();
    }
  }

  #taken(signal: AbortSignal): boolean {
    if (signal.aborted || this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /** A place goes straight to who waits longest, so that nobody who comes later is before them. */
  #giveOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  /** Whether a place came before the signal. */
  #turn(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        resolve(true);
      };
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        resolve(false);
      };
      this.#waiting.push(go);
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}
