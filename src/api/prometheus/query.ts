import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  parameters,
} from '../../http/server.ts';
import type { Expr } from '../../promql/ast.ts';
import { typeOf } from '../../promql/check.ts';
import { formatExpr } from '../../promql/format.ts';
import type { QueryResult } from '../../promql/query-result.ts';
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
import { QueryGate } from './query-gate.ts';
import { type QueryStatistics, QueryTimer } from './query-stats.ts';
import { type AnswerGrid, answerPieces } from './result-json.ts';
import { sendPieces, whileConnected } from './send-pieces.ts';
import type { PrometheusSource } from './source.ts';

/** As Prometheus has it: enough for a screen, few enough for memory. */
const mostPoints = 11_000;
/** The engine's own; a query may ask for less. */
const longestMs = 120_000;
const defaultConcurrency = 20;

/** What a query route needs. */
export type QuerySource = Pick<PrometheusSource, 'engine' | 'store' | 'now' | 'maxConcurrency'>;

/**
 * `/api/v1/query`, `/query_range`, `/format_query`, `/parse_query`, by GET and POST; and `/api/skopos/v1/explain`, which takes the
 * parameters of either of the first two and answers with the plan and what each part of it did.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function queryRoutes(app: FastifyInstance, source: QuerySource): void {
  const { engine, store, now } = source;
  const gate = new QueryGate(source.maxConcurrency ?? defaultConcurrency);

  both(app, '/api/v1/query', (all, reply) => {
    const atMs = timeParameter(all, 'time', now());
    const run = runOf(all, reply);
    const timer = new QueryTimer(store);
    return gate.run(run.signal, run.timeoutMs, async (waitedMs) => {
      const options = { signal: run.signal, timeoutMs: run.timeoutMs, ...run.lookback };
      const result = await timer.time(() => engine.instantAsync(timer.queryable, run.expr, atMs, options));
      return send(reply, result, run, timer.statistics(waitedMs));
    });
  });

  both(app, '/api/v1/query_range', (all, reply) => {
    const range = rangeOf(all);
    const run = runOf(all, reply);
    checkRangeType(run.expr);
    const timer = new QueryTimer(store);
    const grid = {
      startMs: range.startMs,
      stepMs: range.stepMs,
      steps: Math.floor((range.endMs - range.startMs) / range.stepMs) + 1,
    };
    return gate.run(run.signal, run.timeoutMs, async (waitedMs) => {
      const options = { signal: run.signal, timeoutMs: run.timeoutMs, ...run.lookback };
      const result = await timer.time(() => engine.rangeAsync(timer.queryable, run.expr, range, options));
      return send(reply, result, run, timer.statistics(waitedMs), grid);
    });
  });

  both(app, '/api/skopos/v1/explain', (all, reply) => {
    const explain = engine.explainAsync?.bind(engine);
    if (explain === undefined) throw new ApiError('not_found', 'plans are not available');
    const isRange = (all.get('step') ?? '') !== '';
    const atMs = isRange ? 0 : timeParameter(all, 'time', now());
    const range = isRange ? rangeOf(all) : { startMs: atMs, endMs: atMs, stepMs: 0 };
    const run = runOf(all, reply);
    if (isRange) checkRangeType(run.expr);
    return gate.run(run.signal, run.timeoutMs, async () => {
      const options = { signal: run.signal, timeoutMs: run.timeoutMs, ...run.lookback };
      const { plan, result } = await explain(store, run.expr, range, options);
      return success({ plan }, result);
    });
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

interface Run {
  readonly expr: Expr;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly lookback: { readonly lookbackMs?: number };
  /** '' for none; Prometheus gives those of each step with `all`. */
  readonly stats: string;
  readonly signal: AbortSignal;
}

function runOf(all: URLSearchParams, reply: FastifyReply): Run {
  const limit = limitParameter(all);
  const timeoutMs = Math.min(durationParameter(all, 'timeout', longestMs), longestMs);
  const expr = queryParameter(all);
  const lookbackText = all.get('lookback_delta') ?? '';
  const lookback =
    lookbackText === ''
      ? {}
      : {
          lookbackMs: readDuration(
            lookbackText,
            (why) => new ApiError('bad_data', `error parsing lookback delta duration: ${why}`),
          ),
        };
  const signal = whileConnected(reply);
  return { expr, limit, timeoutMs, lookback, stats: all.get('stats') ?? '', signal };
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

function send(
  reply: FastifyReply,
  result: QueryResult,
  { limit, stats }: Run,
  statistics: QueryStatistics,
  grid?: AnswerGrid,
): FastifyReply {
  return sendPieces(
    reply,
    answerPieces(result, {
      limit,
      ...(grid === undefined ? {} : { grid }),
      ...(stats === '' ? {} : { stats: statistics }),
    }),
  );
}
