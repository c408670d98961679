import type { Notification, NotifiedAlert } from '../notification.ts';

/**
 * A notification as webhooks get it, keys in Alertmanager's order.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function payloadOf(
  notification: Notification,
  { version, truncatedAlerts }: { readonly version: string; readonly truncatedAlerts: number },
): Record<string, unknown> {
  return {
    receiver: notification.receiver,
    status: notification.status,
    notification_reason: notification.reason,
    alerts: notification.alerts.map(alertOf),
    groupLabels: notification.groupLabels,
    commonLabels: notification.commonLabels,
    commonAnnotations: notification.commonAnnotations,
    routeLabels: notification.routeLabels,
    externalURL: notification.externalURL,
    version,
    groupKey: notification.groupKey,
    truncatedAlerts,
  };
}

function alertOf(alert: NotifiedAlert): unknown {
  return {
    status: alert.status,
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: timeOf(alert.startsAtMs),
    endsAt: alert.status === 'firing' ? zeroTime : timeOf(alert.endsAtMs),
    generatorURL: alert.generatorURL,
    fingerprint: alert.fingerprint,
  };
}

/** Go's zero time, which stands for "not yet". */
const zeroTime = '0001-01-01T00:00:00Z';

/** Alerts of one notification mostly began together, and writing a time is dear. */
let last = { atMs: 0, text: '1970-01-01T00:00:00Z' };

/** As Go writes it: no zeros at the end of the fraction. */
function timeOf(atMs: number): string {
  if (last.atMs !== atMs) last = { atMs, text: new Date(atMs).toISOString().replace(/\.?0*Z$/, 'Z') };
  return last.text;
}
