/** Lets so many in at a time, the others in the order of asking. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  /** Who gives up when a signal aborts: one listener for all of them, as signals look through all that they have for each. */
  readonly #stops = new Map<AbortSignal, Set<() => void>>();

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
        this.#forget(signal, stop);
        resolve(true);
      };
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        resolve(false);
      };
      this.#waiting.push(go);
      this.#listen(signal, stop);
    });
  }

  #listen(signal: AbortSignal, stop: () => void): void {
    const known = this.#stops.get(signal);
    if (known !== undefined) {
      known.add(stop);
      return;
    }
    const all = new Set([stop]);
    this.#stops.set(signal, all);
    signal.addEventListener('abort', this.#stopAll, { once: true });
  }

  #forget(signal: AbortSignal, stop: () => void): void {
    const all = this.#stops.get(signal);
    if (all?.delete(stop) !== true || all.size > 0) return;
    this.#stops.delete(signal);
    signal.removeEventListener('abort', this.#stopAll);
  }

  readonly #stopAll = ({ target }: Event): void => {
    const signal = target as AbortSignal;
    const all = this.#stops.get(signal) ?? [];
    this.#stops.delete(signal);
    for (const stop of all) stop();
  };
}
