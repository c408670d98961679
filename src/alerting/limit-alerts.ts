import { commonLabels } from './common-labels.ts';
import type { Notification } from './notification.ts';

/** The notification with its first `max` alerts alone, as if the others were not; whole when `max` is 0. As upstream truncates. */
export function limitAlerts(notification: Notification, max: number): Notification {
  if (max === 0 || notification.alerts.length <= max) return notification;
  const alerts = notification.alerts.slice(0, max);
  return {
    ...notification,
    alerts,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    commonLabels: commonLabels(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonLabels(alerts.map(({ annotations }) => annotations)),
  };
}
