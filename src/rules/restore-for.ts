import { type Labels, metricName } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { isStaleAt } from '../model/sample.ts';
import type { Queryable } from '../promql/queryable.ts';

export interface RestoreOptions {
  readonly store: Queryable;
  /** When this process started; what was written before is of another. */
  readonly startedMs: number;
  readonly nowMs: number;
  readonly forMs: number;
  readonly outageToleranceMs: number;
  readonly graceMs: number;
}

/**
 * Since when an alert counts as active after a restart, by what `ALERTS_FOR_STATE` said before it; undefined to begin anew.
 * The outage itself does not count, and a `for` that would have ended during it gets the grace period.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/command-line/prometheus/ (--rules.alert.for-outage-tolerance, --rules.alert.for-grace-period)
 */
export function restoredActiveAt(labels: Labels, options: RestoreOptions): number | undefined {
  const { store, startedMs, nowMs, forMs, graceMs } = options;
  // A `for` below the grace period is waited for in full; restoring it would not bring it forward.
  if (forMs < graceMs) return undefined;
  const all: Labels = { ...labels, [metricName]: 'ALERTS_FOR_STATE' };
  const matchers = Object.entries(all).map(([name, value]): Matcher => ({ name, op: '=', value }));
  const size = Object.keys(all).length;
  const fromMs = nowMs - options.outageToleranceMs;
  for (const series of store.select({ matchers, fromMs, toMs: startedMs - 1 })) {
    if (Object.keys(series.labels).length !== size) continue;
    const last = series.values.length - 1;
    const activeSeconds = series.values[last];
    const downAtMs = series.timesMs[last];
    if (activeSeconds === undefined || downAtMs === undefined || isStaleAt(series.values, last)) continue;
    const activeAtMs = activeSeconds * 1000;
    const leftMs = forMs - (downAtMs - activeAtMs);
    if (leftMs <= 0) return activeAtMs;
    if (leftMs < graceMs) return nowMs + graceMs - forMs;
    return activeAtMs + (nowMs - downAtMs);
  }
  return undefined;
}
