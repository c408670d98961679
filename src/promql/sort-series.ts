import { type Labels, sortedPairs } from '../model/labels.ts';
import { type Evaluation, perSeries, type Work } from './evaluation.ts';

/** So many are sorted without a pause. */
const runLength = 200;

interface Keyed<T> {
  readonly one: T;
  readonly key: string;
}

/** Series in order of their labels: by the sorted names and their values, pair by pair. */
export function* sortByLabels<T extends { readonly labels: Labels }>(
  evaluation: Evaluation,
  series: readonly T[],
): Work<T[]> {
  const keyed: Keyed<T>[] = [];
  for (const one of series) {
    // What separates names and values comes before all that they are made of.
    keyed.push({ one, key: sortedPairs(one.labels).join('\u0000') });
    if (evaluation.isDue(perSeries)) yield;
  }
  const sorted = yield* sortInSlices(keyed, compareKeys, (weight) => evaluation.isDue(weight));
  return sorted.map(({ one }) => one);
}

function compareKeys(left: Keyed<unknown>, right: Keyed<unknown>): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}

/** As `toSorted`, with pauses where `isDue` says so; it is told the `weight` of the comparisons made since it was asked last. */
export function* sortInSlices<T>(
  items: readonly T[],
  compare: (left: T, right: T) => number,
  isDue: (weight: number) => boolean,
  weight = 4,
): Work<T[]> {
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += runLength) {
    const run = items.slice(from, from + runLength);
    runs.push(run.sort(compare));
    if (isDue(run.length * 8 * weight)) yield;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const [left, right] = [runs[i] ?? [], runs[i + 1]];
      merged.push(right === undefined ? left : yield* merge([left, right], compare, () => isDue(weight)));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<T>(
  [left, right]: readonly [readonly T[], readonly T[]],
  compare: (left: T, right: T) => number,
  isDue: () => boolean,
): Work<T[]> {
  const out: T[] = [];
  let a = 0;
  let b = 0;
  while (a < left.length && b < right.length) {
    // Of equals the left one comes first, as in every stable sort.
    if (compare(left[a] as T, right[b] as T) <= 0) out.push(left[a++] as T);
    else out.push(right[b++] as T);
    if (isDue()) yield;
  }
  for (; a < left.length; a++) out.push(left[a] as T);
  for (; b < right.length; b++) out.push(right[b] as T);
  return out;
}
