import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { isWebAddress, optionalText, secretUrl, templated } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, requiredSource } from '../config/receiver-fields.ts';
import { defineNotifier, secretsOfAddress } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { call, withoutEmpty } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { fitChars, truncate } from '../wire/truncate.ts';

const schema = z.strictObject({
  ...commonHttp,
  webhook_url: secretUrl.nullish(),
  webhook_url_file: optionalText,
  content: templated(),
  title: templated('{{ template "discord.default.title" . }}'),
  message: templated('{{ template "discord.default.message" . }}'),
  username: optionalText,
  avatar_url: optionalText,
});

interface Settings {
  readonly entry: z.output<typeof schema>;
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
}

/** In characters: https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const maxTitleChars = 256;
const maxDescriptionChars = 4096;
const maxContentChars = 2000;

const colors = { firing: 0x99_2d_22, resolved: 0x2e_cc_71 } as const;

/** A webhook's message with one embed: https://prometheus.io/docs/alerting/latest/configuration/#discord_config */
export const discord = defineNotifier<typeof schema, Settings>({
  name: 'discord',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({ ...entry, http_config: entry.http_config ?? globals.http_config }),

  resolve: (entry) => ({
    entry,
    http: checkHttpConfig(entry.http_config),
    url: requiredSource(entry, 'webhook_url'),
  }),

  templates: ({ entry }) => templatesOf(entry, ['content', 'title', 'message']),

  async send(notification, { entry, http, url }, { http: clientFor, render }, signal) {
    const address = await revealSecret(url, 'webhook_url_file');
    const title = render.text('title', entry.title, plainTitle(notification));
    const message = render.text('message', entry.message, plainBody(notification));
    const content = render.text('content', entry.content);
    const json = {
      content: truncate(content, maxContentChars),
      embeds: [
        {
          title: truncate(title.trim(), maxTitleChars),
          description: fitChars(message, render.notice(), maxDescriptionChars),
          color: colors[notification.status],
        },
      ],
      ...withoutEmpty({
        username: entry.username,
        avatar_url: isWebAddress(entry.avatar_url ?? '') ? entry.avatar_url : '',
      }),
    };
    const { receipt } = await call(
      clientFor(http),
      { service: 'Discord', url: address, json, secrets: secretsOfAddress(address) },
      signal,
    );
    return receipt;
  },
});
