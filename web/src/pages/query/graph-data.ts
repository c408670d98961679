/** A series as an answer has it. */
export interface GraphSeries {
  readonly values?: readonly (readonly [seconds: number, value: string])[];
}

/** Columns over one axis of times, as uPlot draws them; null is a gap. */
export interface GraphData {
  readonly seconds: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
}

/** The grid that was asked for, so that a step without a point is a gap. NaN and infinite values are gaps too. */
export function toGrid(
  series: readonly GraphSeries[],
  startMs: number,
  endMs: number,
  stepMs: number,
): GraphData {
  const steps = Math.floor((endMs - startMs) / stepMs) + 1;
  const seconds = Array.from({ length: steps }, (_, i) => (startMs + i * stepMs) / 1000);
  const values = series.map(({ values: points = [] }) => {
    const column: (number | null)[] = new Array(steps).fill(null);
    for (const [at, text] of points) {
      const value = numberOf(text);
      column[Math.round((at * 1000 - startMs) / stepMs)] = Number.isFinite(value) ? value : null;
    }
    return column;
  });
  return { seconds, values };
}

/** Each series on top of the shown ones after it, so that the first ends up on top. A gap counts as 0 where any other has a value. */
export function stack(
  values: readonly (readonly (number | null)[])[],
  isShown: (index: number) => boolean,
): (number | null)[][] {
  const steps = values[0]?.length ?? 0;
  const total: (number | null)[] = new Array(steps).fill(null);
  const stacked: (number | null)[][] = values.map(() => []);
  for (let index = values.length - 1; index >= 0; index--) {
    if (isShown(index)) {
      const column = values[index] ?? [];
      for (let step = 0; step < steps; step++) {
        const value = column[step] ?? null;
        if (value !== null) total[step] = (total[step] ?? 0) + value;
      }
    }
    stacked[index] = total.slice();
  }
  return stacked;
}

/** `12.3k`, `1.2e-7`: short enough for an axis, and for reading. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e15)) return value.toExponential(2).replace(/\.?0+e/, 'e');
  for (const [bound, unit] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (size >= bound) return `${trimmed(value / bound)}${unit}`;
  return trimmed(value);
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A sample's value as a number. */
export function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
