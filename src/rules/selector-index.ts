import { compileMatcher } from '../kit/compile-matcher.ts';
import { type Labels, metricName } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';

interface Entry<Owner> {
  readonly owner: Owner;
  readonly tests: readonly { readonly name: string; readonly accepts: (value: string) => boolean }[];
}

/** Finds whose selectors match a series, without a look at selectors of other metrics. */
export class SelectorIndex<Owner> {
  readonly #byMetric = new Map<string, Entry<Owner>[]>();
  readonly #others: Entry<Owner>[] = [];

  add(owner: Owner, matchers: readonly Matcher[]): void {
    const metric = matchers.find(({ name, op, value }) => name === metricName && op === '=' && value !== '');
    const tests = matchers
      .filter((matcher) => matcher !== metric)
      .map((matcher) => ({ name: matcher.name, accepts: compileMatcher(matcher) }));
    const entries = metric === undefined ? this.#others : (this.#byMetric.get(metric.value) ?? []);
    entries.push({ owner, tests });
    if (metric !== undefined) this.#byMetric.set(metric.value, entries);
  }

  /** Each owner once. */
  ownersOf(labels: Labels): Set<Owner> {
    const owners = new Set<Owner>();
    for (const entries of [this.#byMetric.get(labels[metricName] ?? '') ?? [], this.#others]) {
      for (const { owner, tests } of entries) {
        if (owners.has(owner)) continue;
        if (tests.every(({ name, accepts }) => accepts(labels[name] ?? ''))) owners.add(owner);
      }
    }
    return owners;
  }
}
