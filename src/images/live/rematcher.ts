import { availableParallelism } from 'node:os';
import type { Clock } from '../../kit/clock.ts';
import { messageOf } from '../../kit/app-error.ts';
import { ThreadPool } from '../pipeline/thread-pool.ts';
import { doMatchJob, type MatchJob, type MatchThreadData } from './match-job.ts';
import { MatchThread, matchThreadUrl } from './match-thread.ts';
import type { ImageMatcher } from './matcher.ts';
import type { ResultRow } from './result-row.ts';

export interface RematcherOptions {
  readonly matcher: ImageMatcher;
  readonly clock: Clock;
  /** What threads need, as it is now; absent where everything is to be done in the event loop. */
  readonly threads?: (() => MatchThreadData) | undefined;
}

/** Fewer images are not worth the start of threads. */
const fewest = 12;
/** With more than these, what is told to people waits for processors. */
const mostThreads = 2;

/**
 * Matches many images anew: in threads, as each takes milliseconds of a processor, and so that everything else goes on; in the
 * event loop, in turns, where they are few or threads cannot be had.
 */
export class Rematcher {
  readonly #options: RematcherOptions;

  constructor(options: RematcherOptions) {
    this.#options = options;
  }

  /**
   * @param count of the jobs
   * @param jobs asked for one by one, as there is room for them
   * @param take is given each result as it comes, in any order, or why there is none
   */
  async run(
    { count, jobs }: { readonly count: number; readonly jobs: Iterable<MatchJob> },
    signal: AbortSignal,
    take: (digest: string, result: ResultRow | { readonly problem: string }) => void,
  ): Promise<void> {
    const { threads, clock, matcher } = this.#options;
    const url = matchThreadUrl();
    const size = Math.min(mostThreads, availableParallelism());
    const isInThreads = threads !== undefined && url !== undefined && count >= fewest;
    const pool = isInThreads ? new ThreadPool(size, () => new MatchThread(url, threads()), clock) : undefined;
    const match = (job: MatchJob): Promise<ResultRow> | ResultRow =>
      pool === undefined ? doMatchJob(job, matcher) : pool.run(signal, (thread) => thread.match(job));
    const waiting = jobs[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (let next = waiting.next(); next.done !== true && !signal.aborted; next = waiting.next()) {
        const { digest } = next.value;
        try {
          take(digest, await match(next.value));
        } catch (error) {
          if (!signal.aborted) take(digest, { problem: messageOf(error) });
        }
        if (pool === undefined) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    try {
      // One more than there are threads, so that none waits for its next job.
      await Promise.all(Array.from({ length: pool === undefined ? 1 : size + 1 }, work));
    } finally {
      await pool?.close();
    }
  }
}
