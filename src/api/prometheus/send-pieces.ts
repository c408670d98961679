import { Readable } from 'node:stream';
import type { FastifyReply } from '../../http/server.ts';

/** How long pieces may be made without a look at other work. */
const turnMs = 10;

/** An answer up to here goes in one go, with its length. */
const wholeBytes = 1024 * 1024;

/**
 * Sends JSON that comes in pieces: at once when it is short and soon made, else as fast as the client reads, and giving way to other
 * work between pieces. Nothing more is made once the client has gone.
 */
export function sendPieces(reply: FastifyReply, pieces: Iterator<Buffer>): FastifyReply {
  void reply.type('application/json');
  const made: Buffer[] = [];
  const startMs = performance.now();
  for (let bytes = 0; ; ) {
    const next = pieces.next();
    if (next.done === true) return reply.send(made.length === 1 ? made[0] : Buffer.concat(made));
    made.push(next.value);
    bytes += next.value.length;
    if (bytes > wholeBytes || performance.now() - startMs > turnMs) break;
  }
  return reply.send(Readable.from(paced(made, pieces), { objectMode: false }));
}

async function* paced(made: readonly Buffer[], rest: Iterator<Buffer>): AsyncGenerator<Buffer> {
  yield* made;
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const sinceMs = performance.now();
    do {
      const next = rest.next();
      if (next.done === true) return;
      yield next.value;
    } while (performance.now() - sinceMs < turnMs);
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
