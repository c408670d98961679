import { z } from 'zod';
import type { HttpReply } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { Secret } from '../../kit/secret.ts';
import { count, goDurationText, optionalSecret, optionalText, webAddress } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, hasSource, requiredSource, sourceOf } from '../config/receiver-fields.ts';
import { defineNotifier, secretsOfAddress } from '../notifier.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { payloadOf } from '../wire/payload.ts';
import { call, jsonOf } from '../wire/post.ts';
import { byteLength } from '../wire/truncate.ts';

const schema = z.strictObject({
  ...commonHttp,
  url: webAddress.nullish(),
  url_file: optionalText,
  alert_source_token: optionalSecret,
  alert_source_token_file: optionalText,
  max_alerts: count(0),
  timeout: goDurationText,
});

interface Settings {
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
  readonly token: SecretSource;
  readonly maxAlerts: number;
  readonly timeoutMs: number;
}

/** https://docs.incident.io/integrations/prometheus: more is not ingested. */
const maxPayloadBytes = 512 * 1024;

/** An HTTP alert source: https://prometheus.io/docs/alerting/latest/configuration/#incidentio_config */
export const incidentio = defineNotifier<typeof schema, Settings>({
  name: 'incidentio',
  sendResolved: true,
  schema,

  inherit(entry, globals) {
    const { authorization } = entry.http_config ?? {};
    const hasToken = hasSource(entry, 'alert_source_token');
    if (authorization && hasToken)
      throw new BadInputError(
        'alert_source_token',
        'at most one of alert_source_token/alert_source_token_file & http_config.authorization may be set',
      );
    if (entry.http_config && !authorization && !hasToken)
      throw new BadInputError(
        '',
        'one of alert_source_token, alert_source_token_file & http_config.authorization must be set',
      );
    const http = entry.http_config ?? globals.http_config;
    // The token of the source takes the place of what the globals may hold.
    return { ...entry, http_config: hasToken ? { ...http, authorization: undefined } : http };
  },

  resolve(entry) {
    const url = requiredSource(entry, 'url');
    return {
      http: checkHttpConfig(entry.http_config),
      url: { ...url, value: entry.url ? new Secret(entry.url) : undefined },
      token: sourceOf(entry, 'alert_source_token'),
      maxAlerts: entry.max_alerts ?? 0,
      timeoutMs: entry.timeout ?? 0,
    };
  },

  templates: () => [],

  async send(notification, settings, { http }, signal) {
    const url = await revealSecret(settings.url, 'url_file');
    const token = await revealSecret(settings.token, 'alert_source_token_file');
    const { alerts } = notification;
    const bodyWith = (most: number) =>
      JSON.stringify(
        payloadOf(
          { ...notification, alerts: alerts.slice(0, most) },
          { version: '1', truncatedAlerts: Math.max(0, alerts.length - most) },
        ),
      );
    const whole = bodyWith(settings.maxAlerts > 0 ? settings.maxAlerts : alerts.length);
    const { receipt } = await call(
      http(settings.http),
      {
        service: 'incident.io',
        url,
        // One alert stands for its group there, so that the first is what matters.
        body: byteLength(whole) <= maxPayloadBytes ? whole : bodyWith(1),
        ...(token === '' ? {} : { headers: { authorization: `Bearer ${token}` } }),
        secrets: [...secretsOfAddress(url), token],
        retryOn: [429],
        details: reasonOf,
        timeoutMs: settings.timeoutMs,
      },
      signal,
    );
    return receipt;
  },
});

function reasonOf(reply: HttpReply): string {
  const { message, errors, error } = jsonOf(reply);
  return [message, ...(Array.isArray(errors) ? errors : []), error]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(': ');
}
