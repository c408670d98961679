import { compileMatcher } from '../../kit/compile-matcher.ts';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import type { Queryable, SelectedSeries, Selection } from '../../promql/queryable.ts';
import { GrowingSeries } from '../growing-series.ts';

/** The series of one test: small, in memory, at any time that the test likes. */
export class MemorySeries implements Queryable {
  readonly #series = new Map<string, GrowingSeries>();

  append(
    batch: readonly {
      readonly labels: Labels;
      readonly atMs: number;
      readonly value: number | 'stale' | FloatHistogram;
    }[],
  ): void {
    for (const { labels, atMs, value } of batch) {
      const key = labelsKey(labels);
      let series = this.#series.get(key);
      if (series === undefined) {
        series = new GrowingSeries(labels);
        this.#series.set(key, series);
      }
      series.add(atMs, value);
    }
  }

  *select({ matchers, fromMs, toMs }: Selection): Generator<SelectedSeries> {
    const tests = matchers.map((matcher) => ({ name: matcher.name, accepts: compileMatcher(matcher) }));
    for (const series of this.#series.values()) {
      if (!tests.every(({ name, accepts }) => accepts(series.labels[name] ?? ''))) continue;
      const samples = series.between(fromMs, toMs);
      if (samples !== undefined) yield samples;
    }
  }
}
