import { Buffer } from 'node:buffer';

/** What comes in pieces, read by whoever is at its turn; what one of them did not need is there for the next. */
export class PackedBytes implements AsyncIterable<Uint8Array> {
  readonly #pieces: AsyncIterator<Uint8Array>;
  /** Given back: comes before anything else, the last first. */
  readonly #unread: Uint8Array[] = [];

  /** @param pieces each good until the next is asked for. */
  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next piece, good until the one after it is asked for; undefined at the end. Never empty. */
  async next(): Promise<Uint8Array | undefined> {
    const unread = this.#unread.pop();
    if (unread !== undefined) return unread;
    for (;;) {
      const next = await this.#pieces.next();
      if (next.done === true) return undefined;
      if (next.value.length > 0) return next.value;
    }
  }

  /** Comes again, before what follows. Must stay as it is until then. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#unread.push(bytes);
  }

  /** So many bytes, or all that there are. */
  async take(count: number): Promise<Buffer> {
    const taken = Buffer.alloc(count);
    let bytes = 0;
    while (bytes < count) {
      const piece = await this.next();
      if (piece === undefined) break;
      const some = piece.subarray(0, count - bytes);
      taken.set(some, bytes);
      bytes += some.length;
      this.unread(piece.subarray(some.length));
    }
    return taken.subarray(0, bytes);
  }

  /** Lets go of where it comes from, also when not all of it was wanted. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let piece = await this.next(); piece !== undefined; piece = await this.next()) yield piece;
  }
}
