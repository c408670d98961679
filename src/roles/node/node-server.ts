import { readFileSync, statSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopbackName } from '../../http/guard.ts';
import { holdsToken } from '../../http/token.ts';
import { AppError, BadInputError, messageOf, NotFoundError, UnavailableError } from '../../kit/app-error.ts';
import type { Component } from '../../kit/component.ts';
import { Secret } from '../../kit/secret-value.ts';
import type { LineLog } from '../../log/line-log.ts';
import type { NodeReply } from './endpoint-table.ts';
import type { NodeSettings } from './node-settings.ts';

export interface NodeServerOptions {
  readonly settings: Pick<NodeSettings, 'listen' | 'tokenFile' | 'tls'>;
  readonly log: LineLog;
  /** Answers GET of a path, or undefined where there is nothing. */
  answer(path: string, query: URLSearchParams, signal: AbortSignal): Promise<NodeReply | undefined>;
}

/** Beyond these, who connects waits: a scraper needs one. */
const maxConnections = 64;

/**
 * The HTTP server of a node's process. It is Node's own, as the one of `skopos up` with all that it can do takes a quarter of the
 * memory that there is here.
 */
export class NodeServer implements Component {
  readonly name = 'node-server';
  readonly #options: NodeServerOptions;
  #token: { readonly mtimeMs: number; readonly secret: Secret } | undefined;

  constructor(options: NodeServerOptions) {
    this.#options = options;
  }

  /** Where it listens. Told when it does. */
  onListening: (address: AddressInfo) => void = () => {};

  /** @throws {UnavailableError} when the address cannot be had, or a file of the settings not be read. */
  async run(signal: AbortSignal): Promise<void> {
    const { settings, log } = this.#options;
    if (settings.tokenFile !== undefined) this.#tokenNow(settings.tokenFile);
    const server = await createFor(settings, log, (request, response) => {
      this.#serve(request, response, signal).catch((error) => {
        log.error({ err: error }, 'request failed');
        response.destroy();
      });
    });
    server.maxConnections = maxConnections;
    server.requestTimeout = 30_000;
    await new Promise<void>((resolve, reject) => {
      const { host, port } = settings.listen;
      server.once('error', (error) =>
        reject(
          new UnavailableError(`cannot listen on ${host}:${port}: ${messageOf(error)}`, { cause: error }),
        ),
      );
      server.listen(port, host === '' ? '::' : host, () => {
        this.onListening(server.address() as AddressInfo);
        resolve();
      });
    });
    if (!signal.aborted)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse, outer: AbortSignal): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort(new UnavailableError('who asked went away')));
    const url = new URL(request.url ?? '/', 'http://node');
    const reply =
      this.#refusal(request, url.pathname) ??
      (await this.#answer(url, AbortSignal.any([outer, gone.signal])));
    const body = Buffer.from(reply.body);
    response.writeHead(reply.status, {
      'content-type': reply.type,
      'content-length': body.length,
      'x-content-type-options': 'nosniff',
      ...(reply.status === 401 ? { 'www-authenticate': 'Bearer realm="skopos"' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  #refusal(request: IncomingMessage, path: string): NodeReply | undefined {
    const { settings } = this.#options;
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return failure(405, { code: 'METHOD_NOT_ALLOWED', error: 'only GET is answered here' });
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (isLoopbackName(settings.listen.host) && !isLoopbackName(host))
      return failure(421, { code: 'WRONG_HOST', error: `this server does not answer for ${host}` });
    if (settings.tokenFile === undefined || path === '/-/healthy') return undefined;
    if (holdsToken(request.headers.authorization, this.#tokenNow(settings.tokenFile))) return undefined;
    return failure(401, { code: 'UNAUTHORIZED', error: 'send the token: "Authorization: Bearer <token>"' });
  }

  async #answer(url: URL, signal: AbortSignal): Promise<NodeReply> {
    try {
      if (url.pathname === '/-/healthy')
        return { status: 200, type: 'text/plain; charset=utf-8', body: 'OK\n' };
      const reply = await this.#options.answer(url.pathname, url.searchParams, signal);
      return (
        reply ?? failure(404, { code: 'NOT_FOUND', error: `GET ${url.pathname}: there is nothing here` })
      );
    } catch (error) {
      const status = statusOf(error);
      if (status === 500) this.#options.log.error({ err: error, path: url.pathname }, 'request failed');
      const code = error instanceof AppError ? error.code : 'INTERNAL';
      return failure(status, {
        code,
        error: status === 500 ? 'internal error; see the log' : messageOf(error),
      });
    }
  }

  /** The token as its file has it now: Kubernetes exchanges the file when the Secret changes. */
  #tokenNow(file: string): Secret {
    try {
      const { mtimeMs } = statSync(file);
      if (this.#token?.mtimeMs !== mtimeMs) {
        const text = readFileSync(file, 'utf8').trim();
        if (text === '') throw new BadInputError('--token-file', `${file} is empty`);
        this.#token = { mtimeMs, secret: new Secret(text) };
      }
    } catch (error) {
      if (this.#token === undefined)
        throw new UnavailableError(`--token-file cannot be read: ${messageOf(error)}`, { cause: error });
      this.#options.log.warn({ error: messageOf(error) }, 'token file cannot be read, the last token stays');
    }
    return this.#token.secret;
  }
}

async function createFor(
  { tls }: NodeServerOptions['settings'],
  log: LineLog,
  listener: RequestListener,
): Promise<Server> {
  if (tls === undefined) return createServer(listener);
  return (await import('./tls-server.ts')).createTlsServer(tls, log, listener);
}

function statusOf(error: unknown): number {
  if (error instanceof BadInputError) return 400;
  if (error instanceof NotFoundError) return 404;
  return error instanceof UnavailableError ? 503 : 500;
}

function failure(status: number, body: { readonly code: string; readonly error: string }): NodeReply {
  return {
    status,
    type: 'application/json; charset=utf-8',
    body: `${JSON.stringify(body)}
`,
  };
}
