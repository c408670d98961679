import { type Cell, type Field, type Frame, nameOf } from '../frames.ts';
import { textOf } from '../json-view.ts';
import { fieldNamed } from './columns.ts';
import { compareCells } from './rows.ts';
import type { Transform } from './transformation.ts';

/** Frames side by side, a row for each value of one column: that of times when none is named. */
export const joinByField: Transform = (frames, options) => {
  const by = textOf(options['byField']);
  const isInner = options['mode'] === 'inner';
  const keyed = frames.flatMap((frame) => {
    const key = by === '' ? frame.fields.find(({ type }) => type === 'time') : fieldNamed(frame.fields, by);
    return key === undefined ? [] : [{ frame, key, rows: rowsOf(key) }];
  });
  const [first] = keyed;
  if (first === undefined) return frames;
  const everywhere = (key: Cell) => keyed.every(({ rows }) => rows.has(key));
  const keys = [...new Set(keyed.flatMap(({ rows }) => [...rows.keys()]))].filter(
    (key) => !isInner || everywhere(key),
  );
  if (first.key.type === 'time') keys.sort((a, b) => compareCells(a, b));
  const joined: Field[] = [{ ...first.key, values: keys }];
  for (const { frame, key, rows } of keyed)
    for (const field of frame.fields) {
      if (field === key) continue;
      const values = keys.map((each) => field.values[rows.get(each) ?? -1] ?? null);
      joined.push({ ...field, ...numbered(field, frame, joined), values });
    }
  return [{ refId: 'join', fields: joined }];
};

/** The row of each value, the first where there are several. */
function rowsOf({ values }: Field): Map<Cell, number> {
  const rows = new Map<Cell, number>();
  values.forEach((value, row) => {
    if (!rows.has(value)) rows.set(value, row);
  });
  return rows;
}

/** Columns of the same name, such as the values of several queries, are told apart by their query. */
function numbered(field: Field, { refId }: Frame, others: readonly Field[]): Partial<Field> {
  const isTaken = others.some((other) => nameOf(other) === nameOf(field));
  return isTaken && field.legend === undefined ? { name: `${field.name} ${refId}` } : {};
}
