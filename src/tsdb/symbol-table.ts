/** Strings to small numbers and back, each string once. A string is forgotten when nothing uses it any more. */
export class SymbolTable {
  readonly #ids = new Map<string, number>();
  readonly #texts: (string | undefined)[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  idOf(text: string): number | undefined {
    return this.#ids.get(text);
  }

  /** One more than the highest number in use. */
  get end(): number {
    return this.#texts.length;
  }

  text(id: number): string {
    return this.#texts[id] ?? '';
  }

  /** The number of `text`, made if need be; every call counts as a use. */
  use(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#free.pop() ?? this.#texts.length;
      // A text cut out of a larger one would keep the larger one alive.
      const own = detach(text);
      this.#texts[id] = own;
      this.#uses[id] = 0;
      this.#ids.set(own, id);
    }
    this.#uses[id] = (this.#uses[id] ?? 0) + 1;
    return id;
  }

  release(id: number): void {
    const uses = (this.#uses[id] ?? 0) - 1;
    this.#uses[id] = uses;
    if (uses > 0) return;
    this.#ids.delete(this.text(id));
    this.#texts[id] = undefined;
    this.#free.push(id);
  }
}

function detach(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}
