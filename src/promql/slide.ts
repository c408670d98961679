import { float, type Grid, type NewColumn, setHistogram } from './column.ts';
import { type Evaluation, perSeries, type Work } from './evaluation.ts';
import { extendedChange } from './functions/extended.ts';
import { extendedHistogramChange } from './functions/extended-histogram.ts';
import type { RangeFunction } from './functions/over-time.ts';
import { type Change, resetsOf } from './functions/rate.ts';
import type { SlidingKernel } from './functions/sliding.ts';
import { type RangeKernel, Window } from './functions/window.ts';
import type { RangeSeries, RangeSource } from './range-source.ts';
import type { HistogramRemark } from './remarks.ts';

/** What came of sliding over one series. */
export interface Slid {
  /** How many steps have an answer, and how many of these a float. */
  readonly count: number;
  readonly floats: number;
}

const changes = new Set(['rate', 'increase', 'delta']);
/** Windows of fewer samples are looked through faster than anything can be kept. */
const overlapWorth = 12;

/** Slides a range function's window over one series after another. */
export class Slide {
  readonly #evaluation: Evaluation;
  readonly #spec: RangeFunction;
  readonly #kernel: RangeKernel;
  readonly #histogramKernel: RangeKernel | undefined;
  readonly #sliding: SlidingKernel | undefined;
  readonly #extension: 'anchored' | 'smoothed' | undefined;
  readonly #source: RangeSource;
  readonly #scalars: readonly Float64Array[];
  readonly #grid: Grid;
  readonly #window = new Window();

  constructor(
    evaluation: Evaluation,
    setup: {
      readonly spec: RangeFunction;
      readonly name: string;
      readonly source: RangeSource;
      readonly scalars: readonly Float64Array[];
      readonly grid: Grid;
    },
  ) {
    const { spec, name, source } = setup;
    this.#evaluation = evaluation;
    this.#spec = spec;
    this.#extension = source.node.kind === 'matrix' ? source.node.selector.extension : undefined;
    const smoothed = this.#extension === 'smoothed';
    const extended = this.#extension !== undefined && changes.has(name);
    this.#kernel = extended ? extendedChange(name as Change, smoothed) : spec.kernel;
    this.#histogramKernel = extended
      ? extendedHistogramChange(name as Change, smoothed)
      : spec.histogramKernel;
    this.#sliding = this.#extension === undefined ? spec.sliding?.() : undefined;
    this.#source = source;
    this.#scalars = setup.scalars;
    this.#grid = setup.grid;
  }

  /** What is to be said of the series that was slid over last. */
  get remarks(): ReadonlySet<HistogramRemark> {
    return this.#window.remarks;
  }

