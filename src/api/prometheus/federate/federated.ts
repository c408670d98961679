import { customBucketsSchema, type FloatHistogram } from '../../../model/float-histogram.ts';
import { type Labels, labelsKey, metricName } from '../../../model/labels.ts';
import type { Matcher } from '../../../model/matcher.ts';
import { isStaleAt } from '../../../model/sample.ts';
import type { Queryable } from '../../../promql/queryable.ts';

/** The newest sample of a series, as it is handed on. */
export interface Federated {
  readonly name: string;
  /** Without the name, external labels and an `instance` included; in order, the series' own first. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly atMs: number;
  readonly value: number;
  readonly histogram?: FloatHistogram;
}

/** How old a sample may be, as for an instant query. */
const lookbackMs = 300_000;
/** How long series may be read without a look at other work. */
const turnMs = 10;

export interface FederationSource {
  readonly store: Queryable;
  readonly externalLabels: Labels;
  readonly now: () => number;
}

/**
 * The newest sample of each series that any of the lists selects; series that ended, and those without a name, are left out.
 * In order of name.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/federation/
 */
export async function federated(
  { store, externalLabels, now }: FederationSource,
  lists: readonly (readonly Matcher[])[],
): Promise<readonly Federated[]> {
  const found: Federated[] = [];
  const seen = new Set<string>();
  const toMs = now();
  // An empty label keeps whoever scrapes this from adding an instance of its own.
  const external = Object.entries({ instance: '', ...externalLabels }).sort(([a], [b]) => (a < b ? -1 : 1));
  let sinceMs = performance.now();
  for (const matchers of lists) {
    for (const series of store.select({ matchers, fromMs: toMs - lookbackMs, toMs })) {
      const last = series.timesMs.length - 1;
      const name = series.labels[metricName] ?? '';
      if (last < 0 || name === '') continue;
      const histogram = series.histograms?.[last];
      if (histogram === undefined && isStaleAt(series.values, last)) continue;
      if (lists.length > 1 && !isNew(seen, labelsKey(series.labels))) continue;
      // No format of today can carry the bounds of custom buckets.
      if (histogram?.schema === customBucketsSchema) continue;
      found.push({
        name,
        labels: labelsOf(series.labels, external),
        atMs: series.timesMs[last] as number,
        value: series.values[last] as number,
        ...(histogram === undefined ? {} : { histogram }),
      });
      if (performance.now() - sinceMs < turnMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sinceMs = performance.now();
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function isNew(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function labelsOf(own: Labels, external: readonly [string, string][]): [string, string][] {
  const labels: [string, string][] = [];
  for (const name of Object.keys(own).sort()) {
    const value = own[name] ?? '';
    if (name !== metricName && value !== '') labels.push([name, value]);
  }
  for (const [name, value] of external) if ((own[name] ?? '') === '') labels.push([name, value]);
  return labels;
}
