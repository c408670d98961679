import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { optionalText, secretUrl, templated } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, requiredSource } from '../config/receiver-fields.ts';
import { defineNotifier, secretsOfAddress } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { fitJson } from '../wire/fit-json.ts';
import { call } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';

const schema = z.strictObject({
  ...commonHttp,
  webhook_url: secretUrl.nullish(),
  webhook_url_file: optionalText,
  title: templated('{{ template "msteamsv2.default.title" . }}'),
  text: templated('{{ template "msteamsv2.default.text" . }}'),
});

interface Settings {
  readonly entry: z.output<typeof schema>;
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
}

/** https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook */
const maxMessageBytes = 28 * 1024;

const colors = { firing: 'Attention', resolved: 'Good' } as const;

/** An adaptive card for a Teams workflow: https://prometheus.io/docs/alerting/latest/configuration/#msteamsv2_config */
export const msteamsv2 = defineNotifier<typeof schema, Settings>({
  name: 'msteamsv2',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    // The proxy alone is inherited beside settings of the entry's own.
    http_config:
      entry.http_config && !entry.http_config.proxy_url && !entry.http_config.proxy_from_environment
        ? { ...entry.http_config, proxy_url: globals.http_config.proxy_url }
        : (entry.http_config ?? globals.http_config),
  }),

  resolve: (entry) => ({
    entry,
    http: checkHttpConfig(entry.http_config),
    url: requiredSource(entry, 'webhook_url'),
  }),

  templates: ({ entry }) => templatesOf(entry, ['title', 'text']),

  async send(notification, { entry, http, url }, { http: clientFor, render }, signal) {
    const address = await revealSecret(url, 'webhook_url_file');
    const title = render.text('title', entry.title, plainTitle(notification));
    const text = render.text('text', entry.text, plainBody(notification));
    const body = fitJson(text, render.notice(), maxMessageBytes, (shown) =>
      cardOf(title, shown, colors[notification.status]),
    );
    const { receipt } = await call(
      clientFor(http),
      { service: 'Microsoft Teams', url: address, body, secrets: secretsOfAddress(address) },
      signal,
    );
    return receipt;
  },
});

function cardOf(title: string, text: string, color: string): unknown {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.2',
          body: [
            {
              type: 'TextBlock',
              text: title,
              weight: 'Bolder',
              size: 'Medium',
              wrap: true,
              style: 'heading',
              color,
            },
            { type: 'TextBlock', text, wrap: true },
          ],
          msteams: { width: 'full' },
        },
      },
    ],
  };
}
