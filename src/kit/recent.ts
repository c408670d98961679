/**
 * Keeps what was used last, within a bound: two maps of at most half of it each. What is asked for moves to the newer one; when
 * that is full the older one is dropped. Costs a fraction of a list in the order of use, which reads of hundreds of thousands feel,
 * and nothing while it is empty.
 */
export class Recent<Key, Value> {
  readonly #half: number;
  readonly #weigh: (value: Value) => number;
  #newer = new Map<Key, Value>();
  #older = new Map<Key, Value>();
  #weight = 0;

  /** @param most of all values, each of which weighs 1 when nothing else is said */
  constructor(most: number, weigh: (value: Value) => number = () => 1) {
    this.#half = most / 2;
    this.#weigh = weigh;
  }

  get(key: Key): Value | undefined {
    const found = this.#newer.get(key);
    if (found !== undefined) return found;
    const before = this.#older.get(key);
    if (before !== undefined) this.set(key, before);
    return before;
  }

  has(key: Key): boolean {
    return this.#newer.has(key) || this.#older.has(key);
  }

  /** As {@link get}, and is not in it any more. */
  take(key: Key): Value | undefined {
    const found = this.#newer.get(key);
    if (found === undefined) {
      const before = this.#older.get(key);
      this.#older.delete(key);
      return before;
    }
    this.#newer.delete(key);
    this.#weight -= this.#weigh(found);
    return found;
  }

  /** For a key that is not in it, or with the value that it has there. */
  set(key: Key, value: Value): void {
    const weight = this.#weigh(value);
    if (this.#weight + weight > this.#half && this.#newer.size > 0) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#weight = 0;
    }
    this.#weight += weight;
    this.#newer.set(key, value);
  }
}
