import type { QueryEngine } from '../api/prometheus/source.ts';
import type { Engine } from '../promql/engine.ts';
import type { QueryResult } from '../promql/query-result.ts';
import type { RemoteRead } from '../remote/read/remote-read.ts';

const never = new AbortController().signal;

/** The engine with the series of other systems: what a query needs of them is read before it is evaluated. */
export function engineWithRemote(engine: Engine, remote: RemoteRead): QueryEngine {
  return {
    turns: engine.turns,
    async instantAsync(store, query, atMs, options = {}) {
      const time = { startMs: atMs, endMs: atMs, ...lookbackOf(options) };
      const { queryable, warnings } = await remote.open(store, query, time, options.signal ?? never);
      return withWarnings(await engine.instantAsync(queryable, query, atMs, options), warnings);
    },
    async rangeAsync(store, query, range, options = {}) {
      const time = { ...range, ...lookbackOf(options) };
      const { queryable, warnings } = await remote.open(store, query, time, options.signal ?? never);
      return withWarnings(await engine.rangeAsync(queryable, query, range, options), warnings);
    },
    async explain(store, query, range, options = {}) {
      const time = { ...range, ...lookbackOf(options) };
      const { queryable, warnings } = await remote.open(store, query, time, options.signal ?? never);
      const { plan, result } = await engine.explain(queryable, query, range, options);
      return { plan, result: withWarnings(result, warnings) };
    },
  };
}

function lookbackOf({ lookbackMs }: { readonly lookbackMs?: number }): { lookbackMs?: number } {
  return lookbackMs === undefined ? {} : { lookbackMs };
}

function withWarnings(result: QueryResult, warnings: readonly string[]): QueryResult {
  return warnings.length === 0 ? result : { ...result, warnings: [...result.warnings, ...warnings] };
}
