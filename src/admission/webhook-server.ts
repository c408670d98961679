import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { BadInputError, messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Logger } from '../log/logger.ts';
import { type AdmissionAnswer, type AdmissionRequest, parseReview, reviewOf } from './review.ts';

export interface WebhookServerOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  /** Whether requests can be judged; until then they are refused with 503, and the API server does as the failure policy says. */
  readonly isReady: () => boolean;
  readonly answer: (request: AdmissionRequest) => AdmissionAnswer;
  /** Counts requests that got no answer. */
  readonly failed: (why: 'bad-request' | 'not-ready' | 'overloaded' | 'fault') => void;
}

/** PEM. */
export interface ServingCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Objects have up to 3 MiB in the API, and a review has two of them. */
const mostBytes = 8 * 1024 * 1024;
/** Of bodies that are on their way at once, so that memory is bounded. */
const mostBodies = 256;
const drainMs = 5_000;

/**
 * The webhook, over HTTPS. A new certificate is used for new connections from the moment that it is set; those that are open go on,
 * so that no request is lost by it.
 */
export class WebhookServer {
  readonly #options: WebhookServerOptions;
  readonly #server: Server;
  #bodies = 0;

  constructor(options: WebhookServerOptions) {
    this.#options = options;
    this.#server = createServer({ minVersion: 'TLSv1.2', keepAlive: true }, (request, response) => {
      this.#serve(request, response).catch((error) => {
        options.log.error({ err: error }, 'admission request failed');
        reply(response, 500, { error: 'internal error; see the log' });
      });
    });
    // The API server keeps connections for long; one that it uses must not be closed under it.
    this.#server.keepAliveTimeout = 120_000;
    this.#server.headersTimeout = 125_000;
    this.#server.requestTimeout = 30_000;
  }

  /** Where it listens; only after {@link listen}. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  use({ cert, key }: ServingCertificate): void {
    this.#server.setSecureContext({ cert, key });
  }

  /** @throws {UnavailableError} when the address cannot be had. */
  async listen(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'it is taken by another program' : messageOf(error);
        reject(
          new UnavailableError(`admission.listen: cannot listen on ${host}:${port}: ${why}`, {
            cause: error,
          }),
        );
      });
      this.#server.listen(port, host, resolve);
    });
  }

  /** Takes no new connections, answers what has been asked, and ends. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const force = setTimeout(() => this.#server.closeAllConnections(), drainMs);
    await closed;
    clearTimeout(force);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0];
    const isWell = path === '/healthz' || this.#options.isReady();
    if (path === '/healthz' || path === '/readyz') reply(response, isWell ? 200 : 503, { ok: isWell });
    else if (path !== '/validate') reply(response, 404, { error: 'there is nothing here but /validate' });
    else if (request.method !== 'POST') reply(response, 405, { error: 'POST an AdmissionReview' });
    else await this.#review(request, response);
  }

  async #review(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { isReady, answer, failed } = this.#options;
    if (!isReady()) {
      failed('not-ready');
      return reply(response, 503, { error: 'the cluster has not been read completely yet' });
    }
    if (this.#bodies >= mostBodies) {
      failed('overloaded');
      return reply(response, 503, { error: 'too many requests at once' });
    }
    this.#bodies++;
    try {
      const review = parseReview(await bodyOf(request));
      reply(response, 200, reviewOf(review.uid, answer(review)));
    } catch (error) {
      const isBad = error instanceof BadInputError;
      failed(isBad ? 'bad-request' : 'fault');
      if (!isBad) throw error;
      reply(response, 400, { error: error.message });
    } finally {
      this.#bodies--;
    }
  }
}

/** @throws {BadInputError} for one that is too long, or ends early. */
function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= mostBytes) pieces.push(piece);
      else reject(new BadInputError('', `a review has at most ${mostBytes} bytes`));
    });
    request.once('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
    request.once('error', (error) =>
      reject(new BadInputError('', 'the request ended early', { cause: error })),
    );
  });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const text = Buffer.from(JSON.stringify(body));
  // What is not read of a request cannot be followed by another on the same connection.
  const close = status === 413 || status >= 500 ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length, ...close });
  response.end(text);
}
