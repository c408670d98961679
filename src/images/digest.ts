import { createHash } from 'node:crypto';
import { ImageError } from './image-error.ts';
import { isDigest } from './reference.ts';

/** `sha256:…` of some bytes. */
export function sha256Of(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** To be asked before something is fetched by it: what is no digest could be any path. @throws {ImageError} */
export function mustBeDigest(digest: string, what: string): void {
  if (!isDigest(digest))
    throw new ImageError(`${what} has the digest "${digest.slice(0, 100)}", which is none`);
}

/** @throws {ImageError} when bytes are not what their digest says, or it is no digest. */
export function checkDigest(bytes: Uint8Array, digest: string, what: string): void {
  mustBeDigest(digest, what);
  const [algorithm = ''] = digest.split(':');
  const found = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  if (found !== digest)
    throw new ImageError(`${what} is not what its digest says: it should be ${digest} and is ${found}`);
}

/**
 * A blob as it comes, checked: its error comes at its end, before it is taken for whole.
 *
 * @throws {ImageError} when it is longer, shorter or another than it should be.
 */
export async function* checkedBlob(
  blob: AsyncIterable<Uint8Array>,
  digest: string,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  mustBeDigest(digest, 'a layer');
  const [algorithm = ''] = digest.split(':');
  const hash = createHash(algorithm);
  let bytes = 0;
  for await (const piece of blob) {
    bytes += piece.length;
    if (bytes > sizeBytes)
      throw new ImageError(
        `the blob ${digest} is longer than the ${sizeBytes} bytes that its manifest tells`,
      );
    hash.update(piece);
    yield piece;
  }
  if (bytes < sizeBytes) throw new ImageError(`the blob ${digest} ends after ${bytes} of ${sizeBytes} bytes`);
  const found = `${algorithm}:${hash.digest('hex')}`;
  if (found !== digest)
    throw new ImageError(`the blob ${digest} is not what its digest says: it is ${found}`);
}
