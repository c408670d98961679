import { type Labels, metricName } from '../model/labels.ts';
import type { AggregateExpr } from './ast.ts';
import { type Column, dropLabels, keepLabels } from './column.ts';

/** Series that are aggregated into one, in order of their coming. */
export interface Group {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly members: Column[];
}

/** Sorts series into groups by `by` or `without`. */
export function groupColumns(
  columns: readonly Column[],
  { grouping, without }: Pick<AggregateExpr, 'grouping' | 'without'>,
): Group[] {
  const excluded = new Set([...grouping, metricName]);
  const groups = new Map<string, { labels: Labels; dropName: boolean; members: Column[] }>();
  for (const column of columns) {
    const key = without ? keyWithout(column.labels, excluded) : keyBy(column.labels, grouping);
    let group = groups.get(key);
    if (group === undefined) {
      const labels = without ? dropLabels(column.labels, excluded) : keepLabels(column.labels, grouping);
      group = { labels, dropName: false, members: [] };
      groups.set(key, group);
    }
    group.members.push(column);
    if (column.dropName) group.dropName = true;
  }
  return [...groups.values()];
}

/** A text that is the same for series of one group. */
export function keyBy(labels: Labels, names: readonly string[]): string {
  if (names.length === 1) return labels[names[0] ?? ''] ?? '';
  let key = '';
  for (const name of names) key += `${labels[name] ?? ''}\u00ff`;
  return key;
}

export function keyWithout(labels: Labels, excluded: ReadonlySet<string>): string {
  let key = '';
  for (const name of Object.keys(labels).sort())
    if (!excluded.has(name)) key += `${name}\u00ff${labels[name]}\u00ff`;
  return key;
}
