import { compileMatcher, literalsOf } from '../kit/compile-matcher.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Pace } from './pace.ts';
import { Postings } from './postings.ts';
import { sortInSlices } from './sort-in-slices.ts';
import { SymbolTable } from './symbol-table.ts';
import { compareTexts } from './text-order.ts';

const noSlot = 0xffffffff;

/** Label objects kept for the series asked for last; all are dropped when there are more. */
const cachedLabels = 20_000;

/** Series in the order that a block needs. */
export interface SortedSeries {
  /** Every name and value, in order. */
  readonly symbols: readonly string[];
  readonly slots: readonly number[];
  /** Name, value, name, value, … of `slots[position]`, sorted by name. */
  pairs(position: number): string[];
}

/**
 * The label sets of all series: each has a number (slot), which is given to another series after it was removed.
 * Label pairs stand in one array of symbols, and a hash table of our own finds a slot by labels.
 */
export class SeriesIndex {
  readonly #symbols = new SymbolTable();
  readonly #postings = new Postings();
  #pairs = new Uint32Array(1 << 12);
  #pairsEnd = 0;
  /** Free runs of pairs, by number of pairs. */
  readonly #freePairs = new Map<number, number[]>();
  #start = new Uint32Array(256);
  #size = new Uint8Array(256);
  #hash = new Uint32Array(256);
  #live = new Uint8Array(256);
  #slotCount = 0;
  readonly #freeSlots: number[] = [];
  #table = new Uint32Array(1024).fill(noSlot);
  #count = 0;
  #cache = new Map<number, Labels>();
  /** Symbols of the labels in hand, in order of name symbol. */
  #scratch = new Uint32Array(512);

  get count(): number {
    return this.#count;
  }

  /** One more than the highest slot in use. */
  get slotEnd(): number {
    return this.#slotCount;
  }

  isLive(slot: number): boolean {
    return this.#live[slot] === 1;
  }

  find(labels: Labels): number | undefined {
    const size = this.#lookUp(labels);
    return size === undefined || size === 0 ? undefined : this.#probe(hashOf(this.#scratch, size), size);
  }

