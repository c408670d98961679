import { type Labels, sortedPairs } from '../model/labels.ts';
import type { Evaluation, Work } from './evaluation.ts';

/** So many are sorted without a pause. */
const runLength = 1000;

interface Keyed<T> {
  readonly one: T;
  readonly key: string;
}

/** Series in order of their labels: by the sorted names and their values, pair by pair. */
export function* sortByLabels<T extends { readonly labels: Labels }>(
  evaluation: Evaluation,
  series: readonly T[],
): Work<T[]> {
  let runs: Keyed<T>[][] = [];
  for (let from = 0; from < series.length; from += runLength) {
    const run = series
      .slice(from, from + runLength)
      // What separates names and values comes before all that they are made of.
      .map((one) => ({ one, key: sortedPairs(one.labels).join('\u0000') }));
    runs.push(run.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0)));
    if (evaluation.isDue(run.length * 20)) yield;
  }
  while (runs.length > 1) {
    const merged: Keyed<T>[][] = [];
    for (let i = 0; i < runs.length; i += 2)
      merged.push(yield* merge(evaluation, runs[i] ?? [], runs[i + 1] ?? []));
    runs = merged;
  }
  return (runs[0] ?? []).map(({ one }) => one);
}

function* merge<T>(
  evaluation: Evaluation,
  left: readonly Keyed<T>[],
  right: readonly Keyed<T>[],
): Work<Keyed<T>[]> {
  const out: Keyed<T>[] = [];
  let a = 0;
  let b = 0;
  while (a < left.length || b < right.length) {
    const [l, r] = [left[a], right[b]];
    if (l !== undefined && (r === undefined || l.key <= r.key)) {
      out.push(l);
      a++;
    } else if (r !== undefined) {
      out.push(r);
      b++;
    }
    if (evaluation.isDue(10)) yield;
  }
  return out;
}
