import { type Field, type Frame, nameOf } from './frames.ts';

/** Columns over one axis of times; null is a gap. */
export interface TimeGrid {
  readonly timesMs: readonly number[];
  readonly lines: readonly {
    readonly field: Field;
    readonly frame: Frame;
    readonly values: (number | null)[];
  }[];
}

/**
 * The numbers of frames over the times that were asked for, so that a step without a point is a gap. Times that are not of that grid,
 * as transformations may make, are the axis themselves.
 *
 * @param most so many lines at most, the first ones
 */
export function timeGrid(
  frames: readonly Frame[],
  asked: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  most: number,
): TimeGrid {
  const columns = frames.flatMap((frame) => {
    const times = frame.fields.find(({ type }) => type === 'time');
    if (times === undefined) return [];
    return frame.fields
      .filter(({ type }) => type === 'number')
      .map((field) => ({ frame, field, times: times.values as readonly number[] }));
  });
  const shown = columns.slice(0, most);
  const { startMs, endMs, stepMs } = asked;
  const indexOf = (ms: number) => (ms - startMs) / stepMs;
  const isOnGrid = shown.every(({ times }) =>
    times.every((ms) => Number.isInteger(indexOf(ms)) && ms <= endMs),
  );
  const timesMs = isOnGrid
    ? Array.from({ length: Math.floor((endMs - startMs) / stepMs) + 1 }, (_, i) => startMs + i * stepMs)
    : [...new Set(shown.flatMap(({ times }) => times))].sort((a, b) => a - b);
  const places = isOnGrid ? undefined : new Map(timesMs.map((ms, i) => [ms, i]));
  return {
    timesMs,
    lines: shown.map(({ frame, field, times }) => {
      const values: (number | null)[] = new Array(timesMs.length).fill(null);
      times.forEach((ms, row) => {
        const value = field.values[row];
        const at = places === undefined ? indexOf(ms) : (places.get(ms) ?? -1);
        if (typeof value === 'number' && Number.isFinite(value)) values[at] = value;
      });
      return { field, frame, values };
    }),
  };
}

/** How many lines frames hold. */
export function linesIn(frames: readonly Frame[]): number {
  return frames.reduce((sum, { fields }) => sum + fields.filter(({ type }) => type === 'number').length, 0);
}

/** Each column on top of the shown ones before it; as shares of their sum in percent. A gap counts as 0 where any other has a value. */
export function stackColumns(
  columns: readonly (readonly (number | null)[])[],
  mode: 'normal' | 'percent',
  isShown: (index: number) => boolean,
): (number | null)[][] {
  const steps = columns[0]?.length ?? 0;
  const totals: (number | null)[] = new Array(steps).fill(null);
  const stacked = columns.map((column, index) => {
    if (isShown(index))
      for (let step = 0; step < steps; step++) {
        const value = column[step];
        if (typeof value === 'number') totals[step] = (totals[step] ?? 0) + value;
      }
    return totals.slice();
  });
  if (mode === 'normal') return stacked;
  return stacked.map((column) =>
    column.map((value, step) => {
      const total = totals[step];
      return value === null || !total ? null : (value / total) * 100;
    }),
  );
}

/** Gaps that are shorter than that are bridged: they become `undefined`, which a plot draws over. */
export function bridged(
  values: readonly (number | null)[],
  timesMs: readonly number[],
  longestMs: number,
): (number | null | undefined)[] {
  const made: (number | null | undefined)[] = [...values];
  let last: number | undefined;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === null) continue;
    if (last !== undefined && i - last > 1 && (timesMs[i] ?? 0) - (timesMs[last] ?? 0) <= longestMs)
      for (let gap = last + 1; gap < i; gap++) made[gap] = undefined;
    last = i;
  }
  return made;
}

/** Names that stand more than once are told apart by their query. */
export function distinctNames(lines: TimeGrid['lines']): string[] {
  const names = lines.map(({ field }) => nameOf(field));
  return names.map((name, at) =>
    names.indexOf(name) === at ? name : `${name} (${lines[at]?.frame.refId} ${at + 1})`,
  );
}
