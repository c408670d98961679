import { Readable } from 'node:stream';
import type { FastifyReply } from '../../http/server.ts';
import type { Turns } from '../../promql/turns.ts';

/** An answer up to here goes in one go, with its length; of others, so much is made ahead of what the client reads. */
const wholeBytes = 1024 * 1024;

/**
 * Sends JSON that comes in pieces: at once when it is short and soon made, else as fast as the client reads. Pieces are made in turns
 * with other work. Nothing more is made once the client has gone.
 */
export async function sendPieces(
  reply: FastifyReply,
  pieces: Iterator<Buffer>,
  turns: Turns,
): Promise<FastifyReply> {
  void reply.type('application/json');
  const first = await turns.once((isSpent) => makeSome(pieces, isSpent));
  if (first.isEnd) return reply.send(first.made.length === 1 ? first.made[0] : Buffer.concat(first.made));
  return reply.send(Readable.from(rest(first.made, pieces, turns), { objectMode: false }));
}

async function* rest(
  first: readonly Buffer[],
  pieces: Iterator<Buffer>,
  turns: Turns,
): AsyncGenerator<Buffer> {
  yield* first;
  for (let isEnd = false; !isEnd; ) {
    const next = await turns.once((isSpent) => makeSome(pieces, isSpent));
    yield* next.made;
    isEnd = next.isEnd;
  }
}

function makeSome(
  pieces: Iterator<Buffer>,
  isSpent: () => boolean,
): { readonly made: Buffer[]; readonly isEnd: boolean } {
  const made: Buffer[] = [];
  for (let bytes = 0; ; ) {
    const next = pieces.next();
    if (next.done === true) return { made, isEnd: true };
    made.push(next.value);
    bytes += next.value.length;
    if (bytes >= wholeBytes || isSpent()) return { made, isEnd: false };
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
