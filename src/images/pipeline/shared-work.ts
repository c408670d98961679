/** Work that several want at once is done once. It goes on as long as one of them still waits. */
export class SharedWork<Result> {
  readonly #running = new Map<
    string,
    { readonly result: Promise<Result>; readonly stop: AbortController; waiting: number }
  >();

  /** @throws what the work throws, or the reason of `signal`. */
  async run(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    let shared = this.#running.get(key);
    if (shared === undefined) {
      const stop = new AbortController();
      const result = work(stop.signal).finally(() => {
        if (this.#running.get(key)?.stop === stop) this.#running.delete(key);
      });
      // Those who gave up do not hear of its failure.
      result.catch(() => {});
      shared = { result, stop, waiting: 0 };
      this.#running.set(key, shared);
    }
    shared.waiting++;
    const { stop, result } = shared;
    let leave: () => void = () => {};
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      if (--shared.waiting === 0) {
        // Whoever comes now begins anew, rather than joining what is being stopped.
        if (this.#running.get(key) === shared) this.#running.delete(key);
        stop.abort(signal.reason);
      }
    }
  }
}
