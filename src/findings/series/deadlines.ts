/**
 * When each of many things ends, the next one first. Most are set in the order in which they end, which costs nothing; those that
 * are not are put in their place when the next one is asked for.
 */
export class Deadlines {
  #untilMs = new Map<string, number>();
  #lastMs = Number.NEGATIVE_INFINITY;
  #isInOrder = true;

  set(key: string, untilMs: number): void {
    if (this.#untilMs.get(key) === untilMs) return;
    this.#untilMs.delete(key);
    this.#untilMs.set(key, untilMs);
    if (untilMs < this.#lastMs) this.#isInOrder = false;
    else this.#lastMs = untilMs;
  }

  delete(key: string): void {
    this.#untilMs.delete(key);
  }

  clear(): void {
    this.#untilMs.clear();
    this.#lastMs = Number.NEGATIVE_INFINITY;
    this.#isInOrder = true;
  }

  /** Unix ms of the next one; undefined when there is none. */
  get nextMs(): number | undefined {
    this.#sort();
    return this.#untilMs.values().next().value;
  }

  /** Takes out those that have ended by then. @returns their keys */
  takeUntil(nowMs: number): string[] {
    this.#sort();
    const ended: string[] = [];
    for (const [key, untilMs] of this.#untilMs) {
      if (untilMs > nowMs) break;
      ended.push(key);
    }
    for (const key of ended) this.#untilMs.delete(key);
    return ended;
  }

  #sort(): void {
    if (this.#isInOrder) return;
    this.#untilMs = new Map([...this.#untilMs].sort(([, a], [, b]) => a - b));
    this.#isInOrder = true;
  }
}
