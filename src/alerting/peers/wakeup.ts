import type { Clock } from '../../kit/clock.ts';

/** Lets several wait for the same thing to happen, or for a time to pass. */
export class Wakeup {
  readonly #waiting = new Set<() => void>();
  #isDue = false;

  /** Ends every wait; the next one ends at once when nobody waits now. */
  wake(): void {
    this.#isDue = this.#waiting.size === 0;
    for (const go of [...this.#waiting]) go();
  }

  /** Resolves when woken, after `ms`, or when `signal` aborts. */
  wait(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
    if (this.#isDue || signal.aborted) {
      this.#isDue = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const cancel = clock.timer(ms, done);
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.add(done);
    });
  }
}
