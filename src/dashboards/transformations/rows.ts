import { type Cell, lengthOf, withRows } from '../frames.ts';
import { listOf, numberOf, recordOf, textOf } from '../json-view.ts';
import { fieldNamed, fits } from './columns.ts';
import type { Transform } from './transformation.ts';

type Test = (cell: Cell, options: Readonly<Record<string, unknown>>) => boolean;

/** A comparison with a number, which nothing that is no number passes. */
function numeric(compare: (value: number, to: number) => boolean): Test {
  return (cell, { value }) => {
    const own = cell === null || cell === '' ? Number.NaN : Number(cell);
    return compare(own, numberOf(value) ?? Number.NaN);
  };
}

const tests: Readonly<Record<string, Test>> = {
  equal: (cell, { value }) => String(cell) === String(value ?? ''),
  notEqual: (cell, { value }) => String(cell) !== String(value ?? ''),
  greater: numeric((a, b) => a > b),
  greaterOrEqual: numeric((a, b) => a >= b),
  lower: numeric((a, b) => a < b),
  lowerOrEqual: numeric((a, b) => a <= b),
  between: (cell, { from, to }) =>
    Number(cell) > (numberOf(from) ?? Number.NaN) && Number(cell) < (numberOf(to) ?? Number.NaN),
  isNull: (cell) => cell === null,
  isNotNull: (cell) => cell !== null,
  regex: (cell, { value }) => fits(textOf(value), String(cell ?? '')),
  substring: (cell, { value }) =>
    String(cell ?? '')
      .toLowerCase()
      .includes(textOf(value).toLowerCase()),
  notSubstring: (cell, { value }) =>
    !String(cell ?? '')
      .toLowerCase()
      .includes(textOf(value).toLowerCase()),
};

/** Keeps, or takes out, the rows that fit any or all conditions. A condition that is not known is passed over. */
export const filterByValue: Transform = (frames, options) => {
  const keep = options['type'] !== 'exclude';
  const isAll = options['match'] === 'all';
  return frames.map((frame) => {
    const conditions = listOf(options['filters']).flatMap((each) => {
      const { fieldName, config } = recordOf(each);
      const { id, options: of } = recordOf(config);
      const field = fieldNamed(frame.fields, textOf(fieldName));
      const test = tests[textOf(id)];
      return field === undefined || test === undefined ? [] : [{ field, test, of: recordOf(of) }];
    });
    if (conditions.length === 0) return frame;
    const rows = Array.from({ length: lengthOf(frame) }, (_, row) => row).filter((row) => {
      const fit = ({ field, test, of }: (typeof conditions)[number]) => test(field.values[row] ?? null, of);
      return (isAll ? conditions.every(fit) : conditions.some(fit)) === keep;
    });
    return withRows(frame, rows);
  });
};

/** Rows in the order of a column; what is missing comes last. */
export const sortBy: Transform = (frames, options) => {
  const [first] = listOf(options['sort']).map(recordOf);
  const name = textOf(first?.['field']);
  const isDown = first?.['desc'] === true;
  return frames.map((frame) => {
    const field = fieldNamed(frame.fields, name);
    if (field === undefined) return frame;
    const rows = Array.from({ length: lengthOf(frame) }, (_, row) => row);
    return withRows(
      frame,
      rows.sort((a, b) => compareCells(field.values[a] ?? null, field.values[b] ?? null, isDown)),
    );
  });
};

/** The first rows alone. */
export const limit: Transform = (frames, options) => {
  const most = numberOf(options['limitField']) ?? 10;
  return frames.map((frame) =>
    withRows(
      frame,
      Array.from({ length: Math.min(lengthOf(frame), Math.max(0, most)) }, (_, row) => row),
    ),
  );
};

const byText = new Intl.Collator('en', { numeric: true });

export function compareCells(a: Cell, b: Cell, isDown = false): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b || 0 : byText.compare(String(a), String(b));
  return isDown ? -order : order;
}
