import { type Labels, labelsKey, metricName } from '../model/labels.ts';
import { absent, type Column, copyStep, newColumn } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { type Evaluation, perSeries, type Work } from './evaluation.ts';

/**
 * Columns of equal labels made one, as after names were dropped: a series may stop where another goes on.
 *
 * @throws {QueryFailedError} when two of them have a value at the same step.
 */
export function* mergeColumns(evaluation: Evaluation, columns: readonly Column[]): Work<readonly Column[]> {
  if (columns.length < 2) return columns;
  const byKey = new Map<string, Column>();
  let merged = false;
  for (const column of columns) {
    const key = labelsKey(column.labels);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, column);
    else {
      byKey.set(key, mergeTwo(known, column));
      merged = true;
    }
    if (evaluation.isDue(known === undefined ? perSeries : perSeries + column.present.length)) yield;
  }
  return merged ? [...byKey.values()] : columns;
}

function mergeTwo(left: Column, right: Column): Column {
  const steps = left.values.length;
  const out = newColumn(left.labels, left.dropName || right.dropName, steps);
  for (let step = 0; step < steps; step++) {
    const isLeft = left.present[step] !== absent;
    const isRight = right.present[step] !== absent;
    if (isLeft && isRight) throw new QueryFailedError('vector cannot contain metrics with the same labelset');
    if (isLeft || isRight) copyStep(isLeft ? left : right, out, step);
  }
  return out;
}

/** Whether series can fall together when their names go: not when they all have the same name, type and unit. */
export function haveOneName(columns: readonly Column[]): boolean {
  const first: Labels = columns[0]?.labels ?? {};
  return columns.every(
    ({ labels }) =>
      labels[metricName] === first[metricName] &&
      labels['__type__'] === first['__type__'] &&
      labels['__unit__'] === first['__unit__'],
  );
}

/** After names were dropped at once, series that only the name told apart are a fault. */
export function* mergeDropped(
  evaluation: Evaluation,
  before: readonly Column[],
  after: readonly Column[],
): Work<readonly Column[]> {
  return evaluation.options.delayedNameRemoval || haveOneName(before)
    ? after
    : yield* mergeColumns(evaluation, after);
}
