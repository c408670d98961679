import { compileMatcher } from '../../src/kit/compile-matcher.ts';
import type { FloatHistogram } from '../../src/model/float-histogram.ts';
import { type Labels, labelsKey } from '../../src/model/labels.ts';
import { setStaleAt } from '../../src/model/sample.ts';
import type { Queryable, SelectedSeries, Selection } from '../../src/promql/queryable.ts';
import type { NotedValue } from '../../src/promql/series-notation.ts';
import { storedResets } from './promql-hints.ts';

interface Point {
  readonly value: NotedValue;
  startMs: number;
}

interface Stored {
  readonly labels: Labels;
  readonly points: Map<number, Point>;
  frozen: SelectedSeries | undefined;
}

/** Series of a script in memory. */
export class ScriptStore implements Queryable {
  readonly #series = new Map<string, Stored>();

  clear(): void {
    this.#series.clear();
  }

  /** Adds values, the first at time 0, one each `stepMs`. */
  load(labels: Labels, values: readonly NotedValue[], stepMs: number): void {
    const stored = this.#stored(labels);
    values.forEach((value, i) => {
      if (value.kind !== 'none') stored.points.set(i * stepMs, { value, startMs: 0 });
    });
  }

  /** Sets when the counters of samples were created, relative to each sample's time. */
  loadStarts(labels: Labels, offsetsMs: readonly (number | undefined)[], stepMs: number): void {
    const stored = this.#stored(labels);
    offsetsMs.forEach((offsetMs, i) => {
      const point = stored.points.get(i * stepMs);
      if (offsetMs !== undefined && point !== undefined) point.startMs = i * stepMs + offsetMs;
    });
  }

  *select({ matchers, fromMs, toMs }: Selection): Iterable<SelectedSeries> {
    const tests = matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }));
    for (const stored of this.#series.values()) {
      if (!tests.every(({ name, test }) => test(stored.labels[name] ?? ''))) continue;
      stored.frozen ??= freeze(stored);
      const { labels, timesMs, values, startsMs, histograms } = stored.frozen;
      let from = 0;
      while (from < timesMs.length && (timesMs[from] ?? 0) < fromMs) from++;
      let to = from;
      while (to < timesMs.length && (timesMs[to] ?? 0) <= toMs) to++;
      yield {
        labels,
        timesMs: timesMs.subarray(from, to),
        values: values.subarray(from, to),
        ...(startsMs === undefined ? {} : { startsMs: startsMs.subarray(from, to) }),
        ...(histograms === undefined ? {} : { histograms: histograms.slice(from, to) }),
      };
    }
  }

  #stored(labels: Labels): Stored {
    const key = labelsKey(labels);
    const known = this.#series.get(key) ?? { labels, points: new Map<number, Point>(), frozen: undefined };
    known.frozen = undefined;
    this.#series.set(key, known);
    return known;
  }
}

function freeze({ labels, points }: Stored): SelectedSeries {
  const times = [...points.keys()].sort((left, right) => left - right);
  const values = new Float64Array(times.length);
  const startsMs = new Float64Array(times.length);
  const noted: (FloatHistogram | 'stale' | undefined)[] = Array.from({ length: times.length });
  times.forEach((time, i) => {
    const point = points.get(time);
    startsMs[i] = point?.startMs ?? 0;
    if (point?.value.kind === 'float') values[i] = point.value.value;
    else if (point?.value.kind === 'stale') {
      setStaleAt(values, i);
      noted[i] = 'stale';
    } else if (point?.value.kind === 'histogram') noted[i] = point.value.histogram;
  });
  const samples = { labels, timesMs: Float64Array.from(times), values, startsMs };
  const histograms = storedResets(noted);
  return histograms.some((one) => one !== undefined) ? { ...samples, histograms } : samples;
}
