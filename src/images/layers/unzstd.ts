import { ZSTDDecoder } from 'zstddec/stream';
import { ImageError } from '../image-error.ts';

/**
 * Zstandard, unpacked as it comes, for Nodes that cannot do it themselves. Windows of up to 128 MiB are taken. The memory of the
 * decoder is never given back: use it in a thread that ends.
 *
 * The decoder takes its pieces from an iterator that cannot wait. It asks for at most one piece between two results, so that
 * it is asked for the next result only while a piece lies ready.
 *
 * @throws {ImageError} when it is damaged or ends early.
 */
export async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const ready: Uint8Array[] = [];
  const results = decoder.decodeStreaming(takeAll(ready));
  let emptyInARow = 0;
  const next = (): Uint8Array | undefined => {
    const { value, done } = results.next();
    if (done === true) return undefined;
    // Each piece may end without a result. More than that is the decoder's way to tell that it cannot go on.
    emptyInARow = value.length === 0 ? emptyInARow + 1 : 0;
    if (emptyInARow > 2) throw new ImageError('the layer is no valid zstd');
    return value;
  };
  for await (const piece of packed) {
    if (piece.length === 0) continue;
    ready.push(piece);
    while (ready.length > 0) {
      const value = next();
      if (value !== undefined && value.length > 0) yield value;
    }
    emptyInARow = 0;
  }
  for (let value = last(next); value !== undefined; value = last(next)) if (value.length > 0) yield value;
}

function* takeAll(ready: Uint8Array[]): Generator<Uint8Array> {
  for (let piece = ready.shift(); piece !== undefined; piece = ready.shift()) yield piece;
}

function last(next: () => Uint8Array | undefined): Uint8Array | undefined {
  try {
    return next();
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError('the layer ends within its zstd data', { cause: error });
  }
}
