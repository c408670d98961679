import * as zlib from 'node:zlib';
import { ImageError } from '../image-error.ts';
import type { PackedBytes } from './packed-bytes.ts';
import { pieceBytes, runZlib } from './run-zlib.ts';

/** Longer ones are left to zlib. */
const usualHeaderBytes = 1024;

/** The size and the checksum that each member ends with. */
const trailerBytes = 8;

const flag = { headerChecksum: 2, extra: 4, name: 8, comment: 16 };

/**
 * Gzip of any number of members. The checksum of the first, which is nearly always all, is not computed, as that takes a fifth of the time,
 * and layers have digests that tell more: whoever reads must check them.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc1952
 *
 * @throws what zlib says of what is damaged, and what `packed` throws.
 */
export async function* gunzipped(packed: PackedBytes): AsyncGenerator<Uint8Array> {
  const start = await packed.take(usualHeaderBytes);
  const headerBytes = headerBytesOf(start);
  packed.unread(start.subarray(headerBytes ?? 0));
  if (headerBytes === undefined) {
    yield* runZlib(packed, zlib.createGunzip({ chunkSize: pieceBytes }));
    return;
  }
  let bytes = 0;
  for await (const piece of runZlib(packed, zlib.createInflateRaw({ chunkSize: pieceBytes }))) {
    bytes += piece.length;
    yield piece;
  }
  const trailer = await packed.take(trailerBytes);
  if (trailer.length < trailerBytes)
    throw new ImageError('the packed archive is damaged: its end is missing');
  if (trailer.readUInt32LE(4) !== bytes % 2 ** 32)
    throw new ImageError('the packed archive is damaged: it unpacks to another size than it tells');
  const next = await packed.take(1);
  // Zeros fill up what programs write in blocks.
  if (next.length === 0 || next[0] === 0) return;
  packed.unread(next);
  yield* runZlib(packed, zlib.createGunzip({ chunkSize: pieceBytes }));
}

/** How long a member's header is; undefined where it is none, or goes on beyond these bytes. */
function headerBytesOf(bytes: Uint8Array): number | undefined {
  const [id1, id2, method, flags = 0] = bytes;
  if (id1 !== 0x1f || id2 !== 0x8b || method !== 8 || (flags & 0xe0) !== 0) return undefined;
  let at = 10;
  if ((flags & flag.extra) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const text of [flag.name, flag.comment]) {
    if ((flags & text) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) return undefined;
    at = zero + 1;
  }
  if ((flags & flag.headerChecksum) !== 0) at += 2;
  return at < bytes.length ? at : undefined;
}
