import { Readable } from 'node:stream';
import type { FastifyReply } from '../../http/server.ts';

/** How long pieces may be made without a look at other work. */
const turnMs = 10;

/**
 * Sends JSON that comes in pieces: at once when there is only one, else as fast as the client reads, and giving way to other work
 * between pieces. Nothing more is made once the client has gone.
 */
export function sendPieces(reply: FastifyReply, pieces: Iterator<Buffer>): FastifyReply {
  void reply.type('application/json');
  const first = pieces.next();
  if (first.done === true) return reply.send('');
  const second = pieces.next();
  if (second.done === true) return reply.send(first.value);
  return reply.send(Readable.from(paced([first.value, second.value], pieces), { objectMode: false }));
}

async function* paced(made: readonly Buffer[], rest: Iterator<Buffer>): AsyncGenerator<Buffer> {
  yield* made;
  let sinceMs = performance.now();
  for (let next = rest.next(); next.done !== true; next = rest.next()) {
    yield next.value;
    if (performance.now() - sinceMs < turnMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    sinceMs = performance.now();
  }
}

/** Aborts when the client goes away before it has its answer. */
export function whileConnected(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
