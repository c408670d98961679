/** Label names to values. Treat as immutable. */
export type Labels = Readonly<Record<string, string>>;

/** The label that holds a series' name. */
export const metricName = '__name__';

/** A text that is the same for equal label sets and for no others. */
export function labelsKey(labels: Labels): string {
  let key = '';
  for (const name of sortedNames(labels)) key += `${name}\u00ff${labels[name]}\u00ff`;
  return key;
}

export function isSameLabels(a: Labels, b: Labels): boolean {
  let left = 0;
  for (const name in a) {
    if (a[name] !== b[name]) return false;
    left++;
  }
  for (const _ in b) left--;
  return left === 0;
}

/** Name, value, name, value, … in order of name: what fingerprints are computed from. */
export function sortedPairs(labels: Labels): string[] {
  const pairs: string[] = [];
  for (const name of sortedNames(labels)) pairs.push(name, labels[name] ?? '');
  return pairs;
}

/** The names last seen, as they lay and in order: label sets that follow one another often have the same. */
let last: { readonly given: readonly string[]; readonly sorted: readonly string[] } = {
  given: [],
  sorted: [],
};

export function sortedNames(labels: Labels): readonly string[] {
  let count = 0;
  for (const name in labels) {
    if (name !== last.given[count]) return sortNames(labels);
    count++;
  }
  return count === last.given.length ? last.sorted : sortNames(labels);
}

function sortNames(labels: Labels): readonly string[] {
  const given = Object.keys(labels);
  last = { given, sorted: given.toSorted() };
  return last.sorted;
}

/** As Prometheus prints a series: `up{instance="a",job="b"}`. */
export function formatLabels(labels: Labels): string {
  const { [metricName]: name = '', ...rest } = labels;
  const pairs = Object.keys(rest)
    .sort()
    .map((key) => `${key}=${JSON.stringify(rest[key])}`);
  if (pairs.length === 0) return name === '' ? '{}' : name;
  return `${name}{${pairs.join(', ')}}`;
}
