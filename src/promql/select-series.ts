import { formatLabels } from '../model/labels.ts';
import { isStaleAt, staleNaNBits } from '../model/sample.ts';
import type { VectorSelector } from './ast.ts';
import { type Column, float, type Grid, newColumn, timeAt, type Value } from './column.ts';
import { durationMs } from './durations.ts';
import { QueryFailedError } from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import type { SelectedSeries } from './queryable.ts';

/** The times that a selector or subquery looks at, when the evaluation's are those of a grid. */
export interface ReferenceTimes {
  readonly firstMs: number;
  /** 0 where `@` pins the time. */
  readonly stepMs: number;
  readonly lastMs: number;
}

/** Applies `@` and `offset`. */
export function referenceTimes(
  evaluation: Evaluation,
  node: Pick<VectorSelector, 'at' | 'offset'>,
  grid: Grid,
): ReferenceTimes {
  const offsetMs = node.offset === undefined ? 0 : durationMs(node.offset, evaluation.span);
  if (node.at !== undefined) {
    const at = node.at === 'start' ? evaluation.startMs : node.at === 'end' ? evaluation.endMs : node.at;
    return { firstMs: at - offsetMs, stepMs: 0, lastMs: at - offsetMs };
  }
  const firstMs = grid.startMs - offsetMs;
  return { firstMs, stepMs: grid.stepMs, lastMs: timeAt(grid, grid.steps - 1) - offsetMs };
}

/** What of the chosen sample becomes the value. */
export type Reading = 'value' | 'timestamp' | 'start-timestamp';

/** An instant vector selector: at each step the newest sample that is not older than the look-back and not stale. */
export function selectInstant(
  evaluation: Evaluation,
  selector: VectorSelector,
  grid: Grid,
  reading: Reading = 'value',
): Value {
  const times = referenceTimes(evaluation, selector, grid);
  const { lookbackMs } = evaluation.options;
  const smoothed = selector.extension === 'smoothed';
  const fromMs = times.firstMs - lookbackMs + 1;
  const toMs = smoothed ? times.lastMs + lookbackMs : times.lastMs;
  const columns: Column[] = [];
  for (const series of evaluation.queryable.select({ matchers: selector.matchers, fromMs, toMs })) {
    evaluation.check(series.timesMs.length + grid.steps);
    if (series.timesMs.length === 0) continue;
    const { labels, dropName } =
      reading === 'value' ? { labels: series.labels, dropName: false } : evaluation.dropName(series.labels);
    const column = newColumn(labels, dropName, grid.steps);
    const count = smoothed
      ? fillSmoothed(series, column, times, lookbackMs)
      : fillInstant(series, column, times, lookbackMs, reading);
    if (count === 0) continue;
    columns.push(column);
    evaluation.samples += count;
  }
  return { kind: 'vector', columns };
}

function fillInstant(
  series: SelectedSeries,
  column: Column,
  times: ReferenceTimes,
  lookbackMs: number,
  reading: Reading,
): number {
  const { timesMs, values, histograms } = series;
  const out = column.values;
  const { present } = column;
  const isStale = staleTest(values);
  const steps = out.length;
  const length = timesMs.length;
  let count = 0;
  let next = 0;
  for (let step = 0; step < steps; step++) {
    const refMs = times.firstMs + step * times.stepMs;
    while (next < length && (timesMs[next] as number) <= refMs) next++;
    const at = next - 1;
    if (at < 0 || (timesMs[at] as number) <= refMs - lookbackMs || isStale(at)) continue;
    if (histograms?.[at] !== undefined) throw histogramError(series);
    present[step] = float;
    count++;
    if (reading === 'value') out[step] = values[at] as number;
    else if (reading === 'timestamp') out[step] = (timesMs[at] as number) / 1000;
    else out[step] = (series.startsMs?.[at] ?? 0) / 1000;
  }
  return count;
}

/** Between two samples the value lies on the line between them; after the last, it stays. */
function fillSmoothed(
  series: SelectedSeries,
  column: Column,
  times: ReferenceTimes,
  lookbackMs: number,
): number {
  const { timesMs, values, histograms } = dropStale(series);
  let count = 0;
  let next = 0;
  for (let step = 0; step < column.values.length; step++) {
    const refMs = times.firstMs + step * times.stepMs;
    while (next < timesMs.length && (timesMs[next] ?? 0) <= refMs) next++;
    const at = next - 1;
    const atMs = timesMs[at];
    if (atMs === undefined || atMs <= refMs - lookbackMs) continue;
    if (histograms?.[at] !== undefined) throw histogramError(series);
    const value = values[at] ?? 0;
    const nextMs = timesMs[next];
    const nextValue = values[next] ?? 0;
    column.present[step] = float;
    count++;
    column.values[step] =
      nextMs === undefined || atMs === refMs || nextMs > refMs + lookbackMs
        ? value
        : value + ((nextValue - value) * (refMs - atMs)) / (nextMs - atMs);
  }
  return count;
}

/** Says whether the value at an index is the staleness marker, without a view of its own for each question. */
export function staleTest(values: Float64Array): (index: number) => boolean {
  let words: Uint32Array | undefined;
  return (index) => {
    const value = values[index];
    if (!Number.isNaN(value)) return false;
    words ??= new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    return words[index * 2] === staleNaNBits.low && words[index * 2 + 1] === staleNaNBits.high;
  };
}

/** The series without its staleness markers, as ranges see it; the same object when it has none. */
export function dropStale(series: SelectedSeries): SelectedSeries {
  const { timesMs, values, startsMs, histograms } = series;
  let stale = 0;
  for (let i = 0; i < values.length; i++) if (isStaleAt(values, i)) stale++;
  if (stale === 0) return series;
  const kept = new Uint32Array(values.length - stale);
  for (let i = 0, k = 0; i < values.length; i++) if (!isStaleAt(values, i)) kept[k++] = i;
  const pick = (from: Float64Array): Float64Array => Float64Array.from(kept, (i) => from[i] ?? 0);
  return {
    labels: series.labels,
    timesMs: pick(timesMs),
    values: pick(values),
    ...(startsMs === undefined ? {} : { startsMs: pick(startsMs) }),
    ...(histograms === undefined ? {} : { histograms: Array.from(kept, (i) => histograms[i]) }),
  };
}

export function histogramError({ labels }: Pick<SelectedSeries, 'labels'>): QueryFailedError {
  return new QueryFailedError(
    `series ${formatLabels(labels)} has native histograms, which queries cannot read yet`,
  );
}
