import { Buffer } from 'node:buffer';
import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { messageOf } from '../../kit/app-error.ts';
import { ImageError } from '../image-error.ts';
import { unzstd } from './unzstd.ts';

/** Pieces of what comes out: few enough calls, and small beside everything else. */
const pieceBytes = 256 * 1024;

/** Only newer Nodes have it. */
const createZstdDecompress = (zlib as { createZstdDecompress?: (options: object) => Transform })
  .createZstdDecompress;

/**
 * A layer's archive, unpacked as it comes. What it is packed with is told by its first bytes, as media types are not always true:
 * gzip (of any number of members), zstd, or nothing.
 *
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
    first.push(next.value);
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

async function* through(packed: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  // Its errors arrive at whoever reads from the end.
  pipeline(Readable.from(packed, { objectMode: false }), transform, () => {});
  yield* transform as AsyncIterable<Uint8Array>;
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
