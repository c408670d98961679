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
    const leave = await this.#entered(signal);
    if (leave !== undefined) return leave;
    throw signal.reason;
  }

  /** Runs `work` once there is a place. Gives up its turn, and resolves to undefined, when `signal` aborts first. */
  async pass<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
    const leave = await this.#entered(signal);
    if (leave === undefined) return undefined;
    try {
      return await work();
    } finally {
      leave();
    }
  }

  async #entered(signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    if (this.#free > 0) this.#free--;
    else if (!(await this.#turn(signal))) return undefined;
    let isHeld = true;
    const leave = (): void => {
      if (isHeld) this.#giveOn();
      isHeld = false;
    };
    if (!signal.aborted) return leave;
    leave();
    return undefined;
  }

  /** A place goes straight to who waits longest, so that nobody who comes later is before them. */
  #giveOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  #turn(signal: AbortSignal): Promise<boolean> {
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
