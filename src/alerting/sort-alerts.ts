import type { Labels } from '../model/labels.ts';

/**
 * Alerts in Alertmanager's order: by `job`, then by `instance`, those without them last; then by the number of labels, and by the
 * labels themselves.
 */
export function sortAlerts<Item extends { readonly alert: { readonly labels: Labels } }>(
  records: readonly Item[],
): readonly Item[] {
  if (records.length < 2) return records;
  return records
    .map((record) => ({ record, key: keyOf(record.alert.labels) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ record }) => record);
}

interface Key {
  readonly job: string | undefined;
  readonly instance: string | undefined;
  /** Names and values by turns, in order of names. */
  readonly pairs: readonly string[];
}

function keyOf(labels: Labels): Key {
  const pairs: string[] = [];
  for (const name of Object.keys(labels).sort()) pairs.push(name, labels[name] ?? '');
  return { job: labels['job'], instance: labels['instance'], pairs };
}

function compare(a: Key, b: Key): number {
  return (
    compareText(a.job, b.job) ||
    compareText(a.instance, b.instance) ||
    a.pairs.length - b.pairs.length ||
    comparePairs(a.pairs, b.pairs)
  );
}

function compareText(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

function comparePairs(a: readonly string[], b: readonly string[]): number {
  for (const [i, text] of a.entries()) {
    const order = compareText(text, b[i]);
    if (order !== 0) return order;
  }
  return 0;
}
