import type { Cardinality, StoreStats } from './reading.ts';
import type { SeriesIndex } from './series-index.ts';

/** The largest of everything in an index, as far as the status tells of it. */
export function largestOf(
  index: SeriesIndex,
): Pick<StoreStats, 'labelPairs' | 'seriesByMetric' | 'valuesByLabel' | 'seriesByPair'> {
  const labels = [...index.cardinalities()];
  const pairs = labels.flatMap(({ name, pairs }) =>
    largest([...pairs()].map(([value, count]) => ({ name: `${name}=${value}`, value: count }))),
  );
  const metrics = labels.find(({ name }) => name === '__name__');
  return {
    labelPairs: labels.reduce((total, { values }) => total + values, 0),
    seriesByMetric: largest([...(metrics?.pairs() ?? [])].map(([name, value]) => ({ name, value }))),
    valuesByLabel: largest(labels.map(({ name, values }) => ({ name, value: values }))),
    seriesByPair: largest(pairs),
  };
}

export function largest(of: readonly Cardinality[], count = 10): Cardinality[] {
  return of.toSorted((a, b) => b.value - a.value).slice(0, count);
}
