import { QueryCanceledError, QueryTimedOutError } from './errors.ts';

interface Waiting {
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/** Lets at most so many queries in at a time; others wait in order, but not beyond their time. */
export class Admission {
  readonly #most: number;
  readonly #queue = new Set<Waiting>();
  #inside = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Queries that are evaluated, and that wait to be. */
  get counts(): { readonly running: number; readonly waiting: number } {
    return { running: this.#inside, waiting: this.#queue.size };
  }

  /**
   * Resolves when the caller is in; {@link leave} is to follow.
   *
   * @throws {QueryTimedOutError | QueryCanceledError} in words of Prometheus, by rejecting.
   */
  enter(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#inside < this.#most) {
      this.#inside++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        this.#queue.delete(waiting);
      };
      const waiting: Waiting = {
        admit() {
          done();
          resolve();
        },
        refuse(error) {
          done();
          reject(error);
        },
      };
      const cancel = (): void => waiting.refuse(new QueryCanceledError('query was canceled in query queue'));
      const timer = setTimeout(
        () => waiting.refuse(new QueryTimedOutError('query timed out in query queue')),
        Math.min(timeoutMs, 2_147_483_647),
      );
      this.#queue.add(waiting);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  leave(): void {
    const [next] = this.#queue;
    if (next === undefined) this.#inside--;
    else next.admit();
  }
}
