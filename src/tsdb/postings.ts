/** A sorted set of series numbers that grows and shrinks; four bytes a number. */
class NumberList {
  numbers = new Uint32Array(4);
  length = 0;

  /** Where `slot` stands or belongs. */
  find(slot: number): number {
    const { numbers } = this;
    let low = 0;
    let high = this.length;
    // Most additions are at the end.
    if (high > 0 && (numbers[high - 1] as number) < slot) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((numbers[middle] as number) < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(slot: number): void {
    const at = this.find(slot);
    if (this.length === this.numbers.length) {
      const wider = new Uint32Array(this.length + Math.max(4, this.length >>> 1));
      wider.set(this.numbers);
      this.numbers = wider;
    }
    this.numbers.copyWithin(at + 1, at, this.length);
    this.numbers[at] = slot;
    this.length++;
  }

  remove(slot: number): void {
    const at = this.find(slot);
    if (at >= this.length || this.numbers[at] !== slot) return;
    this.numbers.copyWithin(at, at + 1, this.length);
    this.length--;
  }
}

/** Most (label, value) pairs belong to one series: its number stands for the list then. */
type Posting = number | NumberList;

/** Which series carry a (label, value) pair, for every pair. */
export class Postings {
  readonly #byName = new Map<number, Map<number, Posting>>();

  add(name: number, value: number, slot: number): void {
    let values = this.#byName.get(name);
    if (values === undefined) {
      values = new Map();
      this.#byName.set(name, values);
    }
    const posting = values.get(value);
    if (posting === undefined) {
      values.set(value, slot);
    } else if (typeof posting === 'number') {
      const list = new NumberList();
      list.add(posting);
      list.add(slot);
      values.set(value, list);
    } else posting.add(slot);
  }

  remove(name: number, value: number, slot: number): void {
    const values = this.#byName.get(name);
    const posting = values?.get(value);
    if (values === undefined || posting === undefined) return;
    if (typeof posting !== 'number') {
      posting.remove(slot);
      if (posting.length > 0) return;
    }
    values.delete(value);
    if (values.size === 0) this.#byName.delete(name);
  }

  count(name: number, value: number): number {
    const posting = this.#byName.get(name)?.get(value);
    if (posting === undefined) return 0;
    return typeof posting === 'number' ? 1 : posting.length;
  }

  /** A copy. */
  slots(name: number, value: number): Uint32Array {
    const posting = this.#byName.get(name)?.get(value);
    if (posting === undefined) return new Uint32Array(0);
    if (typeof posting === 'number') return Uint32Array.of(posting);
    return posting.numbers.slice(0, posting.length);
  }

  names(): IterableIterator<number> {
    return this.#byName.keys();
  }

  values(name: number): Iterable<number> {
    return this.#byName.get(name)?.keys() ?? [];
  }

  valueCount(name: number): number {
    return this.#byName.get(name)?.size ?? 0;
  }
}
