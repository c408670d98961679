import { type Cell, type Field, type Frame, lengthOf } from '../frames.ts';
import type { Transform } from './transformation.ts';

/**
 * All frames as one table: rows that agree in every column that both frames have are one row.
 *
 * Source: https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/#merge-seriestables
 */
export const merge: Transform = (frames) => {
  const filled = frames.filter(({ fields }) => fields.length > 0);
  const [first] = filled;
  if (first === undefined) return [];
  if (filled.length === 1) return [first];
  const columns = new Map<string, Omit<Field, 'values'>>();
  for (const { fields } of filled)
    for (const { values: _, ...field } of fields)
      if (!columns.has(field.name)) columns.set(field.name, field);
  const shared = [...columns.keys()].filter((name) =>
    filled.every(({ fields }) => fields.some((field) => field.name === name)),
  );
  const rows = new Map<string, Map<string, Cell>[]>();
  for (const frame of filled) addRows(frame, shared, rows);
  const all = [...rows.values()].flat();
  return [
    {
      refId: 'merge',
      fields: [...columns.values()].map((field) => ({
        ...field,
        values: all.map((row) => row.get(field.name) ?? null),
      })),
    },
  ];
};

/** A row goes into the first one of the same key that holds nothing else in its columns. */
function addRows(frame: Frame, shared: readonly string[], rows: Map<string, Map<string, Cell>[]>): void {
  const byName = new Map(frame.fields.map((field) => [field.name, field.values]));
  for (let at = 0; at < lengthOf(frame); at++) {
    const key = JSON.stringify(shared.map((name) => byName.get(name)?.[at] ?? null));
    const alike = rows.get(key) ?? [];
    rows.set(key, alike);
    const cells = [...byName].map(([name, values]): [string, Cell] => [name, values[at] ?? null]);
    const home = alike.find((row) => cells.every(([name, cell]) => !row.has(name) || row.get(name) === cell));
    if (home === undefined) alike.push(new Map(cells));
    else for (const [name, cell] of cells) home.set(name, cell);
  }
}
