import type { Expr } from './ast.ts';
import { QueryFailedError } from './errors.ts';
import type { QueryResult } from './query-result.ts';
import type { Queryable } from './queryable.ts';

/** Settings of an {@link Engine}; Prometheus' defaults. */
export interface EngineOptions {
  /** How old a sample may be for an instant selector: 5 minutes. */
  readonly lookbackMs?: number;
  /** Samples that a query may hold in memory at once: 50 million. */
  readonly maxSamples?: number;
  /** Longest run of a query: 2 minutes. */
  readonly timeoutMs?: number;
  /** Most steps of a range query: 11,000. */
  readonly maxPoints?: number;
  /** Step of a subquery that states none: 1 minute. */
  readonly subqueryStepMs?: number;
  /** Whether metric names are dropped at the end of a query only (Prometheus' `promql-delayed-name-removal`): false. */
  readonly delayedNameRemoval?: boolean;
  /** Whether counters' start timestamps are used where the store has them (`use-start-timestamps`): false. */
  readonly startTimestamps?: boolean;
  /** The time for the timeout, in milliseconds. */
  readonly now?: () => number;
}

/** Answers PromQL queries. Holds no data and may be shared; each call is on its own and synchronous. */
export class Engine {
  readonly #options: EngineOptions;

  constructor(options: EngineOptions = {}) {
    this.#options = options;
  }

  /**
   * The value of an expression at one time.
   *
   * @throws {PromqlError} for a text that does not parse.
   * @throws {QueryFailedError | QueryTimedOutError | QueryCanceledError}
   */
  instant(queryable: Queryable, query: Expr | string, atMs: number, signal?: AbortSignal): QueryResult {
    void [queryable, query, atMs, signal, this.#options];
    throw new QueryFailedError('not there yet');
  }

  /**
   * The values of an expression at `startMs`, `startMs + stepMs`, … up to `endMs`. Series come in order of their labels.
   *
   * @throws {PromqlError} for a text that does not parse.
   * @throws {QueryFailedError | QueryTimedOutError | QueryCanceledError}
   */
  range(
    queryable: Queryable,
    query: Expr | string,
    range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
    signal?: AbortSignal,
  ): QueryResult {
    void [queryable, query, range, signal, this.#options];
    throw new QueryFailedError('not there yet');
  }
}
