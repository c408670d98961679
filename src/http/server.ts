import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { AppError, BadInputError, NotFoundError, UnavailableError } from '../kit/app-error.ts';
import type { Secret } from '../kit/secret.ts';
import type { Logger } from '../log/logger.ts';
import { guard } from './guard.ts';

export type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface ServerOptions {
  readonly log: Logger;
  /** Required from every request when present: `Authorization: Bearer …`, or Basic with it as the password. */
  readonly token?: Secret;
  /** On loopback, requests must name a loopback host, so that a page elsewhere cannot reach us by rebinding its name. */
  readonly loopbackOnly: boolean;
}

/** Largest request body that is read. */
const bodyLimitBytes = 10 * 1024 * 1024;

/**
 * The one HTTP server: JSON and form bodies, the translation of errors into statuses, authentication, and nothing else. Routes
 * are added by api/. Unknown paths are 404 and never a page: Grafana's data sources depend on it.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2048 },
  });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, formOf(String(body))),
  );
  app.addHook('onRequest', guard(options));
  app.setErrorHandler((error: unknown, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) options.log.error({ err: error, url: request.url }, 'request failed');
    const code = error instanceof AppError ? error.code : status < 500 ? 'BAD_REQUEST' : 'INTERNAL';
    const text = status === 500 ? 'internal error; see the log' : (error as Error).message;
    const { retryAfterMs } = error as { readonly retryAfterMs?: unknown };
    if ((status === 429 || status === 503) && typeof retryAfterMs === 'number')
      reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000)));
    return reply.code(status).send({ code, error: text });
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ code: 'NOT_FOUND', error: `${request.method} ${pathOf(request)}: there is nothing here` }),
  );
  return app;
}

/** The one translation of our errors into HTTP statuses. */
export function statusOf(error: unknown): number {
  if (error instanceof BadInputError) return 400;
  if (error instanceof NotFoundError) return 404;
  if (error instanceof UnavailableError) return 503;
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' ? status : 500;
}

/** Several values of one name, of the query string and a form body together, in that order. */
export function parameters(request: FastifyRequest): URLSearchParams {
  const query = request.url.indexOf('?');
  const all = new URLSearchParams(query < 0 ? '' : request.url.slice(query + 1));
  if (request.body instanceof URLSearchParams)
    for (const [name, value] of request.body) all.append(name, value);
  return all;
}

function formOf(body: string): URLSearchParams {
  return new URLSearchParams(body);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '';
}
