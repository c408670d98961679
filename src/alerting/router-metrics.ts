import type { Labels } from '../model/labels.ts';
import type { Registry } from '../telemetry/registry.ts';

/** The router's own series. */
export interface RouterMetrics {
  /** An attempt to send begins. */
  sent(labels: Labels): void;
  failed(labels: Labels): void;
  delivered(receiver: string, atMs: number): void;
}

/** Registers them; call once a registry. `countAlerts` is asked at each scrape. */
export function routerMetrics(
  registry: Registry,
  countAlerts: () => Readonly<Record<string, number>>,
  lastSuccess: (part: string, atMs: number) => void,
): RouterMetrics {
  const sent = registry.counter('skopos_notifications_total', 'Attempts to send a notification.');
  const failed = registry.counter(
    'skopos_notifications_failed_total',
    'Attempts to send a notification that failed.',
  );
  registry.collector(() => [
    {
      name: 'skopos_alerts',
      help: 'Alerts in the router that fire, by state.',
      type: 'gauge',
      samples: Object.entries(countAlerts()).map(([state, value]) => ({
        name: 'skopos_alerts',
        labels: { state },
        value,
      })),
    },
  ]);
  return {
    sent: (labels) => sent.inc(labels),
    failed: (labels) => failed.inc(labels),
    delivered: (receiver, atMs) => lastSuccess(`receiver:${receiver}`, atMs),
  };
}
