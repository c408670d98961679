/** Pieces that come by messages, for whoever iterates over them. A piece is good until the next one is asked for. */
export class BlobQueue implements AsyncIterable<Uint8Array> {
  readonly #onTaken: (piece: Uint8Array) => void;
  readonly #pieces: Uint8Array[] = [];
  #isEnded = false;
  #failure: { readonly error: Error } | undefined;
  #wake: (() => void) | undefined;

  /** @param onTaken told of each piece that nobody needs any more, so that more can be sent, and in its memory. */
  constructor(onTaken: (piece: Uint8Array) => void) {
    this.#onTaken = onTaken;
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure = { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        yield piece;
        this.#onTaken(piece);
      } else if (this.#isEnded) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
