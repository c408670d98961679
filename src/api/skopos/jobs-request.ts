import type { FastifyReply, FastifyRequest } from '../../http/server.ts';

/** What makes a request that is sent again the same one: the header `Idempotency-Key`. */
export function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/** Aborts when the answer is out, or the client has gone away before. */
export function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
