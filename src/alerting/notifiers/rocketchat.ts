import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { list, optionalFlag, optionalSecret, optionalText, templated, webAddress } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, inheritSource, requiredSource, withSlash } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, NotifyError, scrub } from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { call, jsonOf, withoutEmpty } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { truncate } from '../wire/truncate.ts';

const fieldSchema = z.strictObject({ title: templated(), value: templated(), short: optionalFlag });

/** Alertmanager takes these keys in one word; only `text`, `url` and `msg` are sent. */
const actionSchema = z.strictObject({
  type: optionalText,
  text: templated(),
  url: templated(),
  msg: templated(),
  imageurl: optionalText,
  iswebview: optionalFlag,
  webviewheightratio: optionalText,
  msginchatwindow: optionalFlag,
  msgprocessingtype: optionalText,
});

const schema = z.strictObject({
  ...commonHttp,
  api_url: webAddress.nullish(),
  token_id: optionalSecret,
  token_id_file: optionalText,
  token: optionalSecret,
  token_file: optionalText,
  channel: templated(),
  color: templated('{{ if eq .Status "firing" }}red{{ else }}green{{ end }}'),
  title: templated('{{ template "rocketchat.default.title" . }}'),
  title_link: templated('{{ template "rocketchat.default.titlelink" . }}'),
  text: templated('{{ template "rocketchat.default.text" . }}'),
  fields: list(fieldSchema),
  short_fields: optionalFlag,
  emoji: templated('{{ template "rocketchat.default.emoji" . }}'),
  icon_url: templated('{{ template "rocketchat.default.iconurl" . }}'),
  image_url: templated(),
  thumb_url: templated(),
  link_names: optionalFlag,
  actions: list(actionSchema),
});

type Entry = z.output<typeof schema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  readonly url: string;
  readonly token: SecretSource;
  readonly tokenId: SecretSource;
}

/** As in Slack, whose attachments these are. */
const maxTitleChars = 1024;

const templateKeys = [
  ...[
    'channel',
    'color',
    'title',
    'title_link',
    'text',
    'fields',
    'emoji',
    'icon_url',
    'image_url',
    'thumb_url',
  ],
  'actions',
];

/** `chat.postMessage`: https://prometheus.io/docs/alerting/latest/configuration/#rocketchat_config */
export const rocketchat = defineNotifier<typeof schema, Settings>({
  name: 'rocketchat',
  sendResolved: false,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    http_config: entry.http_config ?? globals.http_config,
    api_url: withSlash(entry.api_url ?? globals.rocketchat_api_url),
    ...inheritSource(entry, 'token_id', globals, {
      globalKey: 'rocketchat_token_id',
      missing:
        'no Rocket.Chat token id: give token_id or token_id_file here, or rocketchat_token_id under global',
    }),
    ...inheritSource(entry, 'token', globals, {
      globalKey: 'rocketchat_token',
      missing: 'no Rocket.Chat token: give token or token_file here, or rocketchat_token under global',
    }),
  }),

  resolve: (entry) => ({
    entry,
    http: checkHttpConfig(entry.http_config),
    url: `${entry.api_url ?? ''}api/v1/chat.postMessage`,
    token: requiredSource(entry, 'token'),
    tokenId: requiredSource(entry, 'token_id'),
  }),

  templates: ({ entry }) => templatesOf(entry, templateKeys),

  async send(notification, settings, { http, render }, signal) {
    const token = await revealSecret(settings.token, 'token_file');
    const tokenId = await revealSecret(settings.tokenId, 'token_id_file');
    const { receipt, reply } = await call(
      http(settings.http),
      {
        service: 'Rocket.Chat',
        url: settings.url,
        json: messageOf(settings.entry, render, notification),
        headers: { 'x-auth-token': token, 'x-user-id': tokenId },
        secrets: [token, tokenId],
      },
      signal,
    );
    // It answers 200 to some of what it refuses.
    const { success, error } = jsonOf(reply);
    if (success === true) return receipt;
    const said = scrub(String(error ?? reply.body), [token, tokenId]).slice(0, 200);
    throw new NotifyError(
      success === false
        ? `Rocket.Chat refused the message: ${said}`
        : `Rocket.Chat gave no JSON answer: ${said}`,
      // What is no answer of Rocket.Chat's came from something before it, which may be gone the next time.
      { retryable: success === undefined, status: reply.status },
    );
  },
});

function messageOf(entry: Entry, render: Renderer, notification: Notification): Record<string, unknown> {
  const own = (key: 'title_link' | 'image_url' | 'thumb_url' | 'color' | 'channel' | 'emoji' | 'icon_url') =>
    render.text(key, entry[key]);
  const title = render.text('title', entry.title, plainTitle(notification));
  const text = render.text('text', entry.text, plainBody(notification));
  const attachment = {
    title: truncate(title, maxTitleChars),
    title_link: own('title_link'),
    image_url: own('image_url'),
    thumb_url: own('thumb_url'),
    color: own('color'),
    fields: entry.fields.map((field, i) => ({
      title: render.text(`fields[${i}].title`, field.title),
      value: render.text(`fields[${i}].value`, field.value),
      short: field.short ?? entry.short_fields ?? false,
    })),
    actions: entry.actions.map((action, i) => ({
      type: 'button',
      ...withoutEmpty({
        text: render.text(`actions[${i}].text`, action.text),
        url: render.text(`actions[${i}].url`, action.url),
        msg: render.text(`actions[${i}].msg`, action.msg),
      }),
    })),
  };
  const message = { channel: own('channel'), emoji: own('emoji'), avatar: own('icon_url') };
  return withoutEmpty({
    ...message,
    attachments: [withoutEmpty({ ...attachment, text: text + render.notice() })],
  });
}
