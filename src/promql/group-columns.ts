import { type Labels, metricName } from '../model/labels.ts';
import type { AggregateExpr } from './ast.ts';
import { type Column, dropLabels, keepLabels } from './column.ts';
import { type Evaluation, perSeries, type Work } from './evaluation.ts';

type Grouping = Pick<AggregateExpr, 'grouping' | 'without'>;

/** Finds the group of a series, by `by` or `without`; groups are made as their first series comes. */
export class Groups<T> {
  readonly #without: boolean;
  readonly #grouping: readonly string[];
  readonly #excluded: ReadonlySet<string>;
  readonly #make: (labels: Labels) => T;
  readonly #groups = new Map<string, T>();

  constructor({ grouping, without }: Grouping, make: (labels: Labels) => T) {
    this.#without = without;
    this.#grouping = grouping;
    this.#excluded = new Set([...grouping, metricName]);
    this.#make = make;
  }

  of(labels: Labels): T {
    const key = this.#without ? keyWithout(labels, this.#excluded) : keyBy(labels, this.#grouping);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = this.#make(
        this.#without ? dropLabels(labels, this.#excluded) : keepLabels(labels, this.#grouping),
      );
      this.#groups.set(key, group);
    }
    return group;
  }

  /** In order of their coming. */
  all(): Iterable<T> {
    return this.#groups.values();
  }
}

/** Series that are aggregated into one, in order of their coming. */
export interface Group {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly members: Column[];
}

/** Sorts series into groups by `by` or `without`. */
export function* groupColumns(
  evaluation: Evaluation,
  columns: readonly Column[],
  by: Grouping,
): Work<Group[]> {
  const groups = new Groups(by, (labels) => ({ labels, dropName: false, members: [] as Column[] }));
  for (const column of columns) {
    const group = groups.of(column.labels);
    group.members.push(column);
    if (column.dropName) group.dropName = true;
    if (evaluation.isDue(perSeries)) yield;
  }
  return [...groups.all()];
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
