import { backoffMs } from '../../kit/backoff.ts';
import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import { RegistryError } from '../image-error.ts';
import type { Ask, RegistryClient } from './registry-client.ts';
import { bodyOf } from './replies.ts';

/** So often a blob is gone on with when nothing came in between. */
const maxBreaks = 4;
const retry = { initialMs: 300, maxMs: 5000 };

/**
 * A blob as it comes. When the connection breaks it is gone on with where it broke. Not yet checked against its digest.
 *
 * @throws {AppError} when it is not there, or breaks over and over.
 */
export async function* blobStream(
  client: RegistryClient,
  ask: Ask,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let breaks = 0;
  for (;;) {
    const from = bytes;
    const headers = from === 0 ? ask.headers : { ...ask.headers, range: `bytes=${from}-` };
    const { stream, release } = await client.ask({ ...ask, ...(headers && { headers }) }, signal);
    // A server that knows no ranges sends all of it again.
    let skip = stream.status === 206 ? 0 : from;
    try {
      for await (const piece of bodyOf(stream, ask.what, clock, signal)) {
        const rest = piece.subarray(Math.min(skip, piece.length));
        skip -= piece.length - rest.length;
        bytes += rest.length;
        if (rest.length > 0) yield rest;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RegistryError)) throw error;
      breaks = bytes > from ? 0 : breaks + 1;
      if (breaks === maxBreaks) throw error;
    } finally {
      release();
    }
    await sleep(backoffMs(breaks, retry), signal, clock);
  }
}
