import { Buffer } from 'node:buffer';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { messageOf } from '../../kit/app-error.ts';
import { ImageError } from '../image-error.ts';
import { giveBack } from './give-back.ts';
import { unzstd } from './unzstd.ts';

/** Pieces of what comes out: few enough calls, and small beside everything else. */
const pieceBytes = 512 * 1024;

/** Pieces of what goes in. */
const packedBytes = 512 * 1024;

/** Only newer Nodes have it. */
const createZstdDecompress = (zlib as { createZstdDecompress?: (options: object) => Transform })
  .createZstdDecompress;

/**
 * A layer's archive, unpacked as it comes. What it is packed with is told by its first bytes, as media types are not always true:
 * gzip (of any number of members), zstd, or nothing.
 *
 * @param packed pieces that are good until the next is asked for; so are those that come out.
 * @throws {ImageError} when it is damaged or packed with something else, or when `packed` fails.
 */
export async function* unpacked(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { magic, all } = await peek(packed[Symbol.asyncIterator](), 6);
  try {
    if (magic[0] === 0x1f && magic[1] === 0x8b)
      yield* through(all, zlib.createGunzip({ chunkSize: pieceBytes }));
    else if (magic.readUInt32LE(0) === 0xfd2fb528 || (magic.readUInt32LE(0) & 0xfffffff0) === 0x184d2a50)
      yield* createZstdDecompress === undefined
        ? unzstd(all)
        : through(all, createZstdDecompress({ chunkSize: pieceBytes }));
    else {
      refuseOthers(magic);
      yield* all;
    }
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(`the packed archive is damaged: ${messageOf(error)}`, { cause: error });
  }
}

/** The first bytes (zeros where there are fewer), and all of it including them. */
async function peek(
  packed: AsyncIterator<Uint8Array>,
  count: number,
): Promise<{ magic: Buffer; all: AsyncGenerator<Uint8Array> }> {
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < count) {
    const next = await packed.next();
    if (next.done === true) break;
    first.push(Uint8Array.from(next.value));
    bytes += next.value.length;
  }
  const magic = Buffer.alloc(count);
  Buffer.concat(first).copy(magic);
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* first;
    for (let next = await packed.next(); next.done !== true; next = await packed.next()) yield next.value;
  }
  return { magic, all: whole() };
}

/** The work is done by a thread of the pool: while one piece is looked at, it makes the next. */
async function* through(packed: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  void feed(packed, transform);
  for await (const piece of transform as AsyncIterable<Buffer>) {
    yield piece;
    // A buffer that is full is not written to again. Others, and those that pieces were put together in, stay with the collector.
    if (piece.buffer.byteLength === pieceBytes && piece.byteOffset + piece.length === pieceBytes)
      giveBack(piece.buffer);
  }
}

/** Hands over what is packed: a piece is at work, another waits behind it. Errors arrive at whoever reads from the end. */
async function feed(packed: AsyncIterable<Uint8Array>, transform: Transform): Promise<void> {
  const places = [0, 1].map(() => ({
    bytes: Buffer.allocUnsafeSlow(packedBytes),
    written: Promise.resolve(),
  }));
  let turn = 0;
  try {
    for await (const piece of packed)
      for (let at = 0; at < piece.length; at += packedBytes) {
        const place = places[turn++ % 2];
        if (place === undefined) break;
        await place.written;
        if (transform.destroyed) return;
        const copied = place.bytes.subarray(0, Math.min(packedBytes, piece.length - at));
        copied.set(piece.subarray(at, at + packedBytes));
        place.written = new Promise((resolve) => transform.write(copied, () => resolve()));
      }
    transform.end();
  } catch (error) {
    transform.destroy(error instanceof Error ? error : new Error(messageOf(error)));
  }
}

function refuseOthers(magic: Buffer): void {
  const kind =
    magic.toString('latin1', 0, 3) === 'BZh'
      ? 'bzip2'
      : magic.toString('latin1', 1, 5) === '7zXZ'
        ? 'xz'
        : undefined;
  if (kind !== undefined)
    throw new ImageError(`the layer is packed with ${kind}, which images do not use; gzip and zstd are read`);
}
