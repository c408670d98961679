import { type Labels, sortedPairs } from '../model/labels.ts';

/**
 * Alerts in Alertmanager's order: by `job`, then by `instance`, those without them last; then by the number of labels, and by the
 * labels themselves.
 */
export function sortAlerts<Item extends { readonly alert: { readonly labels: Labels } }>(
  records: readonly Item[],
): readonly Item[] {
  if (records.length < 2) return records;
  return records
    .map((record) => ({ record, labels: record.alert.labels, pairs: undefined }))
    .sort(compare)
    .map(({ record }) => record);
}

interface Sorted {
  readonly labels: Labels;
  /** Names and values by turns, in order of names; made when they decide. */
  pairs: readonly string[] | undefined;
}

function compare(a: Sorted, b: Sorted): number {
  return (
    compareText(a.labels['job'], b.labels['job']) ||
    compareText(a.labels['instance'], b.labels['instance']) ||
    comparePairs(pairsOf(a), pairsOf(b))
  );
}

function pairsOf(item: Sorted): readonly string[] {
  item.pairs ??= sortedPairs(item.labels);
  return item.pairs;
}

function compareText(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

function comparePairs(a: readonly string[], b: readonly string[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [i, text] of a.entries()) {
    const order = compareText(text, b[i]);
    if (order !== 0) return order;
  }
  return 0;
}
