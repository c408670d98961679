import type { AlertingConfig } from '../../alerting/config/alerting-config.ts';
import { formatDuration } from '../../kit/duration.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { LintRouting, SeriesLookup } from '../../rules/lint/lint-surroundings.ts';
import type { TimeSeriesStore } from '../../tsdb/store.ts';

/** The routing tree as lints walk it. */
export function lintRouting({ file, route, receivers }: AlertingConfig): LintRouting {
  const silent = new Set(
    receivers.filter(({ integrations }) => integrations.length === 0).map(({ name }) => name),
  );
  return { file, route, isSilent: (receiver) => silent.has(receiver) };
}

export interface StoreLookupOptions {
  readonly name: string;
  readonly store: Pick<TimeSeriesStore, 'select' | 'labelValues'>;
  readonly fromMs: number;
  readonly toMs: number;
  /** The type of a metric, where it is known from scraping it. */
  readonly typeOf: (metric: string) => string | undefined;
}

/** Values of a label that are looked through. */
const maxValues = 20_000;

/** Series of a store of this process. */
export function storeLookup({ name, store, fromMs, toMs, typeOf }: StoreLookupOptions): SeriesLookup {
  return {
    name,
    window: formatDuration(toMs - fromMs),
    async hasSeries(matchers: readonly Matcher[]) {
      for (const _one of store.select({ matchers, fromMs, toMs })) return true;
      return false;
    },
    async labelValues(label, matchers) {
      return store
        .labelValues(label, matchers.length === 0 ? [] : [matchers], fromMs, toMs)
        .slice(0, maxValues);
    },
    async typeOf(metric) {
      return typeOf(metric);
    },
  };
}
