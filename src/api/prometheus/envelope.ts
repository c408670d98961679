import type { FastifyInstance, FastifyReply } from '../../http/server.ts';
import { AppError, BadInputError, messageOf } from '../../kit/app-error.ts';
import {
  PromqlError,
  QueryCanceledError,
  QueryFailedError,
  QueryTimedOutError,
} from '../../promql/errors.ts';

/** Prometheus' words for what went wrong, and the status each has. */
const statuses = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  unavailable: 503,
  not_found: 404,
  internal: 500,
} as const;

export type ErrorType = keyof typeof statuses;

/** An error of the Prometheus API with its type. */
export class ApiError extends AppError {
  readonly code = 'PROMETHEUS_API';
  readonly type: ErrorType;

  constructor(type: ErrorType, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.type = type;
  }
}

/** What goes into `data`, with the query's annotations beside it. */
export function success(
  data: unknown,
  notes: { readonly warnings?: readonly string[]; readonly infos?: readonly string[] } = {},
): unknown {
  return {
    status: 'success',
    data,
    ...(notes.warnings?.length ? { warnings: notes.warnings } : {}),
    ...(notes.infos?.length ? { infos: notes.infos } : {}),
  };
}

/** Errors of every route added to `app` after it leave in Prometheus' envelope. */
export function useEnvelope(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, _request, reply: FastifyReply) => {
    const { type, message } = describe(error);
    return reply
      .code(statuses[type])
      .type('application/json')
      .send(JSON.stringify({ status: 'error', errorType: type, error: message }));
  });
}

function describe(error: unknown): { type: ErrorType; message: string } {
  if (error instanceof ApiError) return { type: error.type, message: error.message };
  if (error instanceof BadInputError || error instanceof PromqlError)
    return { type: 'bad_data', message: error.message };
  if (error instanceof QueryFailedError) return { type: 'execution', message: error.message };
  if (error instanceof QueryTimedOutError) return { type: 'timeout', message: error.message };
  if (error instanceof QueryCanceledError) return { type: 'canceled', message: error.message };
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status < 500) return { type: 'bad_data', message: messageOf(error) };
  return { type: 'internal', message: messageOf(error) };
}
