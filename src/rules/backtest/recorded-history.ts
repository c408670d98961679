import { AppError } from '../../kit/app-error.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { Expr } from '../../promql/ast.ts';
import type { AsyncQueryEngine } from '../../promql/query-options.ts';
import type { Queryable, SelectedSeries, Selection } from '../../promql/queryable.ts';
import { GrowingSeries } from '../growing-series.ts';
import type { History, RecordedSeries, Steps } from './history.ts';

/** A back-test that would hold more than it may. */
export class BacktestTooLargeError extends AppError {
  readonly code = 'BACKTEST_TOO_LARGE';
}

/** Samples that recording rules under test may hold at a time, 16 bytes each. */
const defaultMaxSamples = 4_000_000;

export interface RecordedHistoryOptions {
  readonly name: string;
  readonly store: Queryable;
  readonly engine: AsyncQueryEngine;
  readonly maxSamples?: number;
}

/** A store's samples, with those of the rules under test in place of what the store has of them. */
export class RecordedHistory implements History, Queryable {
  readonly name: string;
  readonly recorded: RecordedSeries;
  readonly #store: Queryable;
  readonly #engine: AsyncQueryEngine;
  readonly #series: Recorded;

  constructor({ name, store, engine, maxSamples = defaultMaxSamples }: RecordedHistoryOptions) {
    this.name = name;
    this.#store = store;
    this.#engine = engine;
    this.#series = new Recorded(maxSamples);
    this.recorded = this.#series;
  }

  async range(expr: Expr, steps: Steps, signal: AbortSignal): Promise<readonly MixedSamples[]> {
    const result = await this.#engine.rangeAsync(this, expr, steps, { signal });
    return result.type === 'matrix' ? result.series : [];
  }

  *select(selection: Selection): Iterable<SelectedSeries> {
    const own = this.#series.select(selection);
    for (const series of this.#store.select(selection)) {
      if (!this.#series.isOurs(series.labels)) {
        yield series;
        continue;
      }
      const before = upTo(series, this.#series.fromMs);
      const key = labelsKey(series.labels);
      const after = own.get(key);
      own.delete(key);
      if (after !== undefined) yield joined(before, after);
      else if (before.timesMs.length > 0) yield before;
    }
    yield* own.values();
  }
}

class Recorded implements RecordedSeries {
  readonly #maxSamples: number;
  readonly #byKey = new Map<string, { readonly writer: object; readonly series: GrowingSeries }>();
  isOurs: (labels: Labels) => boolean = () => false;
  fromMs = Number.NEGATIVE_INFINITY;

  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples;
  }

  replace(isOurs: (labels: Labels) => boolean, fromMs: number): void {
    this.isOurs = isOurs;
    this.fromMs = fromMs;
  }

  write(writer: object, given: readonly MixedSamples[], { startMs, endMs, stepMs }: Steps): void {
    const written = new Set<string>();
    for (const { labels, timesMs, values, histograms } of given) {
      const key = labelsKey(labels);
      written.add(key);
      const series = this.#growing(key, labels, writer);
      let expectedMs = startMs;
      for (let i = 0; i < timesMs.length; i++) {
        const atMs = timesMs[i] ?? 0;
        if (atMs > expectedMs) end(series, expectedMs);
        series.add(atMs, histograms?.[i] ?? values[i] ?? 0);
        expectedMs = atMs + stepMs;
      }
      if (expectedMs <= endMs) end(series, expectedMs);
    }
    for (const [key, { writer: of, series }] of this.#byKey)
      if (of === writer && !written.has(key)) end(series, startMs);
    this.#checkSize();
  }

  forget(beforeMs: number): void {
    for (const [key, { series }] of this.#byKey) {
      series.forget(beforeMs);
      if (series.length === 0) this.#byKey.delete(key);
    }
  }

  select({ matchers, fromMs, toMs }: Selection): Map<string, SelectedSeries> {
    const accepts = acceptor(matchers);
    const found = new Map<string, SelectedSeries>();
    for (const [key, { series }] of this.#byKey) {
      const samples = accepts(series.labels) ? series.between(fromMs, toMs) : undefined;
      if (samples !== undefined) found.set(key, samples);
    }
    return found;
  }

  #growing(key: string, labels: Labels, writer: object): GrowingSeries {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known.series;
    const series = new GrowingSeries(labels);
    this.#byKey.set(key, { writer, series });
    return series;
  }

  #checkSize(): void {
    let samples = 0;
    for (const { series } of this.#byKey.values()) samples += series.length;
    if (samples <= this.#maxSamples) return;
    throw new BacktestTooLargeError(
      `the recording rules of this back-test hold more than ${this.#maxSamples} samples at a time; try fewer rules, a longer interval of their groups, or shorter ranges over what they record`,
    );
  }
}

function end(series: GrowingSeries, atMs: number): void {
  if (!series.hasEnded) series.add(atMs, 'stale');
}

function acceptor(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, accepts: compileMatcher(matcher) }));
  return (labels) => tests.every(({ name, accepts }) => accepts(labels[name] ?? ''));
}

/** What is stored of a series before our own begins. */
function upTo({ labels, timesMs, values, histograms }: SelectedSeries, endMs: number): SelectedSeries {
  let length = timesMs.length;
  while (length > 0 && (timesMs[length - 1] ?? 0) >= endMs) length--;
  return {
    labels,
    timesMs: timesMs.subarray(0, length),
    values: values.subarray(0, length),
    ...(histograms === undefined ? {} : { histograms: histograms.slice(0, length) }),
  };
}

function joined(before: SelectedSeries, after: SelectedSeries): SelectedSeries {
  const length = before.timesMs.length;
  const timesMs = new Float64Array(length + after.timesMs.length);
  const values = new Float64Array(timesMs.length);
  timesMs.set(before.timesMs);
  timesMs.set(after.timesMs, length);
  values.set(before.values);
  values.set(after.values, length);
  if (before.histograms === undefined && after.histograms === undefined)
    return { labels: after.labels, timesMs, values };
  const histograms = [
    ...(before.histograms ?? new Array<undefined>(length).fill(undefined)),
    ...(after.histograms ?? new Array<undefined>(after.timesMs.length).fill(undefined)),
  ];
  return { labels: after.labels, timesMs, values, histograms };
}
