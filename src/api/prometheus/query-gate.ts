import { sleep } from '../../kit/sleep.ts';
import { QueryCanceledError, QueryTimedOutError } from '../../promql/errors.ts';

/** Lets so many queries run at once; the others wait in order, for as long as they may take. */
export class QueryGate {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Runs a query when it is its turn.
   *
   * @param run is told how long it waited, in ms
   * @throws {QueryCanceledError | QueryTimedOutError} when it never came to its turn.
   */
  async run<T>(signal: AbortSignal, timeoutMs: number, run: (waitedMs: number) => Promise<T>): Promise<T> {
    const startMs = performance.now();
    if (this.#running >= this.#most) await this.#turn(signal, timeoutMs);
    else this.#running++;
    try {
      return await run(performance.now() - startMs);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** Resolves when a place was handed over. */
  async #turn(signal: AbortSignal, timeoutMs: number): Promise<void> {
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    let isTurn = false;
    const turn = new Promise<void>((resolve) => {
      const take = (): void => {
        isTurn = true;
        resolve();
      };
      this.#waiting.push(take);
      void sleep(timeoutMs, stop).then(() => {
        const at = this.#waiting.indexOf(take);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve();
      });
    });
    await turn;
    done.abort();
    if (isTurn) return;
    if (signal.aborted) throw new QueryCanceledError('query was canceled in query queue');
    throw new QueryTimedOutError('query timed out in query queue');
  }
}
