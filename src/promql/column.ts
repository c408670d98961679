import { type Labels, metricName } from '../model/labels.ts';

/** The times at which something is evaluated: `startMs`, `startMs + stepMs`, … `steps` of them. */
export interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

export function timeAt(grid: Grid, step: number): number {
  return grid.startMs + step * grid.stepMs;
}

/** What stands at a step of a column. Native histograms will be the third kind, with a column of their own. */
export const absent = 0;
export const float = 1;

/** One series of an intermediate result over all steps. Whoever makes one owns it; readers do not write. */
export interface Column {
  readonly labels: Labels;
  /** Whether the metric's name is to be dropped at the end of the query (delayed name removal). */
  readonly dropName: boolean;
  readonly values: Float64Array;
  /** {@link absent} or {@link float}, by step. */
  readonly present: Uint8Array;
}

export function newColumn(labels: Labels, dropName: boolean, steps: number): Column {
  return { labels, dropName, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

export type Value =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'vector'; readonly columns: readonly Column[] }
  | { readonly kind: 'string'; readonly value: string };

export function isEmpty({ present }: Column): boolean {
  return !present.includes(float);
}

/** Drops the labels that say what a metric is: its name, and its type and unit where they are kept as labels. */
export function withoutName(labels: Labels): Labels {
  const { [metricName]: name, __type__: type, __unit__: unit, ...rest } = labels;
  return name === undefined && type === undefined && unit === undefined ? labels : rest;
}

/** Only these labels, where the series has them. */
export function keepLabels(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** All labels but these. */
export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  const kept: Record<string, string> = {};
  for (const name in labels) if (!names.has(name)) kept[name] = labels[name] ?? '';
  return kept;
}

/** Order of label sets: by the sorted names and their values, pair by pair; a shorter set comes first. */
export function compareLabels(left: Labels, right: Labels): number {
  const leftNames = Object.keys(left).sort();
  const rightNames = Object.keys(right).sort();
  const shared = Math.min(leftNames.length, rightNames.length);
  for (let i = 0; i < shared; i++) {
    const leftName = leftNames[i] ?? '';
    const rightName = rightNames[i] ?? '';
    if (leftName !== rightName) return leftName < rightName ? -1 : 1;
    const leftValue = left[leftName] ?? '';
    const rightValue = right[rightName] ?? '';
    if (leftValue !== rightValue) return leftValue < rightValue ? -1 : 1;
  }
  return leftNames.length - rightNames.length;
}

/** As Prometheus writes a label set in messages: `{__name__="up", job="a"}`. */
export function showLabels(labels: Labels): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`);
  return `{${pairs.join(', ')}}`;
}