  *fill(series: RangeSeries, column: NewColumn): Work<Slid> {
    this.#window.remarks.clear();
    const { histograms } = series;
    if (histograms === undefined || this.#spec.anySample === true || this.#histogramKernel !== undefined)
      return yield* this.#fill(series, column, undefined);
    const kept: number[] = [];
    const others: number[] = [];
    for (let i = 0; i < series.timesMs.length; i++) (histograms[i] === undefined ? kept : others).push(i);
    const floats: RangeSeries = {
      ...series,
      timesMs: Float64Array.from(kept, (i) => series.timesMs[i] as number),
      values: Float64Array.from(kept, (i) => series.values[i] as number),
      startsMs: undefined,
      histograms: undefined,
    };
    const ignoredMs = Float64Array.from(others, (i) => series.timesMs[i] as number);
    return yield* this.#fill(floats, column, ignoredMs);
  }

  /** `ignoredMs`: times of histograms that were left out, ascending. */
  *#fill(series: RangeSeries, column: NewColumn, ignoredMs: Float64Array | undefined): Work<Slid> {
    const window = this.#window;
    const { times, rangeMs } = this.#source;
    const { timesMs, histograms } = series;
    const [firsts, seconds] = this.#scalars;
    const { length } = timesMs;
    const { steps, startMs: gridStartMs, stepMs: gridStepMs } = this.#grid;
    const before = this.#histogramKernel === undefined ? undefined : histogramsBefore(histograms);
    const kernel = this.#kernelFor(series);
    const extends_ = this.#extension !== undefined;
    window.timesMs = timesMs;
    window.values = series.values;
    window.histograms = histograms;
    window.startsMs = series.startsMs;
    window.resets = this.#spec.needsResets === true ? resetsOf(series) : [];
    window.resetFrom = 0;
    const { resets } = window;
    let from = 0;
    let to = 0;
    let count = 0;
    let floats = 0;
    let looked = 0;
    for (let step = 0; step < steps; step++) {
      const endMs = times.firstMs + step * times.stepMs;
      const startMs = endMs - rangeMs;
      while (from < length && (timesMs[from] as number) <= startMs) from++;
      if (to < from) to = from;
      while (to < length && (timesMs[to] as number) <= endMs) to++;
      window.from = from;
      window.to = to;
      window.startMs = startMs;
      window.endMs = endMs;
      if (extends_ && !this.#extend(window)) continue;
      const size = window.to - window.from;
      if (size <= 0) continue;
      while (window.resetFrom < resets.length && (resets[window.resetFrom] as number) <= window.from)
        window.resetFrom++;
      window.atMs = gridStartMs + step * gridStepMs;
      if (firsts !== undefined) window.first = firsts[step] as number;
      if (seconds !== undefined) window.second = seconds[step] as number;
      looked += size + 1;
      if (looked > 50_000) {
        if (this.#evaluation.isDue(looked)) yield;
        looked = 0;
      }
      if (ignoredMs !== undefined && isAny(ignoredMs, startMs, endMs))
        window.remarks.add('histograms-ignored');
      window.outHistogram = undefined;
      if (!(before === undefined ? kernel(window) : this.#pickKernel(window, before))) continue;
      count++;
      if (window.outHistogram === undefined) {
        column.values[step] = window.out;
        column.present[step] = float;
        floats++;
      } else setHistogram(column, step, window.outHistogram);
    }
    if (this.#evaluation.isDue(looked + length + perSeries)) yield;
    return { count, floats };
  }

  /** Where each window shares most of its samples with the one before, what was computed is used again. */
  #kernelFor({ timesMs, histograms }: RangeSeries): RangeKernel {
    const { rangeMs, times } = this.#source;
    const { length } = timesMs;
    const spanMs = (timesMs[length - 1] as number) - (timesMs[0] as number);
    const isDense = length > 1 && (length * rangeMs) / spanMs > overlapWorth;
    if (
      this.#sliding === undefined ||
      histograms !== undefined ||
      !isDense ||
      times.stepMs <= 0 ||
      times.stepMs * 2 > rangeMs ||
      this.#grid.steps < 3
    )
      return this.#kernel;
    this.#sliding.begin();
    return this.#sliding.kernel;
  }

  /** Floats and histograms have kernels of their own; together they have none. */
  #pickKernel(window: Window, before: Uint32Array): boolean {
    const inWindow = (before[window.to] as number) - (before[window.from] as number);
    if (inWindow === 0) return this.#kernel(window);
    if (inWindow === window.to - window.from) return this.#histogramKernel?.(window) ?? false;
    window.remarks.add('mixed-samples');
    return false;
  }

  /** Takes in the samples beside the range. False when the range has nothing to say. */
  #extend(window: Window): boolean {
    const { timesMs, startMs, endMs } = window;
    // Samples beyond the look-back were not read for the first window, but may be there for later ones.
    const { lookbackMs } = this.#source;
    const before = window.from - 1;
    if (this.#extension === 'anchored' && window.to <= window.from) return false;
    if (before >= 0 && (timesMs[before] ?? 0) > startMs - lookbackMs) window.from = before;
    if (this.#extension === 'smoothed') {
      const after = window.to;
      const endsOnSample = after > window.from && timesMs[after - 1] === endMs;
      if (!endsOnSample && after < timesMs.length && (timesMs[after] ?? 0) <= endMs + lookbackMs) window.to++;
    }
    window.resetFrom = 0;
    return true;
  }
}

/** How many samples before each index are histograms. */
function histogramsBefore(histograms: RangeSeries['histograms']): Uint32Array | undefined {
  if (histograms === undefined) return undefined;
  const before = new Uint32Array(histograms.length + 1);
  for (let i = 0; i < histograms.length; i++)
    before[i + 1] = (before[i] as number) + (histograms[i] === undefined ? 0 : 1);
  return before;
}

/** Whether any of ascending times lies in (startMs, endMs]. */
function isAny(timesMs: Float64Array, startMs: number, endMs: number): boolean {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] as number) <= startMs) low = middle + 1;
    else high = middle;
  }
  return low < timesMs.length && (timesMs[low] as number) <= endMs;
}
