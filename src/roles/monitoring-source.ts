import type { MonitoringSource } from '../api/skopos/monitoring-source.ts';
import type { Embedded } from './embedded.ts';
import { monitorBook } from './explain-monitors.ts';

/** The running process as the routes about watching see it. */
export function monitoringSource(embedded: Embedded): MonitoringSource {
  const { metrics, rules, reload } = embedded;
  return {
    scrape: metrics.scrape,
    discovery: () => metrics.discovery.status(),
    monitors: monitorBook(embedded),
    ruleGroups: () => rules.groups(),
    externalLabels: embedded.externalLabels,
    configuration: () => ({
      loadedAtMs: reload.atMs,
      ok: reload.ok,
      message: reload.message,
      documents: reload.documents,
      before: reload.before,
      history: reload.entries(),
    }),
  };
}
