/**
 * Gives the same value for the same text, so that equal ones are held once. Forgets what has not been asked for in a long time: values
 * are in the younger of two maps, or in the older one until they are asked for again.
 */
export class KeepOnce<Value> {
  readonly #most: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** Remembers at least so many, and at most twice as many. */
  constructor(most: number) {
    this.#most = most;
  }

  get(text: string, value: Value): Value {
    const known = this.#young.get(text);
    if (known !== undefined) return known;
    const kept = this.#old.get(text) ?? value;
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, kept);
    return kept;
  }
}
