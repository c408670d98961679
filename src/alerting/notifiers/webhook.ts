import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { Secret } from '../../kit/secret.ts';
import { count, goDurationText, optionalText, templateUrl } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, requiredSource } from '../config/receiver-fields.ts';
import { limitAlerts } from '../limit-alerts.ts';
import { defineNotifier, NotifyError, secretsOfAddress } from '../notifier.ts';
import { plainTitle } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { payloadOf } from '../wire/payload.ts';
import { call } from '../wire/post.ts';
import { renderDeep } from '../wire/render-deep.ts';
import { templatesWithin } from '../wire/template-fields.ts';

const schema = z.strictObject({
  ...commonHttp,
  url: templateUrl.transform((value) => (value === '' ? undefined : new Secret(value))).nullish(),
  url_file: optionalText,
  max_alerts: count(0),
  timeout: goDurationText,
  /** A body of one's own in place of format 4: texts in it are templates. */
  payload: z.unknown().optional(),
});

interface Settings {
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
  readonly maxAlerts: number;
  readonly timeoutMs: number;
  readonly payload: unknown;
}

/** JSON of format 4, posted: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const webhook = defineNotifier<typeof schema, Settings>({
  name: 'webhook',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({ ...entry, http_config: entry.http_config ?? globals.http_config }),

  resolve: (entry) => ({
    http: checkHttpConfig(entry.http_config),
    url: requiredSource(entry, 'url'),
    maxAlerts: entry.max_alerts ?? 0,
    timeoutMs: entry.timeout ?? 0,
    payload: entry.payload ?? undefined,
  }),

  templates: ({ url, payload }) => [
    ...templatesWithin('url', url.value?.reveal()),
    ...templatesWithin('payload', payload),
  ],

  async send(notification, settings, { http, render }, signal) {
    const address = await revealSecret(settings.url, 'url_file');
    const url = address.includes('{{') ? render.text('url', address).trim() : address;
    if (url === '') throw new NotifyError('the url template gave no address', { retryable: false });
    // What the alerts have in common, and the status, are of those that are shown, as upstream.
    const shown = limitAlerts(notification, settings.maxAlerts);
    const facts = { version: '4', truncatedAlerts: notification.alerts.length - shown.alerts.length };
    const json =
      settings.payload === undefined
        ? payloadOf(shown, facts)
        : renderDeep(settings.payload, (template, path) =>
            template.includes('{{')
              ? render.text(`payload.${path}`, template, `${plainTitle(notification)} [the template failed]`)
              : template,
          );
    const { receipt } = await call(
      http(settings.http),
      {
        service: 'webhook',
        url,
        json,
        secrets: () => secretsOfAddress(url),
        timeoutMs: settings.timeoutMs,
      },
      signal,
    );
    return receipt;
  },
});
