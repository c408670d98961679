import { compileMatcher, literalsOf } from '../kit/compile-matcher.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { type LabelTest, labelTest } from './label-test.ts';

interface Entry<Key> {
  readonly key: Key;
  readonly matches: LabelTest;
  /** Where it is found: a label's name, and the values of which one must be there; undefined: always looked at. */
  readonly place: { readonly name: string; readonly values: readonly string[] } | undefined;
}

/**
 * Finds, among many sets of matchers, those that labels satisfy. Sets with a matcher that asks for certain values are found by
 * those; only sets that ask for nothing certain are tried each time.
 */
export class MatcherIndex<Key> {
  readonly #entries = new Map<Key, Entry<Key>>();
  readonly #byValue = new Map<string, Map<string, Set<Entry<Key>>>>();
  readonly #always = new Set<Entry<Key>>();

  get size(): number {
    return this.#entries.size;
  }

  /** Takes the place of what was there under the same key. @throws {BadInputError} when a pattern is not valid. */
  set(key: Key, matchers: readonly Matcher[]): void {
    const entry = { key, matches: labelTest(matchers), place: this.#placeOf(matchers) };
    this.delete(key);
    this.#entries.set(key, entry);
    if (entry.place === undefined) this.#always.add(entry);
    else for (const value of entry.place.values) this.#bucket(entry.place.name, value).add(entry);
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#always.delete(entry);
    for (const value of entry.place?.values ?? []) {
      const values = this.#byValue.get(entry.place?.name ?? '');
      const bucket = values?.get(value);
      bucket?.delete(entry);
      if (bucket?.size === 0) values?.delete(value);
    }
  }

  /** Keys of the sets that `labels` satisfy, in no particular order. */
  matching(labels: Labels): Key[] {
    const found: Key[] = [];
    for (const entry of this.#always) if (entry.matches(labels)) found.push(entry.key);
    if (this.#byValue.size === 0) return found;
    for (const name of Object.keys(labels)) {
      const bucket = this.#byValue.get(name)?.get(labels[name] ?? '');
      if (bucket === undefined) continue;
      for (const entry of bucket) if (entry.matches(labels)) found.push(entry.key);
    }
    return found;
  }

  /** Of the matchers that ask for certain values, the one whose values are the least common among the sets so far. */
  #placeOf(matchers: readonly Matcher[]): Entry<Key>['place'] {
    let best: Entry<Key>['place'];
    let bestCount = Number.POSITIVE_INFINITY;
    for (const matcher of matchers) {
      const values = valuesOf(matcher);
      if (values === undefined) continue;
      const buckets = this.#byValue.get(matcher.name);
      const count = values.reduce((sum, value) => sum + 1 + (buckets?.get(value)?.size ?? 0), 0);
      if (count >= bestCount) continue;
      best = { name: matcher.name, values };
      bestCount = count;
    }
    return best;
  }

  #bucket(name: string, value: string): Set<Entry<Key>> {
    const values = this.#byValue.get(name) ?? new Map<string, Set<Entry<Key>>>();
    this.#byValue.set(name, values);
    const bucket = values.get(value) ?? new Set<Entry<Key>>();
    values.set(value, bucket);
    return bucket;
  }
}

/** More alternatives than this are tried instead of looked up. */
const maxValues = 100;

/** The values of which the label must have one; undefined when a missing label, or any number of values, would do. */
function valuesOf(matcher: Matcher): readonly string[] | undefined {
  if (matcher.op === '!=' || matcher.op === '!~' || compileMatcher(matcher)('')) return undefined;
  if (matcher.op === '=') return [matcher.value];
  const literals = literalsOf(matcher.value);
  return literals === undefined || literals.length > maxValues ? undefined : literals;
}
