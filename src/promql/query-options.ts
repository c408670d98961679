import type { Expr } from './ast.ts';
import type { QueryResult } from './query-result.ts';
import type { Queryable } from './queryable.ts';

/** Settings of one query that is evaluated in slices; all may be left out. */
export interface AsyncQueryOptions {
  /** Stops the query: it rejects with `QueryCanceledError` within a slice. */
  readonly signal?: AbortSignal;
  /** Shorter than the engine's own timeout; a longer one is cut to it. */
  readonly timeoutMs?: number;
  /** Instead of the engine's look-back. */
  readonly lookbackMs?: number;
  /** Called after each slice with how long it held the event loop, in milliseconds. */
  readonly onSlice?: (ms: number) => void;
}

/** What the HTTP API needs of an engine: `Engine` has it. A query gives way to other work after about 10 ms, again and again. */
export interface AsyncQueryEngine {
  /** @throws as `Engine.instant`, by rejecting. */
  instantAsync(
    queryable: Queryable,
    query: Expr | string,
    atMs: number,
    options?: AsyncQueryOptions,
  ): Promise<QueryResult>;
  /** @throws as `Engine.range`, by rejecting. */
  rangeAsync(
    queryable: Queryable,
    query: Expr | string,
    range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
    options?: AsyncQueryOptions,
  ): Promise<QueryResult>;
}

/** A query's plan with what each part of it did. Times include those of the parts below. */
export interface ExplainNode {
  /** The canonical text of the part. */
  readonly expression: string;
  /** `selector`, `range selector`, `subquery`, `aggregation`, `binary`, `function`, `literal` … */
  readonly kind: string;
  /** How it is evaluated, in words: `sliding window`, `once, pinned by @` … Empty where there is nothing to say. */
  readonly detail: string;
  /** Series read from the store, or taken from the parts below. */
  readonly seriesIn: number;
  /** Samples read from the store, or taken from the parts below. */
  readonly samplesIn: number;
  readonly seriesOut: number;
  readonly samplesOut: number;
  readonly ms: number;
  readonly children: readonly ExplainNode[];
}
