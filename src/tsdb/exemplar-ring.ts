import { labelsKey } from '../model/labels.ts';
import type { Exemplar } from './reading.ts';

interface Entry {
  readonly slot: number;
  readonly exemplar: Exemplar;
}

/** The newest exemplars of all series, bounded in number: the oldest gives way to the newest. */
export class ExemplarRing {
  readonly #capacity: number;
  readonly #entries: (Entry | undefined)[] = [];
  readonly #newest = new Map<number, Exemplar>();
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** False when it is not newer than the newest of its series, or there is no room for any. */
  add(slot: number, exemplar: Exemplar): boolean {
    const newest = this.#newest.get(slot);
    if (this.#capacity === 0) return false;
    if (newest !== undefined && newest.atMs >= exemplar.atMs) return false;
    const given = this.#entries[this.#next];
    if (given !== undefined && this.#newest.get(given.slot) === given.exemplar)
      this.#newest.delete(given.slot);
    this.#entries[this.#next] = { slot, exemplar };
    this.#next = (this.#next + 1) % this.#capacity;
    this.#newest.set(slot, exemplar);
    return true;
  }

  /** Whether this very exemplar is the newest of the series. */
  isNewest(slot: number, { atMs, value, labels }: Exemplar): boolean {
    const newest = this.#newest.get(slot);
    return newest?.atMs === atMs && newest.value === value && labelsKey(newest.labels) === labelsKey(labels);
  }

  /** Forgets those of a series, whose number may be given to another. */
  remove(slot: number): void {
    if (!this.#newest.delete(slot)) return;
    for (const [i, entry] of this.#entries.entries()) if (entry?.slot === slot) this.#entries[i] = undefined;
  }

  /** Of the wanted series, oldest first. */
  select(slots: ReadonlySet<number>, fromMs: number, toMs: number): Map<number, Exemplar[]> {
    const found = new Map<number, Exemplar[]>();
    for (let i = 0; i < this.#entries.length; i++) {
      const entry = this.#entries[(this.#next + i) % this.#entries.length];
      if (entry === undefined || !slots.has(entry.slot)) continue;
      const { atMs } = entry.exemplar;
      if (atMs < fromMs || atMs > toMs) continue;
      const list = found.get(entry.slot);
      if (list === undefined) found.set(entry.slot, [entry.exemplar]);
      else list.push(entry.exemplar);
    }
    return found;
  }
}
