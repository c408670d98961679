import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Secret } from '../kit/secret.ts';
import { holdsToken } from './token.ts';

interface GuardOptions {
  readonly token?: Secret;
  readonly loopbackOnly: boolean;
}

/** Probes may come without a token: they tell nothing but that we live. */
const openPaths = new Set(['/-/healthy', '/-/ready', '/livez', '/readyz']);

/** A hook that refuses requests without the token, and on loopback those that name another host or come from another site. */
export function guard({ token, loopbackOnly }: GuardOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (loopbackOnly && !isLoopbackName(request.hostname)) {
      await reply
        .code(421)
        .send({ code: 'WRONG_HOST', error: `this server does not answer for ${request.hostname}` });
      return;
    }
    // A browser asks so before it sends a request of another origin, never with a token; the answer tells nothing and changes nothing.
    if (request.method === 'OPTIONS') return;
    if (
      request.method !== 'GET' &&
      request.method !== 'HEAD' &&
      request.headers['sec-fetch-site'] === 'cross-site'
    ) {
      await reply.code(403).send({ code: 'CROSS_SITE', error: 'changes are not accepted from other sites' });
      return;
    }
    if (token === undefined || openPaths.has(request.url)) return;
    if (holdsToken(request.headers.authorization, token)) return;
    await reply.code(401).header('www-authenticate', 'Basic realm="skopos", charset="UTF-8"').send({
      code: 'UNAUTHORIZED',
      error: 'send the API token: "Authorization: Bearer <token>", or Basic with it as password',
    });
  };
}

/** Whether a host of a request names this machine alone. */
export function isLoopbackName(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}
