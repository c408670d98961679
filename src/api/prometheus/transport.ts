import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from '../../http/server.ts';
import type { CorsPolicy } from './source.ts';

const gzipAsync = promisify(gzip);
/** Answers repeat themselves so much that the fastest level does nearly as well as the others. */
const level = { level: constants.Z_BEST_SPEED };
/** Shorter ones fit one packet as they are. */
const leastGzipBytes = 1400;

/** Answers are compressed for clients that take gzip, as Prometheus does it. */
export function useGzip(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    if (!takesGzip(request) || reply.getHeader('content-encoding') !== undefined) return payload;
    if (payload instanceof Readable) {
      mark(reply);
      // `pipe` does not end the source when the client goes; `pipeline` errors are those of the client's going.
      const packed = createGzip(level);
      packed.once('close', () => payload.destroy());
      payload.once('error', (error) => packed.destroy(error));
      return payload.pipe(packed);
    }
    if (!(typeof payload === 'string' || Buffer.isBuffer(payload)) || payload.length < leastGzipBytes)
      return payload;
    mark(reply);
    return gzipAsync(payload, level);
  });
}

function mark(reply: FastifyReply): void {
  void reply.header('content-encoding', 'gzip').removeHeader('content-length');
  const vary = reply.getHeader('vary');
  void reply.header('vary', vary === undefined ? 'Accept-Encoding' : `${String(vary)}, Accept-Encoding`);
}

function takesGzip({ headers }: FastifyRequest): boolean {
  const accepted = headers['accept-encoding'] ?? '';
  return String(accepted)
    .split(',')
    .some((part) => /^\s*gzip\s*(?:;\s*q\s*=\s*(?!0(?:\.0*)?\s*$).*)?$/i.test(part));
}

/** The headers by which pages of other origins may read answers, as Prometheus sends them; and the preflight of every path. */
export function useCors(app: FastifyInstance, policy: CorsPolicy): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || !isAllowed(origin, policy)) return;
    void reply.headers({
      'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-origin': policy === 'any' ? '*' : origin,
      'access-control-expose-headers': 'Date',
      vary: 'Origin',
    });
  });
  app.options('/api/v1/*', (_request, reply) => reply.code(204).send());
}

const loopbackOrigin = /^https?:\/\/(?:localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

function isAllowed(origin: string, policy: CorsPolicy): boolean {
  if (policy === 'any') return true;
  return policy === 'loopback' ? loopbackOrigin.test(origin) : policy(origin);
}
