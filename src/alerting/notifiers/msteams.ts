import { z } from 'zod';
import type { HttpReply } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { optionalText, secretUrl, templated } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, requiredSource } from '../config/receiver-fields.ts';
import { defineNotifier, NotifyError, secretsOfAddress } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { fitJson } from '../wire/fit-json.ts';
import { call } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';

const schema = z.strictObject({
  ...commonHttp,
  webhook_url: secretUrl.nullish(),
  webhook_url_file: optionalText,
  title: templated('{{ template "msteams.default.title" . }}'),
  summary: templated('{{ template "msteams.default.summary" . }}'),
  text: templated('{{ template "msteams.default.text" . }}'),
});

interface Settings {
  readonly entry: z.output<typeof schema>;
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
}

/** https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
const maxMessageBytes = 28 * 1024;

const colors = { firing: '8C1A1A', resolved: '2DC72D' } as const;

/** A card for a Teams connector: https://prometheus.io/docs/alerting/latest/configuration/#msteams_config */
export const msteams = defineNotifier<typeof schema, Settings>({
  name: 'msteams',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({ ...entry, http_config: entry.http_config ?? globals.http_config }),

  resolve: (entry) => ({
    entry,
    http: checkHttpConfig(entry.http_config),
    url: requiredSource(entry, 'webhook_url'),
  }),

  templates: ({ entry }) => templatesOf(entry, ['title', 'summary', 'text']),

  async send(notification, { entry, http, url }, { http: clientFor, render }, signal) {
    const address = await revealSecret(url, 'webhook_url_file');
    const plain = plainTitle(notification);
    const title = render.text('title', entry.title, plain);
    const summary = render.text('summary', entry.summary, plain);
    const text = render.text('text', entry.text, plainBody(notification));
    const body = fitJson(text, render.notice(), maxMessageBytes, (shown) => ({
      '@context': 'http://schema.org/extensions',
      '@type': 'MessageCard',
      title,
      summary,
      text: shown,
      themeColor: colors[notification.status],
    }));
    const { receipt, reply } = await call(
      clientFor(http),
      { service: 'Microsoft Teams', url: address, body, secrets: secretsOfAddress(address) },
      signal,
    );
    checkReply(reply);
    return receipt;
  },
});

/**
 * A connector answers 200 also when Teams behind it said no; the body says so.
 *
 * Source: https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors
 * @throws {NotifyError}
 */
function checkReply({ body }: HttpReply): void {
  const status = Number(/returned HTTP error (\d{3})/.exec(body)?.[1] ?? 0);
  if (status === 0) return;
  throw new NotifyError(`Microsoft Teams answered ${status} behind the connector`, {
    retryable: status >= 500 || status === 429,
    status,
  });
}
