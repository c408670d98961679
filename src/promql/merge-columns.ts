import { type Labels, labelsKey, metricName } from '../model/labels.ts';
import { type Column, float, newColumn } from './column.ts';
import { QueryFailedError } from './errors.ts';

/**
 * Columns of equal labels made one, as after names were dropped: a series may stop where another goes on.
 *
 * @throws {QueryFailedError} when two of them have a value at the same step.
 */
export function mergeColumns(columns: readonly Column[]): readonly Column[] {
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
  }
  return merged ? [...byKey.values()] : columns;
}

function mergeTwo(left: Column, right: Column): Column {
  const steps = left.values.length;
  const out = newColumn(left.labels, left.dropName || right.dropName, steps);
  for (let step = 0; step < steps; step++) {
    const isLeft = left.present[step] === float;
    const isRight = right.present[step] === float;
    if (isLeft && isRight) throw new QueryFailedError('vector cannot contain metrics with the same labelset');
    if (!isLeft && !isRight) continue;
    out.present[step] = float;
    out.values[step] = (isLeft ? left : right).values[step] ?? 0;
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
