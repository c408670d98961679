import { metricName } from '../model/labels.ts';
import { isStaleAt, staleNaNBits } from '../model/sample.ts';
import type { VectorSelector } from './ast.ts';
import {
  type Column,
  type ColumnRoom,
  float,
  type Grid,
  type NewColumn,
  newColumn,
  setHistogram,
  timeAt,
  type Value,
} from './column.ts';
import { durationMs } from './durations.ts';
import { type Evaluation, perSeries, type Work } from './evaluation.ts';
import { statsOnly } from './histogram/resets.ts';
import type { SelectedSeries } from './queryable.ts';
import { remarkHistogram } from './remarks.ts';
import { fillSmoothed } from './smoothed.ts';

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
export function* selectInstant(
  evaluation: Evaluation,
  selector: VectorSelector,
  grid: Grid,
  reading: Reading = 'value',
): Work<Value> {
  const columns: Column[] = [];
  const use = (column: Column): void => void columns.push(column);
  yield* eachSelected(evaluation, selector, grid, { reading, use });
  return { kind: 'vector', columns };
}

/** How the columns of a stream are made and where they go. */
export interface Stream {
  /** Called for each column that has anything. */
  readonly use: (column: Column) => void;
  /** Where set, a column lasts until `use` returns, and holds no samples of the query's allowance. */
  readonly room?: ColumnRoom;
}

/** As {@link selectInstant}, one column after the other. */
export function* eachSelected(
  evaluation: Evaluation,
  selector: VectorSelector,
  grid: Grid,
  { reading, use, room }: Stream & { readonly reading: Reading },
): Work<void> {
  const times = referenceTimes(evaluation, selector, grid);
  const { lookbackMs } = evaluation.options;
  const smoothed = selector.extension === 'smoothed';
  const fromMs = times.firstMs - lookbackMs + 1;
  const toMs = smoothed ? times.lastMs + lookbackMs : times.lastMs;
  const onlyStats = evaluation.statsOnly.has(selector);
  let readSamples = 0;
  let readSeries = 0;
  for (const selected of evaluation.queryable.select({ matchers: selector.matchers, fromMs, toMs })) {
    const length = selected.timesMs.length;
    if (length === 0) continue;
    readSeries++;
    readSamples += length;
    const series = onlyStats ? withStatsOnly(selected) : selected;
    const { labels, dropName } =
      reading === 'value' ? { labels: series.labels, dropName: false } : evaluation.dropName(series.labels);
    const column = room?.make(labels, dropName) ?? newColumn(labels, dropName, grid.steps);
    let count: number;
    if (smoothed) {
      const filled = fillSmoothed(dropStale(series), column, times, lookbackMs);
      for (const remark of filled.remarks)
        remarkHistogram(evaluation, remark, series.labels[metricName] ?? '', selector.span);
      count = filled.count;
    } else count = fillInstant(series, column, times, lookbackMs, reading);
    if (count > 0) {
      use(column);
      if (room === undefined) evaluation.samples += count;
      else evaluation.mayHold(count);
    }
    if (evaluation.isDue(length + grid.steps + perSeries)) yield;
  }
  evaluation.trace?.read(readSeries, readSamples);
}

/** The series with histograms that have no buckets. */
export function withStatsOnly(series: SelectedSeries): SelectedSeries {
  return series.histograms === undefined ? series : { ...series, histograms: statsOnly(series.histograms) };
}

function fillInstant(
  series: SelectedSeries,
  column: NewColumn,
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
  let refMs = times.firstMs;
  for (let step = 0; step < steps; step++, refMs += times.stepMs) {
    while (next < length && (timesMs[next] as number) <= refMs) next++;
    const at = next - 1;
    if (at < 0 || (timesMs[at] as number) <= refMs - lookbackMs) continue;
    const value = values[at] as number;
    const histogram = histograms?.[at];
    if (histogram === undefined && Number.isNaN(value) && isStale(at)) continue;
    count++;
    if (reading === 'value') {
      if (histogram !== undefined) {
        setHistogram(column, step, histogram);
        continue;
      }
      out[step] = value;
    } else if (reading === 'timestamp') out[step] = (timesMs[at] as number) / 1000;
    else out[step] = (series.startsMs?.[at] ?? 0) / 1000;
    present[step] = float;
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
  const isStale = (i: number): boolean => histograms?.[i] === undefined && isStaleAt(values, i);
  let stale = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value) && isStale(i)) stale++;
  }
  if (stale === 0) return series;
  const kept = new Uint32Array(values.length - stale);
  for (let i = 0, k = 0; i < values.length; i++) if (!isStale(i)) kept[k++] = i;
  const pick = (from: Float64Array): Float64Array => Float64Array.from(kept, (i) => from[i] ?? 0);
  return {
    labels: series.labels,
    timesMs: pick(timesMs),
    values: pick(values),
    ...(startsMs === undefined ? {} : { startsMs: pick(startsMs) }),
    ...(histograms === undefined ? {} : { histograms: Array.from(kept, (i) => histograms[i]) }),
  };
}
