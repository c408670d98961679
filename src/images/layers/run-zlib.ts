import { Buffer } from 'node:buffer';
import type { Transform } from 'node:stream';
import { messageOf } from '../../kit/app-error.ts';
import { giveBack } from './give-back.ts';
import type { PackedBytes } from './packed-bytes.ts';

/** Pieces of what comes out, to be asked for as `chunkSize`: few enough turns, and small beside everything else. */
export const pieceBytes = 512 * 1024;

/** Pieces of what goes in. */
const packedBytes = 512 * 1024;

/** One of Node's streams that unpack. */
export type Unpacker = Transform & { readonly bytesWritten: number };

/**
 * Unpacks until the stream's own end; what comes after that is left in `packed`. The work is done by a thread of the pool: while one
 * piece is looked at, it makes the next.
 *
 * @returns pieces that are good until the next is asked for.
 * @throws what zlib says of what is damaged, and what `packed` throws.
 */
export async function* runZlib(packed: PackedBytes, unpacker: Unpacker): AsyncGenerator<Uint8Array> {
  const fed = feed(packed, unpacker);
  for await (const piece of unpacker as AsyncIterable<Buffer>) {
    yield piece;
    // A buffer that is full is not written to again. Others, and those that pieces were put together in, stay with the collector.
    if (piece.buffer.byteLength === pieceBytes && piece.byteOffset + piece.length === pieceBytes)
      giveBack(piece.buffer);
  }
  await fed;
}

/** Hands over what is packed: a piece is at work, another waits behind it. Errors arrive at whoever reads from the end. */
async function feed(packed: PackedBytes, unpacker: Unpacker): Promise<void> {
  const ended = new Promise<void>((resolve) => unpacker.once('close', resolve));
  const places = [0, 1].map(() => ({
    bytes: Buffer.allocUnsafeSlow(packedBytes),
    written: Promise.resolve(),
    upTo: 0,
  }));
  /** The last two that were handed over: it may end within them. */
  let recent: Uint8Array[] = [];
  let handedOver = 0;
  try {
    for (let turn = 0; ; turn++) {
      const place = places[turn % 2];
      const piece = await packed.next();
      if (place === undefined || piece === undefined) {
        unpacker.end();
        break;
      }
      await Promise.race([place.written, ended]);
      // Of what comes after its end it takes nothing, and does not complain.
      if (unpacker.destroyed || unpacker.bytesWritten < place.upTo) {
        packed.unread(Uint8Array.from(piece));
        break;
      }
      const copied = place.bytes.subarray(0, Math.min(packedBytes, piece.length));
      copied.set(piece.subarray(0, copied.length));
      packed.unread(piece.subarray(copied.length));
      place.written = new Promise((resolve) => unpacker.write(copied, () => resolve()));
      recent = [...recent.slice(-1), copied];
      handedOver += copied.length;
      place.upTo = handedOver;
    }
    await ended;
    const last = Buffer.concat(recent);
    packed.unread(last.subarray(last.length - (handedOver - unpacker.bytesWritten)));
  } catch (error) {
    unpacker.destroy(error instanceof Error ? error : new Error(messageOf(error)));
  }
}
