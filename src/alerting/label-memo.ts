import type { Labels } from '../model/labels.ts';

/** More sets of values than this are not kept. */
const most = 1000;
/** What looks at more labels than this hardly meets the same values again. */
const mostNames = 6;

/**
 * Remembers what was found for labels by the values of those that it depends on. Alerts differ in labels such as `pod`, and what
 * routes and rules ask for (`team`, `severity`) has few values. Where values do not come back, nothing is kept.
 */
export class LabelMemo<Found> {
  readonly #names: readonly string[];
  readonly #known = new Map<string, Found>();
  #isOff: boolean;
  /** Since it was emptied last. */
  #hits = 0;

  /** @param names of all labels on which what is found depends */
  constructor(names: Iterable<string>) {
    this.#names = [...new Set(names)];
    this.#isOff = this.#names.length > mostNames;
  }

  /** What `find` gives for these labels, which may be what it gave before. */
  of(labels: Labels, find: (labels: Labels) => Found): Found {
    if (this.#isOff) return find(labels);
    const key = this.#keyOf(labels);
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#hits++;
      return known;
    }
    const found = find(labels);
    if (this.#known.size >= most) this.#empty();
    this.#known.set(key, found);
    return found;
  }

  /** Lengths keep values apart, whatever is in them. A label that is missing is as good as an empty one. */
  #keyOf(labels: Labels): string {
    let key = '';
    for (const name of this.#names) {
      const value = labels[name] ?? '';
      key += `${value.length}:${value}`;
    }
    return key;
  }

  #empty(): void {
    this.#isOff = this.#hits < most;
    this.#hits = 0;
    this.#known.clear();
  }
}
