import { messageOf } from '../../kit/app-error.ts';
import type { Transformation } from '../dashboard.ts';
import type { Frame } from '../frames.ts';
import { filterFieldsByName, labelsToFields, organize, renameByRegex } from './columns.ts';
import { joinByField } from './join.ts';
import { merge } from './merge.ts';
import { filterByValue, limit, sortBy } from './rows.ts';
import { calculateField, groupBy, reduce } from './summaries.ts';
import type { Transform } from './transformation.ts';

/** By Grafana's ids. */
const transforms: Readonly<Record<string, Transform>> = {
  calculateField,
  filterByValue,
  filterFieldsByName,
  groupBy,
  joinByField,
  seriesToColumns: joinByField,
  labelsToFields,
  limit,
  merge,
  organize,
  reduce,
  renameByRegex,
  sortBy,
};

export const knownTransformations: ReadonlySet<string> = new Set(Object.keys(transforms));

export interface Transformed {
  readonly frames: readonly Frame[];
  /** What was passed over, and why. */
  readonly remarks: readonly string[];
}

/** Takes frames through every transformation of a panel; one that is not known, or that fails, is passed over and named. */
export function transformed(frames: readonly Frame[], list: readonly Transformation[]): Transformed {
  const remarks: string[] = [];
  let made = frames;
  for (const { id, options, disabled } of list) {
    if (disabled) continue;
    const transform = transforms[id];
    if (transform === undefined) {
      remarks.push(`The transformation "${id}" is not known here; the data is shown without it.`);
      continue;
    }
    try {
      made = transform(made, options);
    } catch (error) {
      remarks.push(`The transformation "${id}" failed: ${messageOf(error)}`);
    }
  }
  return { frames: made, remarks };
}