  /** Adds a series that {@link find} did not find; at most 255 labels. */
  add(labels: Labels): number {
    for (const name in labels) {
      const value = labels[name];
      if (value === undefined || value === '') continue;
      this.#symbols.use(name);
      this.#symbols.use(value);
    }
    const size = this.#lookUp(labels) ?? 0;
    const slot = this.#freeSlots.pop() ?? this.#slotCount++;
    this.#reserve(slot);
    const start = this.#takePairs(size);
    this.#pairs.set(this.#scratch.subarray(0, size * 2), start);
    this.#start[slot] = start;
    this.#size[slot] = size;
    this.#live[slot] = 1;
    const hash = hashOf(this.#scratch, size);
    this.#hash[slot] = hash;
    for (let i = 0; i < size * 2; i += 2) {
      this.#postings.add(this.#scratch[i] as number, this.#scratch[i + 1] as number, slot);
    }
    this.#count++;
    this.#insert(hash, slot);
    return slot;
  }

  remove(slot: number): void {
    this.#unlink(slot);
    const start = this.#start[slot] as number;
    const size = this.#size[slot] as number;
    for (let i = start; i < start + size * 2; i += 2) {
      const name = this.#pairs[i] as number;
      const value = this.#pairs[i + 1] as number;
      this.#postings.remove(name, value, slot);
      this.#symbols.release(name);
      this.#symbols.release(value);
    }
    const free = this.#freePairs.get(size);
    if (free === undefined) this.#freePairs.set(size, [start]);
    else free.push(start);
    this.#live[slot] = 0;
    this.#cache.delete(slot);
    this.#freeSlots.push(slot);
    this.#count--;
  }

  labels(slot: number): Labels {
    const known = this.#cache.get(slot);
    if (known !== undefined) return known;
    const labels: Record<string, string> = {};
    const start = this.#start[slot] as number;
    const end = start + (this.#size[slot] as number) * 2;
    for (let i = start; i < end; i += 2) {
      labels[this.#symbols.text(this.#pairs[i] as number)] = this.#symbols.text(this.#pairs[i + 1] as number);
    }
    if (this.#cache.size >= cachedLabels) this.#cache = new Map();
    this.#cache.set(slot, labels);
    return labels;
  }

  /** Slots whose labels match all of the matchers, rising. @throws {BadInputError} for a pattern that is not valid. */
  select(matchers: readonly Matcher[]): Uint32Array {
    const tests = matchers.map((matcher) => this.#test(matcher));
    if (tests.some((test) => test.never)) return new Uint32Array(0);
    const base = this.#base(tests);
    const others = tests.filter((test) => test !== base.answers);
    if (others.length === 0) return base.slots;
    let kept = 0;
    for (const slot of base.slots) {
      if (others.every((test) => this.#passes(slot, test))) base.slots[kept++] = slot;
    }
    return base.slots.subarray(0, kept);
  }

  /** Puts series in order of their labels. No series may be removed meanwhile. */
  async sorted(slots: readonly number[], pace: Pace): Promise<SortedSeries> {
    const used = new Set<number>();
    let total = 0;
    for (const slot of slots) {
      const start = this.#start[slot] as number;
      const end = start + (this.#size[slot] as number) * 2;
      for (let i = start; i < end; i++) used.add(this.#pairs[i] as number);
      total += end - start;
      if (pace.isDue) await pace.rest();
    }
    const ids = await sortInSlices(
      [...used],
      (a, b) => compareTexts(this.#symbols.text(a), this.#symbols.text(b)),
      pace,
    );
    // By symbol: its place in the order.
    const rank = new Uint32Array(this.#symbols.end);
    const symbols: string[] = [];
    for (const id of ids) {
      rank[id] = symbols.length;
      symbols.push(this.#symbols.text(id));
      if (pace.isDue) await pace.rest();
    }
    // Ranks of the labels of each series, in order of name, one after the other.
    const ranks = new Uint32Array(total);
    const starts = new Uint32Array(slots.length + 1);
    let at = 0;
    for (let position = 0; position < slots.length; position++) {
      const slot = slots[position] as number;
      const start = this.#start[slot] as number;
      const size = this.#size[slot] as number;
      for (let i = 0; i < size; i++) {
        const name = rank[this.#pairs[start + i * 2] as number] as number;
        let to = at + i * 2;
        for (; to > at && (ranks[to - 2] as number) > name; to -= 2) {
          ranks[to] = ranks[to - 2] as number;
          ranks[to + 1] = ranks[to - 1] as number;
        }
        ranks[to] = name;
        ranks[to + 1] = rank[this.#pairs[start + i * 2 + 1] as number] as number;
      }
      at += size * 2;
      starts[position + 1] = at;
      if (pace.isDue) await pace.rest();
    }
    const compare = (a: number, b: number): number => {
      const startA = starts[a] as number;
      const startB = starts[b] as number;
      const lengthA = (starts[a + 1] as number) - startA;
      const lengthB = (starts[b + 1] as number) - startB;
      const length = Math.min(lengthA, lengthB);
      for (let i = 0; i < length; i++) {
        const order = (ranks[startA + i] as number) - (ranks[startB + i] as number);
        if (order !== 0) return order;
      }
      return lengthA - lengthB;
    };
    const order = await sortInSlices([...slots.keys()], compare, pace);
    return {
      symbols,
      slots: order.map((position) => slots[position] as number),
      pairs(position) {
        const one = order[position] as number;
        const pairs: string[] = [];
        for (let i = starts[one] as number; i < (starts[one + 1] as number); i++)
          pairs.push(symbols[ranks[i] as number] as string);
        return pairs;
      },
    };
  }

  names(): string[] {
    return [...this.#postings.names()].map((id) => this.#symbols.text(id));
  }

  values(name: string): string[] {
    const id = this.#symbols.idOf(name);
    return id === undefined ? [] : [...this.#postings.values(id)].map((value) => this.#symbols.text(value));
  }

  /** Of every label the number of its values; of every pair the number of its series. */
  *cardinalities(): Generator<{
    name: string;
    values: number;
    pairs: () => Iterable<readonly [string, number]>;
  }> {
    for (const id of this.#postings.names()) {
      const postings = this.#postings;
      const symbols = this.#symbols;
      yield {
        name: symbols.text(id),
        values: postings.valueCount(id),
        *pairs() {
          for (const value of postings.values(id))
            yield [symbols.text(value), postings.count(id, value)] as const;
        },
      };
    }
  }

  #test(matcher: Matcher): Test {
    const accepts = compileMatcher(matcher);
    const name = this.#symbols.idOf(matcher.name);
    const acceptsMissing = accepts('');
    const literals =
      matcher.op === '=' ? [matcher.value] : matcher.op === '=~' ? literalsOf(matcher.value) : undefined;
    const exact =
      acceptsMissing || name === undefined
        ? undefined
        : literals?.map((text) => this.#symbols.idOf(text)).filter((id) => id !== undefined);
    return {
      name,
      accepts,
      acceptsMissing,
      exact,
      known: new Map(),
      never: !acceptsMissing && (name === undefined || exact?.length === 0),
    };
  }

  /** The fewest candidates that can be had from one matcher, and the matcher that needs no further look. */
  #base(tests: readonly Test[]): { readonly slots: Uint32Array; readonly answers?: Test } {
    let best: Test | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const test of tests) {
      if (test.exact === undefined || test.name === undefined) continue;
      let count = 0;
      for (const value of test.exact) count += this.#postings.count(test.name, value);
      if (count < fewest) {
        best = test;
        fewest = count;
      }
    }
    if (best === undefined) {
      best = tests.find((test) => !test.acceptsMissing && test.name !== undefined);
      if (best === undefined) return { slots: this.#all() };
    }
    const name = best.name ?? 0;
    const { accepts } = best;
    const values =
      best.exact ?? [...this.#postings.values(name)].filter((value) => accepts(this.#symbols.text(value)));
    return { slots: this.#union(name, values), answers: best };
  }

  #union(name: number, values: readonly number[]): Uint32Array {
    const [first] = values;
    if (first === undefined) return new Uint32Array(0);
    if (values.length === 1) return this.#postings.slots(name, first);
    let length = 0;
    for (const value of values) length += this.#postings.count(name, value);
    // A series has one value of a label, so the lists have nothing in common.
    const all = new Uint32Array(length);
    let at = 0;
    for (const value of values) {
      const slots = this.#postings.slots(name, value);
      all.set(slots, at);
      at += slots.length;
    }
    return all.sort();
  }

  #all(): Uint32Array {
    const slots = new Uint32Array(this.#count);
    let at = 0;
    for (let slot = 0; slot < this.#slotCount; slot++) if (this.#live[slot] === 1) slots[at++] = slot;
    return slots;
  }

  #passes(slot: number, test: Test): boolean {
    if (test.name === undefined) return test.acceptsMissing;
    const start = this.#start[slot] as number;
    const end = start + (this.#size[slot] as number) * 2;
    for (let i = start; i < end; i += 2) {
      if (this.#pairs[i] !== test.name) continue;
      const value = this.#pairs[i + 1] as number;
      let accepted = test.known.get(value);
      if (accepted === undefined) {
        accepted = test.accepts(this.#symbols.text(value));
        test.known.set(value, accepted);
      }
      return accepted;
    }
    return test.acceptsMissing;
  }

  /** Symbols of the labels into scratch, sorted by name; the number of pairs, or undefined when one is unknown. */
  #lookUp(labels: Labels): number | undefined {
    let end = 0;
    for (const name in labels) {
      const text = labels[name];
      if (text === undefined || text === '') continue;
      const nameId = this.#symbols.idOf(name);
      const valueId = this.#symbols.idOf(text);
      if (nameId === undefined || valueId === undefined) return undefined;
      let at = end;
      while (at > 0 && (this.#scratch[at - 2] as number) > nameId) {
        this.#scratch[at] = this.#scratch[at - 2] as number;
        this.#scratch[at + 1] = this.#scratch[at - 1] as number;
        at -= 2;
      }
      this.#scratch[at] = nameId;
      this.#scratch[at + 1] = valueId;
      end += 2;
    }
    return end / 2;
  }

  #probe(hash: number, size: number): number | undefined {
    const mask = this.#table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = this.#table[at] as number;
      if (slot === noSlot) return undefined;
      if (this.#hash[slot] === hash && this.#size[slot] === size && this.#samePairs(slot, size)) return slot;
    }
  }

  #samePairs(slot: number, size: number): boolean {
    const start = this.#start[slot] as number;
    for (let i = 0; i < size * 2; i++) if (this.#pairs[start + i] !== this.#scratch[i]) return false;
    return true;
  }

  #insert(hash: number, slot: number): void {
    if (this.#count * 2 > this.#table.length) {
      this.#table = new Uint32Array(this.#table.length * 2).fill(noSlot);
      for (let other = 0; other < this.#slotCount; other++) {
        if (this.#live[other] === 1 && other !== slot) this.#place(this.#hash[other] as number, other);
      }
    }
    this.#place(hash, slot);
  }

  #place(hash: number, slot: number): void {
    const mask = this.#table.length - 1;
    let at = hash & mask;
    while (this.#table[at] !== noSlot) at = (at + 1) & mask;
    this.#table[at] = slot;
  }

  /** Takes a slot out of the table, moving up those that had to step past it. */
  #unlink(slot: number): void {
    const mask = this.#table.length - 1;
    let hole = (this.#hash[slot] as number) & mask;
    while (this.#table[hole] !== slot) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; this.#table[at] !== noSlot; at = (at + 1) & mask) {
      const home = (this.#hash[this.#table[at] as number] as number) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#table[hole] = this.#table[at] as number;
      hole = at;
    }
    this.#table[hole] = noSlot;
  }

  #takePairs(size: number): number {
    const freed = this.#freePairs.get(size)?.pop();
    if (freed !== undefined) return freed;
    const start = this.#pairsEnd;
    this.#pairsEnd += size * 2;
    if (this.#pairsEnd > this.#pairs.length) this.#pairs = widen(this.#pairs, this.#pairsEnd);
    return start;
  }

  #reserve(slot: number): void {
    if (slot < this.#live.length) return;
    this.#start = widen(this.#start, slot + 1);
    this.#hash = widen(this.#hash, slot + 1);
    const length = this.#start.length;
    const size = new Uint8Array(length);
    size.set(this.#size);
    this.#size = size;
    const live = new Uint8Array(length);
    live.set(this.#live);
    this.#live = live;
  }
}

/** One matcher, made ready. */
interface Test {
  readonly name: number | undefined;
  readonly accepts: (value: string) => boolean;
  readonly acceptsMissing: boolean;
  /** Value symbols that can match, where they are known without a look at all values. */
  readonly exact: readonly number[] | undefined;
  readonly known: Map<number, boolean>;
  readonly never: boolean;
}

function widen(array: Uint32Array<ArrayBuffer>, least: number): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(Math.max(least, array.length + (array.length >>> 1)));
  wider.set(array);
  return wider;
}

function hashOf(pairs: Uint32Array, size: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < size * 2; i++) {
    hash = Math.imul(hash ^ (pairs[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
