import type { AnswerSeries } from './frames.ts';

/** Cells over time and size: how many fell between two bounds at a time. */
export interface HeatMap {
  readonly timesMs: readonly number[];
  /** From the lowest up. */
  readonly rows: readonly HeatRow[];
  readonly highest: number;
}

export interface HeatRow {
  readonly from: number;
  readonly to: number;
  /** By time; null where nothing is known. */
  readonly counts: readonly (number | null)[];
}

/** At most so many rows: native histograms may have hundreds of buckets, of which neighbours are put together then. */
export const mostRows = 60;

/** The heat map of classic buckets (series with `le`, each counting all below it), or of native histograms. */
export function heatMapOf(
  series: readonly AnswerSeries[],
  { startMs, endMs, stepMs }: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
): HeatMap {
  const steps = Math.floor((endMs - startMs) / stepMs) + 1;
  const timesMs = Array.from({ length: steps }, (_, i) => startMs + i * stepMs);
  const indexOf = (seconds: number) => Math.round((seconds * 1000 - startMs) / stepMs);
  const isNative = series.some(({ histograms = [] }) => histograms.length > 0);
  const rows = isNative ? nativeRows(series, steps, indexOf) : classicRows(series, steps, indexOf);
  const highest = Math.max(
    0,
    ...rows.map(({ counts }) => counts.reduce<number>((most, count) => Math.max(most, count ?? 0), 0)),
  );
  return { timesMs, rows, highest };
}

function classicRows(
  series: readonly AnswerSeries[],
  steps: number,
  indexOf: (seconds: number) => number,
): HeatRow[] {
  const bounds = new Map<number, (number | null)[]>();
  for (const { metric, values = [] } of series) {
    const le = metric['le'];
    if (le === undefined) continue;
    const to = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
    const column = bounds.get(to) ?? new Array<number | null>(steps).fill(null);
    for (const [seconds, text] of values) {
      const at = indexOf(seconds);
      if (at >= 0 && at < steps) column[at] = (column[at] ?? 0) + (Number(text) || 0);
    }
    bounds.set(to, column);
  }
  const sorted = [...bounds].sort(([a], [b]) => a - b);
  return sorted.map(([to, column], row) => {
    const [below, under] = sorted[row - 1] ?? [undefined, undefined];
    return {
      from: below ?? (to > 0 ? 0 : Number.NEGATIVE_INFINITY),
      to,
      // Rates of buckets may differ by rounding: less than nothing there cannot be.
      counts: column.map((count, at) => (count === null ? null : Math.max(0, count - (under?.[at] ?? 0)))),
    };
  });
}

function nativeRows(
  series: readonly AnswerSeries[],
  steps: number,
  indexOf: (seconds: number) => number,
): HeatRow[] {
  const rows = new Map<string, { from: number; to: number; counts: (number | null)[] }>();
  for (const { histograms = [] } of series)
    for (const [seconds, { buckets = [] }] of histograms) {
      const at = indexOf(seconds);
      if (at < 0 || at >= steps) continue;
      for (const [, lower, upper, count] of buckets) {
        const key = `${lower} ${upper}`;
        const row = rows.get(key) ?? {
          from: bound(lower),
          to: bound(upper),
          counts: new Array(steps).fill(null),
        };
        row.counts[at] = (row.counts[at] ?? 0) + Number(count);
        rows.set(key, row);
      }
    }
  const sorted = [...rows.values()].sort((a, b) => a.from - b.from);
  const together = Math.ceil(sorted.length / mostRows);
  if (together <= 1) return sorted;
  return Array.from({ length: Math.ceil(sorted.length / together) }, (_, i) => {
    const group = sorted.slice(i * together, (i + 1) * together);
    return {
      from: group[0]?.from ?? 0,
      to: group.at(-1)?.to ?? 0,
      counts: Array.from({ length: steps }, (_, at) => {
        const known = group.map(({ counts }) => counts[at] ?? null).filter((count) => count !== null);
        return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
      }),
    };
  });
}

function bound(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
