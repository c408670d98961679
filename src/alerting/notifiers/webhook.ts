import { z } from 'zod';
import { type HttpClientConfig, httpConfigSchema } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import {
  flag,
  hidden,
  isWebAddress,
  optionalDuration,
  optionalFlag,
  optionalText,
} from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { limitAlerts } from '../limit-alerts.ts';
import type { Notification, NotifiedAlert } from '../notification.ts';
import { defineNotifier, expectSuccess, NotifyError, secretsOfAddress } from '../notifier.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';

const schema = z.strictObject({
  send_resolved: optionalFlag,
  http_config: httpConfigSchema.nullish(),
  url: hidden.nullish(),
  url_file: optionalText,
  max_alerts: z.int().min(0, 'expected 0 (no limit) or more').nullish(),
  timeout: optionalDuration,
  payload: z.unknown().optional(),
  update_message: flag.nullish(),
});

interface Settings {
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
  readonly maxAlerts: number;
  readonly timeoutMs: number;
}

/** JSON of format 4, posted: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const webhook = defineNotifier<typeof schema, Settings>({
  name: 'webhook',
  sendResolved: true,
  schema,

  resolve(entry, globals) {
    const { url, url_file: file } = entry;
    if (!url && !file) throw new BadInputError('', 'one of url & url_file must be set');
    if (url && file) throw new BadInputError('url_file', 'at most one of url & url_file may be set');
    if (url && !isWebAddress(url.reveal()) && !url.reveal().includes('{{'))
      throw new BadInputError('url', 'expected an http:// or https:// address');
    if (entry.payload !== undefined && entry.payload !== null)
      throw new BadInputError(
        'payload',
        'a payload of your own is not supported yet; leave it out for format 4',
      );
    if (entry.update_message !== undefined && entry.update_message !== null)
      throw new BadInputError('update_message', 'webhooks have no update_message');
    return {
      http: checkHttpConfig(entry.http_config ?? globals.http_config),
      url: { value: url ?? undefined, file: file ?? undefined },
      maxAlerts: entry.max_alerts ?? 0,
      timeoutMs: entry.timeout ?? 0,
    };
  },

  templates: ({ url }) =>
    url.value?.reveal().includes('{{') ? [{ path: 'url', template: url.value.reveal() }] : [],

  async send(notification, settings, { http, render }, signal) {
    const address = await revealSecret(settings.url, 'url_file');
    const url = address.includes('{{') ? render.text('url', address) : address;
    if (url === '') throw new NotifyError('the url template gave no address', { retryable: false });
    const limited =
      settings.timeoutMs > 0 ? AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]) : signal;
    const body = JSON.stringify(payloadOf(notification, settings.maxAlerts));
    return expectSuccess(
      'webhook',
      await http(settings.http).post({ url, body }, limited),
      secretsOfAddress(url),
    );
  },
});

/** Format 4, keys in Alertmanager's order. */
function payloadOf(whole: Notification, maxAlerts: number): unknown {
  const notification = limitAlerts(whole, maxAlerts);
  const shown = notification.alerts;
  return {
    receiver: notification.receiver,
    status: notification.status,
    notification_reason: notification.reason,
    alerts: shown.map(alertOf),
    groupLabels: notification.groupLabels,
    commonLabels: notification.commonLabels,
    commonAnnotations: notification.commonAnnotations,
    routeLabels: notification.routeLabels,
    externalURL: notification.externalURL,
    version: '4',
    groupKey: notification.groupKey,
    truncatedAlerts: whole.alerts.length - shown.length,
  };
}

function alertOf(alert: NotifiedAlert): unknown {
  return {
    status: alert.status,
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(alert.startsAtMs).toISOString(),
    endsAt: alert.status === 'firing' ? zeroTime : new Date(alert.endsAtMs).toISOString(),
    generatorURL: alert.generatorURL,
    fingerprint: alert.fingerprint,
  };
}

/** Go's zero time, which stands for "not yet". */
const zeroTime = '0001-01-01T00:00:00Z';
