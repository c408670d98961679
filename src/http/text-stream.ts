import { Readable } from 'node:stream';

/** Work at one text goes on for about so long before others get their turn. */
const turnMs = 5;

/**
 * Text that is made in pieces, as a stream: made as fast as it is taken, so that a slow reader costs no memory, and with rests, so that
 * other requests get their turn. What was made to make it is ended (`finally` of a generator) when the reader goes away.
 *
 * @param pieces each of which should take no more than some milliseconds
 */
export function textStream(pieces: Iterable<string>): Readable {
  return Readable.from(bytesOf(pieces), { objectMode: false, highWaterMark: 1 });
}

async function* bytesOf(pieces: Iterable<string>): AsyncGenerator<Buffer> {
  let startMs = performance.now();
  for (const piece of pieces) {
    if (piece !== '') yield Buffer.from(piece);
    if (performance.now() - startMs < turnMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    startMs = performance.now();
  }
}
