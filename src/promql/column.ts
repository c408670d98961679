import type { FloatHistogram } from '../model/float-histogram.ts';
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

/** What stands at a step of a column. */
export const absent = 0;
export const float = 1;
export const histogram = 2;

/** One series of an intermediate result over all steps. Whoever makes one owns it; readers do not write. */
export interface Column {
  readonly labels: Labels;
  /** Whether the metric's name is to be dropped at the end of the query (delayed name removal). */
  readonly dropName: boolean;
  /** Floats; means nothing where {@link present} is not {@link float}. */
  readonly values: Float64Array;
  /** {@link absent}, {@link float} or {@link histogram}, by step. */
  readonly present: Uint8Array;
  /** Histograms by step, where there are any at all. */
  readonly histograms?: Histograms;
}

/** By step; sparse. */
export type Histograms = readonly (FloatHistogram | undefined)[];

/** A column in the making. */
export interface NewColumn extends Column {
  histograms?: (FloatHistogram | undefined)[];
}

export function newColumn(labels: Labels, dropName: boolean, steps: number): NewColumn {
  return { labels, dropName, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

/** Where columns of a stream are made: all in the same arrays, so that each lasts until the next is made. */
export class ColumnRoom {
  readonly #values: Float64Array;
  readonly #present: Uint8Array;

  constructor(steps: number) {
    this.#values = new Float64Array(steps);
    this.#present = new Uint8Array(steps);
  }

  make(labels: Labels, dropName: boolean): NewColumn {
    this.#present.fill(absent);
    return { labels, dropName, values: this.#values, present: this.#present };
  }
}

export function setHistogram(column: NewColumn, step: number, value: FloatHistogram): void {
  column.present[step] = histogram;
  column.histograms ??= new Array(column.present.length);
  column.histograms[step] = value;
}

/** Copies what stands at a step of one column to another. */
export function copyStep(from: Column, to: NewColumn, step: number): void {
  const value = from.histograms?.[step];
  if (from.present[step] === histogram && value !== undefined) setHistogram(to, step, value);
  else {
    to.present[step] = from.present[step] as number;
    to.values[step] = from.values[step] as number;
  }
}

/** The histogram at a step, where one stands there. */
export function histogramAt({ present, histograms }: Column, step: number): FloatHistogram | undefined {
  return present[step] === histogram ? histograms?.[step] : undefined;
}

export type Value =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | VectorValue
  | { readonly kind: 'string'; readonly value: string };

export interface VectorValue {
  readonly kind: 'vector';
  readonly columns: readonly Column[];
}

export function isEmpty({ present }: Column): boolean {
  for (let step = 0; step < present.length; step++) if (present[step] !== absent) return false;
  return true;
}

/** A column without its histograms. */
export function floatsOf(column: Column): Column {
  if (column.histograms === undefined) return column;
  const { labels, dropName, values, present } = column;
  return {
    labels,
    dropName,
    values,
    present: present.map((state) => (state === float ? float : absent)),
  };
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
