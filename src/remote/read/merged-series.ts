import type { MixedSamples } from '../../model/float-histogram.ts';
import { labelsKey } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { Queryable, SelectedSeries, Selection } from '../../promql/queryable.ts';
import { SampleSink } from '../../tsdb/sample-sink.ts';

/** Series that were read elsewhere, by what they were selected with. */
export type FoundSeries = ReadonlyMap<string, readonly MixedSamples[]>;

/** The same for the same matchers. */
export function selectionKey(matchers: readonly Matcher[]): string {
  return JSON.stringify(matchers.map(({ name, op, value }) => [name, op, value]).sort());
}

/** The store with what was found elsewhere beside it: a series that both have is one, and where both have a sample the store's counts. */
export class MergedSeries implements Queryable {
  readonly #store: Queryable;
  readonly #found: FoundSeries;

  constructor(store: Queryable, found: FoundSeries) {
    this.#store = store;
    this.#found = found;
  }

  *select(selection: Selection): Generator<SelectedSeries> {
    const found = this.#found.get(selectionKey(selection.matchers)) ?? [];
    if (found.length === 0) {
      yield* this.#store.select(selection);
      return;
    }
    const { fromMs, toMs } = selection;
    const remote = new Map<string, MixedSamples[]>();
    for (const series of found) {
      const key = labelsKey(series.labels);
      const held = remote.get(key);
      if (held === undefined) remote.set(key, [series]);
      else held.push(series);
    }
    const sink = new SampleSink();
    for (const local of this.#store.select(selection)) {
      const key = labelsKey(local.labels);
      const others = remote.get(key);
      remote.delete(key);
      if (others === undefined) {
        yield local;
        continue;
      }
      sink.clear();
      for (const one of [local, ...others]) sink.addSamples(one);
      const merged = sink.finish(local.labels, fromMs, toMs, []);
      if (merged !== undefined) yield merged;
    }
    for (const others of remote.values()) {
      sink.clear();
      for (const one of others) sink.addSamples(one);
      const merged = sink.finish(others[0]?.labels ?? {}, fromMs, toMs, []);
      if (merged !== undefined) yield merged;
    }
  }
}
