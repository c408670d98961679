import { Buffer } from 'node:buffer';
import * as zlib from 'node:zlib';
import { messageOf } from '../../kit/app-error.ts';
import { ImageError } from '../image-error.ts';
import { gunzipped } from './gunzip.ts';
import { PackedBytes } from './packed-bytes.ts';
import { pieceBytes, runZlib, type Unpacker } from './run-zlib.ts';
import { unzstd } from './unzstd.ts';

const magicBytes = 6;

export interface UnpackOptions {
  /** What comes out is held against a digest, so that the checksum of gzip would tell nothing more, and is not computed. */
  readonly hasDigest?: boolean;
}

/** Only newer Nodes have it. */
const createZstdDecompress = (zlib as { createZstdDecompress?: (options: object) => Unpacker })
  .createZstdDecompress;

/**
 * A layer's archive, unpacked as it comes. What it is packed with is told by its first bytes, as media types are not always true:
 * gzip (of any number of members), zstd, or nothing.
 *
 * @param pieces good until the next is asked for; so are those that come out.
 * @throws {ImageError} when it is damaged or packed with something else, or when `pieces` fail.
 */
export async function* unpacked(
  pieces: AsyncIterable<Uint8Array>,
  { hasDigest = false }: UnpackOptions = {},
): AsyncGenerator<Uint8Array> {
  const packed = new PackedBytes(pieces);
  try {
    yield* unpackedBytes(packed, hasDigest);
  } finally {
    await packed.close();
  }
}

async function* unpackedBytes(packed: PackedBytes, hasDigest: boolean): AsyncGenerator<Uint8Array> {
  const start = await packed.take(magicBytes);
  packed.unread(start);
  const magic = Buffer.concat([start], magicBytes);
  try {
    if (magic[0] === 0x1f && magic[1] === 0x8b)
      yield* hasDigest ? gunzipped(packed) : runZlib(packed, zlib.createGunzip({ chunkSize: pieceBytes }));
    else if (magic.readUInt32LE(0) === 0xfd2fb528 || (magic.readUInt32LE(0) & 0xfffffff0) === 0x184d2a50)
      yield* createZstdDecompress === undefined
        ? unzstd(packed)
        : runZlib(packed, createZstdDecompress({ chunkSize: pieceBytes }));
    else {
      refuseOthers(magic);
      yield* packed;
    }
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(`the packed archive is damaged: ${messageOf(error)}`, { cause: error });
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
