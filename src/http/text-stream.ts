import { Readable } from 'node:stream';

/** Work at one answer goes on for about so long before others get their turn. */
const turnMs = 5;

/**
 * Text that is made in pieces, as a stream: made as fast as it is taken, so that a slow reader costs no memory, and with rests, so that
 * other requests get their turn. A generator is ended (`finally`) when the reader goes away.
 *
 * @param pieces each of which should take no more than some milliseconds
 */
export function textStream(pieces: Iterable<string>): Readable {
  return Readable.from(bytesOf(pieces), { objectMode: false, highWaterMark: 1 });
}

/** All items of what makes them one by one, with rests likewise. @throws what making them throws */
export async function allInTurns<Item>(items: Iterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  const turns = new TurnTimer();
  for (const item of items) {
    all.push(item);
    if (turns.isSpent) await turns.rest();
  }
  return all;
}

async function* bytesOf(pieces: Iterable<string>): AsyncGenerator<Buffer> {
  const turns = new TurnTimer();
  for (const piece of pieces) {
    if (piece !== '') yield Buffer.from(piece);
    if (turns.isSpent) await turns.rest();
  }
}

class TurnTimer {
  #startMs = performance.now();

  get isSpent(): boolean {
    return performance.now() - this.#startMs >= turnMs;
  }

  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#startMs = performance.now();
  }
}
