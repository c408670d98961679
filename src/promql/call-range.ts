import { metricName } from '../model/labels.ts';
import type { Call, MatrixSelector, SubqueryExpr } from './ast.ts';
import { unwrapParens } from './ast.ts';
import { type Column, float, type Grid, newColumn, timeAt, type Value } from './column.ts';
import { type Evaluation, vector } from './evaluation.ts';
import { formatNumber } from './format-number.ts';
import { extendedChange } from './functions/extended.ts';
import { type RangeFunction, rangeFunctions } from './functions/over-time.ts';
import { resetsOf, startsOverlap } from './functions/rate.ts';
import { type RangeKernel, Window } from './functions/window.ts';
import { mergeColumns } from './merge-columns.ts';
import { type RangeSeries, type RangeSource, rangeSource } from './range-source.ts';

/** A function of a range vector, series by series: the windows slide over samples that were read once. */
export function callRangeFunction(evaluation: Evaluation, call: Call, grid: Grid): Value {
  const spec = rangeFunctions.get(call.name);
  const rangeArg = spec?.rangeArg ?? 0;
  const arg = call.args[rangeArg];
  if (spec === undefined || arg === undefined) throw new Error(`no range function ${call.name}`);
  const scalars = call.args
    .filter((_, i) => i !== rangeArg)
    .map((scalar) => evaluation.scalarOf(scalar, grid));
  const source = rangeSource(evaluation, arg, grid);
  if (call.name === 'quantile_over_time') warnOfQuantile(evaluation, call, scalars[0]);
  const columns: Column[] = [];
  const slide = new Slide(spec, call.name, source, scalars, grid);
  const startSamples = evaluation.samples;
  for (const series of source.series) {
    const { labels, dropName } = spec.keepsName ? series : evaluation.dropName(series.labels);
    const column = newColumn(labels, dropName, grid.steps);
    const { count, widest, looked } = slide.fill(series, column);
    evaluation.check(looked);
    evaluation.mayHold(widest);
    if (count === 0) continue;
    remark(evaluation, call, source.node, series);
    columns.push(column);
    evaluation.samples += count;
  }
  evaluation.samples = startSamples;
  return vector(spec.keepsName ? columns : mergeIfDropped(evaluation, columns));
}

function mergeIfDropped(evaluation: Evaluation, columns: readonly Column[]): readonly Column[] {
  return evaluation.options.delayedNameRemoval ? columns : mergeColumns(columns);
}

/** Slides a function's window over one series after another. */
class Slide {
  readonly #kernel: RangeKernel;
  readonly #needsResets: boolean;
  readonly #extension: 'anchored' | 'smoothed' | undefined;
  readonly #source: RangeSource;
  readonly #scalars: readonly Float64Array[];
  readonly #grid: Grid;
  readonly #window = new Window();

  constructor(
    spec: RangeFunction,
    name: string,
    source: RangeSource,
    scalars: readonly Float64Array[],
    grid: Grid,
  ) {
    this.#extension = source.node.kind === 'matrix' ? source.node.selector.extension : undefined;
    const extends_ =
      this.#extension !== undefined && (name === 'rate' || name === 'increase' || name === 'delta');
    this.#kernel = extends_ ? extendedChange(name, this.#extension === 'smoothed') : spec.kernel;
    this.#needsResets = spec.needsResets === true;
    this.#source = source;
    this.#scalars = scalars;
    this.#grid = grid;
  }

  /** Fills a column; tells how many values it got, the most samples in one window, and how many were looked at. */
  fill(series: RangeSeries, column: Column): { count: number; widest: number; looked: number } {
    const window = this.#window;
    const { times, rangeMs } = this.#source;
    const { timesMs, values } = series;
    const [first, second] = this.#scalars;
    window.timesMs = timesMs;
    window.values = values;
    window.startsMs = series.startsMs;
    window.resets = this.#needsResets ? resetsOf(values, timesMs, series.startsMs) : [];
    window.resetFrom = 0;
    let from = 0;
    let to = 0;
    let count = 0;
    let widest = 0;
    let looked = 0;
    const { length } = timesMs;
    for (let step = 0; step < this.#grid.steps; step++) {
      const endMs = times.firstMs + step * times.stepMs;
      const startMs = endMs - rangeMs;
      while (from < length && (timesMs[from] as number) <= startMs) from++;
      if (to < from) to = from;
      while (to < length && (timesMs[to] as number) <= endMs) to++;
      window.from = from;
      window.to = to;
      window.startMs = startMs;
      window.endMs = endMs;
      if (this.#extension !== undefined && !this.#extend(window)) continue;
      if (window.to <= window.from) continue;
      while ((window.resets[window.resetFrom] ?? Number.POSITIVE_INFINITY) <= window.from) window.resetFrom++;
      window.atMs = timeAt(this.#grid, step);
      if (first !== undefined) window.first = first[step] as number;
      if (second !== undefined) window.second = second[step] as number;
      looked += window.to - window.from;
      if (window.to - window.from > widest) widest = window.to - window.from;
      if (!this.#kernel(window)) continue;
      column.values[step] = window.out;
      column.present[step] = float;
      count++;
    }
    return { count, widest, looked };
  }

  /** Takes in the samples beside the range. False when the range has nothing to say. */
  #extend(window: Window): boolean {
    const { timesMs, startMs, endMs } = window;
    const before = window.from - 1;
    if (this.#extension === 'anchored' && window.to <= window.from) return false;
    if (before >= 0 && (timesMs[before] ?? 0) > startMs - this.#lookbackMs) window.from = before;
    if (this.#extension === 'smoothed') {
      const after = window.to;
      const endsOnSample = after > window.from && timesMs[after - 1] === endMs;
      if (!endsOnSample && after < timesMs.length && (timesMs[after] ?? 0) <= endMs + this.#lookbackMs)
        window.to++;
    }
    window.resetFrom = 0;
    return true;
  }

  /** Samples beyond the look-back were not read for the first window, but may be there for later ones. */
  get #lookbackMs(): number {
    return this.#source.lookbackMs;
  }
}

const counterName = /_(?:total|sum|count|bucket)$/;

function remark(
  evaluation: Evaluation,
  call: Call,
  node: MatrixSelector | SubqueryExpr,
  series: RangeSeries,
): void {
  if (call.name !== 'rate' && call.name !== 'increase') return;
  const name = series.labels[metricName] ?? '';
  if (startsOverlap(series))
    evaluation.annotations.warn(
      `sample has start time that overlaps with previous sample timestamp for metric ${JSON.stringify(name)}`,
      node.span,
    );
  if (name === '' || counterName.test(name) || node.kind !== 'matrix') return;
  evaluation.annotations.info(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)}`,
    node.span,
  );
}

function warnOfQuantile(evaluation: Evaluation, call: Call, phis: Float64Array | undefined): void {
  const bad = phis?.find((phi) => !(phi >= 0 && phi <= 1));
  const arg = call.args[0];
  if (bad === undefined || arg === undefined) return;
  evaluation.annotations.warn(
    `quantile value should be between 0 and 1, got ${formatNumber(bad)}`,
    unwrapParens(arg).span,
  );
}
