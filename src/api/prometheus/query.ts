import { type FastifyInstance, parameters } from '../../http/server.ts';
import type { SeriesSamples } from '../../model/sample.ts';
import type { Expr } from '../../promql/ast.ts';
import { typeOf } from '../../promql/check.ts';
import { PromqlError } from '../../promql/errors.ts';
import { formatExpr } from '../../promql/format.ts';
import { parseExpr } from '../../promql/parser.ts';
import type { QueryResult } from '../../promql/query-result.ts';
import type { Queryable } from '../../promql/queryable.ts';
import { ApiError, success } from './envelope.ts';
import { countParameter, durationParameter, invalid, timeParameter } from './parameters.ts';

export interface QueryRoutesOptions {
  /** The PromQL engine. */
  readonly engine: QueryEngine;
  readonly queryable: Queryable;
  /** Unix ms; what `time` is when left out. */
  readonly now: () => number;
}

export interface QueryEngine {
  instant(queryable: Queryable, query: Expr, atMs: number): QueryResult;
  range(queryable: Queryable, query: Expr, startMs: number, endMs: number, stepMs: number): QueryResult;
}

/** As Prometheus has it: enough for a screen, few enough for memory. */
const mostPoints = 11_000;

/**
 * `/api/v1/query`, `/query_range`, `/format_query` and `/query_exemplars`, by GET and POST.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function queryRoutes(app: FastifyInstance, { engine, queryable, now }: QueryRoutesOptions): void {
  both(app, '/api/v1/query', (all) => {
    const atMs = timeParameter(all, 'time', now());
    const limit = countParameter(all, 'limit', 0);
    checkTimeout(all);
    return answer(engine.instant(queryable, queryParameter(all), atMs), limit);
  });

  both(app, '/api/v1/query_range', (all) => {
    const startMs = timeParameter(all, 'start');
    const endMs = timeParameter(all, 'end');
    if (endMs < startMs) throw invalid('end', 'end timestamp must not be before start time');
    const stepMs = durationParameter(all, 'step');
    if (stepMs <= 0)
      throw invalid(
        'step',
        'zero or negative query resolution step widths are not accepted. Try a positive integer',
      );
    if ((endMs - startMs) / stepMs > mostPoints)
      throw new ApiError(
        'bad_data',
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
      );
    const limit = countParameter(all, 'limit', 0);
    checkTimeout(all);
    const expr = queryParameter(all);
    const type = typeOf(expr);
    if (type !== 'vector' && type !== 'scalar')
      throw invalid(
        'query',
        `invalid expression type "${type === 'matrix' ? 'range vector' : type}" for range query, must be Scalar or instant Vector`,
      );
    return answer(engine.range(queryable, expr, startMs, endMs, stepMs), limit);
  });

  both(app, '/api/v1/format_query', (all) => success(formatExpr(queryParameter(all), true)));

  both(app, '/api/v1/query_exemplars', (all) => {
    queryParameter(all);
    // No exemplars are kept.
    return success([]);
  });
}

/** The same by GET and by POST with a form, as every query route of Prometheus. */
export function both(app: FastifyInstance, url: string, handle: (all: URLSearchParams) => unknown): void {
  app.route({ method: ['GET', 'POST'], url, handler: async (request) => handle(parameters(request)) });
}

/** What Prometheus says when `limit` cut an answer short. */
export const truncated = 'results truncated due to limit';

function queryParameter(all: URLSearchParams): Expr {
  try {
    return parseExpr(all.get('query') ?? '');
  } catch (error) {
    if (error instanceof PromqlError) throw invalid('query', error.message);
    throw error;
  }
}

/** The engine has a timeout of its own, which a query may not lengthen; a wrong one is still an error. */
function checkTimeout(all: URLSearchParams): void {
  durationParameter(all, 'timeout', 0);
}

function answer(result: QueryResult, limit: number): unknown {
  const [data, isCut] = dataOf(result, limit);
  const warnings = isCut ? [...result.warnings, truncated] : result.warnings;
  return success(data, { warnings, infos: result.infos });
}

function dataOf(result: QueryResult, limit: number): readonly [data: unknown, isCut: boolean] {
  switch (result.type) {
    case 'vector': {
      const [samples, isCut] = cut(result.samples, limit);
      const shown = samples.map(({ labels, atMs, value }) => ({
        metric: labels,
        value: [atMs / 1000, wireValue(value)],
      }));
      return [{ resultType: 'vector', result: shown }, isCut];
    }
    case 'matrix': {
      const [series, isCut] = cut(result.series, limit);
      return [{ resultType: 'matrix', result: series.map(seriesJson) }, isCut];
    }
    case 'scalar':
      return [{ resultType: 'scalar', result: [result.atMs / 1000, wireValue(result.value)] }, false];
    case 'string':
      return [{ resultType: 'string', result: [result.atMs / 1000, result.value] }, false];
  }
}

function seriesJson({ labels, timesMs, values }: SeriesSamples): unknown {
  const points: [seconds: number, value: string][] = [];
  for (let i = 0; i < timesMs.length; i++)
    points.push([(timesMs[i] ?? 0) / 1000, wireValue(values[i] ?? Number.NaN)]);
  return { metric: labels, values: points };
}

/** No more than `limit` items; 0 is no limit. */
export function cut<T>(items: readonly T[], limit: number): readonly [items: readonly T[], isCut: boolean] {
  return limit > 0 && items.length > limit ? [items.slice(0, limit), true] : [items, false];
}

/** A value as the API sends it: shortest digits, an exponent below 1e-6 and from 1e21 on, as in Go's JSON. */
function wireValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}
