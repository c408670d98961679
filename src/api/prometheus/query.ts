import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  parameters,
} from '../../http/server.ts';
import type { Expr } from '../../promql/ast.ts';
import { typeOf } from '../../promql/check.ts';
import { formatExpr } from '../../promql/format.ts';
import type { AsyncQueryOptions } from '../../promql/query-options.ts';
import { Turns } from '../../promql/turns.ts';
import { astJson } from './ast-json.ts';
import { ApiError, success } from './envelope.ts';
import {
  durationParameter,
  invalid,
  limitParameter,
  queryParameter,
  readDuration,
  timeParameter,
} from './parameters.ts';
import { QueryTimer } from './query-stats.ts';
import { type AnswerOptions, answerPieces } from './result-json.ts';
import { sendPieces, whileConnected } from './send-pieces.ts';
import type { PrometheusSource } from './source.ts';

/** As Prometheus has it: enough for a screen, few enough for memory. */
const mostPoints = 11_000;
/** The engine's own; a query may ask for less. */
const longestMs = 120_000;

/** What a query route needs. */
export type QuerySource = Pick<PrometheusSource, 'engine' | 'store' | 'now'>;

/**
 * `/api/v1/query`, `/query_range`, `/format_query`, `/parse_query`, by GET and POST; and `/api/skopos/v1/explain`, which takes the
 * parameters of either of the first two and answers with the plan and what each part of it did.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function queryRoutes(app: FastifyInstance, source: QuerySource): void {
  const { engine, store, now } = source;
  const turns = engine.turns ?? new Turns();

  both(app, '/api/v1/query', async (all, reply) => {
    const atMs = timeParameter(all, 'time', now());
    const { expr, options, ...how } = runOf(all, reply);
    const timer = new QueryTimer(store);
    const result = await timer.time((onSlice) =>
      engine.instantAsync(timer.queryable, expr, atMs, { ...options, onSlice }),
    );
    return sendPieces(reply, answerPieces(result, answerOptions(how, timer)), turns);
  });

  both(app, '/api/v1/query_range', async (all, reply) => {
    const range = rangeOf(all);
    const { expr, options, ...how } = runOf(all, reply);
    checkRangeType(expr);
    const timer = new QueryTimer(store);
    const result = await timer.time((onSlice) =>
      engine.rangeAsync(timer.queryable, expr, range, { ...options, onSlice }),
    );
    return sendPieces(reply, answerPieces(result, answerOptions(how, timer)), turns);
  });

  both(app, '/api/skopos/v1/explain', async (all, reply) => {
    const isRange = (all.get('step') ?? '') !== '';
    const atMs = isRange ? 0 : timeParameter(all, 'time', now());
    const range = isRange ? rangeOf(all) : { startMs: atMs, endMs: atMs, stepMs: 0 };
    const { expr, options } = runOf(all, reply);
    if (isRange) checkRangeType(expr);
    if (engine.explain === undefined) throw new ApiError('not_found', 'plans are not available');
    const { plan, result } = await engine.explain(store, expr, range, options);
    return success({ plan: plan ?? null }, result);
  });

  both(app, '/api/v1/format_query', async (all) => success(formatExpr(queryParameter(all), true)));
  both(app, '/api/v1/parse_query', async (all) => success(astJson(queryParameter(all))));
}

/** The same by GET and by POST with a form, as every query route of Prometheus. */
export function both(
  app: FastifyInstance,
  url: string,
  handle: (all: URLSearchParams, reply: FastifyReply) => unknown,
): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    handle(parameters(request), reply);
  app.route({ method: ['GET', 'POST'], url, handler });
}

interface Run extends How {
  readonly expr: Expr;
  readonly options: AsyncQueryOptions;
}

/** How the answer is to be. */
interface How {
  readonly limit: number;
  /** '' for none. */
  readonly stats: string;
}

function runOf(all: URLSearchParams, reply: FastifyReply): Run {
  const limit = limitParameter(all);
  const timeoutMs = Math.min(durationParameter(all, 'timeout', longestMs), longestMs);
  const expr = queryParameter(all);
  const lookback = all.get('lookback_delta') ?? '';
  const refusal = (why: string) => new ApiError('bad_data', `error parsing lookback delta duration: ${why}`);
  const options = {
    signal: whileConnected(reply),
    timeoutMs,
    ...(lookback === '' ? {} : { lookbackMs: readDuration(lookback, refusal) }),
  };
  return { expr, options, limit, stats: all.get('stats') ?? '' };
}

function rangeOf(all: URLSearchParams): { startMs: number; endMs: number; stepMs: number } {
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
  return { startMs, endMs, stepMs };
}

function checkRangeType(expr: Expr): void {
  const type = typeOf(expr);
  if (type !== 'vector' && type !== 'scalar')
    throw invalid(
      'query',
      `invalid expression type "${type === 'matrix' ? 'range vector' : type}" for range query, must be Scalar or instant Vector`,
    );
}

function answerOptions({ limit, stats }: How, timer: QueryTimer): AnswerOptions {
  return { limit, ...(stats === '' ? {} : { stats: timer.statistics() }) };
}
