import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { list, optionalFlag, optionalText, secretUrl, templated, text } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, inheritSource, requiredSource } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, secretsOfAddress } from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { call, withoutEmpty } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { fitChars } from '../wire/truncate.ts';

const required = text.refine((value) => value !== '', { error: 'cannot be empty' });
const fieldSchema = z.strictObject({ title: required, value: required, short: optionalFlag });

/** Texts of an attachment, whether it stands for itself or the entry is one. */
const plainKeys = [
  ...['fallback', 'color', 'pretext', 'text', 'author_name', 'author_link', 'author_icon'],
  ...['title', 'title_link', 'thumb_url', 'footer', 'footer_icon', 'image_url'],
] as const;
type PlainKey = (typeof plainKeys)[number];

const attachmentSchema = z.strictObject({
  ...(Object.fromEntries(plainKeys.map((key) => [key, templated()])) as Record<
    PlainKey,
    ReturnType<typeof templated>
  >),
  fields: list(fieldSchema),
});

const schema = z.strictObject({
  ...commonHttp,
  ...attachmentSchema.shape,
  webhook_url: secretUrl.nullish(),
  webhook_url_file: optionalText,
  channel: templated(),
  username: templated('{{ template "mattermost.default.username" . }}'),
  text: templated('{{ template "mattermost.default.text" . }}'),
  fallback: templated('{{ template "mattermost.default.fallback" . }}'),
  color: templated('{{ template "mattermost.default.color" . }}'),
  title: templated('{{ template "mattermost.default.title" . }}'),
  title_link: templated('{{ template "mattermost.default.titlelink" . }}'),
  icon_url: templated(),
  icon_emoji: templated(),
  type: templated(),
  attachments: list(attachmentSchema),
  props: z.strictObject({ card: templated() }).nullish(),
  priority: z
    .strictObject({
      priority: templated(),
      requested_ack: optionalFlag,
      persistent_notifications: optionalFlag,
    })
    .nullish(),
});

type Entry = z.output<typeof schema>;
type Attachment = z.output<typeof attachmentSchema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
}

/** https://developers.mattermost.com/integrate/webhooks/incoming/#tips-and-best-practices */
const maxTextChars = 16_383;

/** An incoming webhook: https://prometheus.io/docs/alerting/latest/configuration/#mattermost_config */
export const mattermost = defineNotifier<typeof schema, Settings>({
  name: 'mattermost',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    http_config: entry.http_config ?? globals.http_config,
    ...inheritSource(entry, 'webhook_url', globals, {
      globalKey: 'mattermost_webhook_url',
      missing:
        'one of webhook_url & webhook_url_file must be set, here or as mattermost_webhook_url under global',
    }),
  }),

  resolve: (entry) => ({
    entry,
    http: checkHttpConfig(entry.http_config),
    url: requiredSource(entry, 'webhook_url'),
  }),

  templates: ({ entry }) =>
    templatesOf(entry, [
      ...plainKeys,
      ...[
        'channel',
        'username',
        'icon_url',
        'icon_emoji',
        'type',
        'fields',
        'attachments',
        'props',
        'priority',
      ],
    ]),

  async send(notification, { entry, http, url }, { http: clientFor, render }, signal) {
    const address = await revealSecret(url, 'webhook_url_file');
    const json = messageOf(entry, render, notification);
    const { receipt } = await call(
      clientFor(http),
      { service: 'Mattermost', url: address, json, secrets: secretsOfAddress(address) },
      signal,
    );
    return receipt;
  },
});

function messageOf(entry: Entry, render: Renderer, notification: Notification): Record<string, unknown> {
  const own = (key: 'channel' | 'username' | 'icon_url' | 'icon_emoji' | 'type') =>
    render.text(key, entry[key]);
  const [title, body] = [plainTitle(notification), plainBody(notification)];
  const hasOwnAttachments = entry.attachments.length > 0;
  const text = hasOwnAttachments ? render.text('text', entry.text, body) : '';
  const attachments = hasOwnAttachments
    ? entry.attachments.map((one, i) =>
        attachmentOf(one, `attachments[${i}].`, render, { title: '', body: '' }),
      )
    : [attachmentOf(entry, '', render, { title, body })];
  const card = entry.props ? render.text('props.card', entry.props.card) : '';
  const message = {
    channel: own('channel'),
    username: own('username'),
    icon_url: own('icon_url'),
    icon_emoji: own('icon_emoji'),
    type: own('type'),
    ...(card === '' ? {} : { props: { card } }),
    ...priorityOf(entry, render),
  };
  const notice = render.notice();
  const [first, ...others] = attachments;
  return withoutEmpty({
    ...message,
    text: hasOwnAttachments ? fitChars(text, notice, maxTextChars) : '',
    attachments: [first, ...others].map((attachment, i) =>
      withoutEmpty({
        ...attachment,
        text: fitChars(
          String(attachment?.['text'] ?? ''),
          hasOwnAttachments || i > 0 ? '' : notice,
          maxTextChars,
        ),
      }),
    ),
  });
}

function attachmentOf(
  attachment: Attachment,
  at: string,
  render: Renderer,
  plain: { readonly title: string; readonly body: string },
): Record<string, unknown> {
  const fallbacks: Partial<Record<PlainKey, string>> = {
    title: plain.title,
    fallback: plain.title,
    text: plain.body,
  };
  const texts = plainKeys.map((key) => [
    key,
    render.text(`${at}${key}`, attachment[key], fallbacks[key] ?? ''),
  ]);
  const fields = attachment.fields.map(({ title, value, short }, i) => ({
    title: render.text(`${at}fields[${i}].title`, title),
    value: render.text(`${at}fields[${i}].value`, value),
    ...(short === null || short === undefined ? {} : { short }),
  }));
  return { ...Object.fromEntries(texts), fields };
}

/** https://docs.mattermost.com/collaborate/message-priority.html: what a priority may ask for. */
function priorityOf({ priority }: Entry, render: Renderer): Record<string, unknown> {
  if (!priority || priority.priority === '') return {};
  const asked = render.text('priority.priority', priority.priority).toLowerCase();
  const level = ['urgent', 'important'].includes(asked) ? asked : 'standard';
  return {
    priority: withoutEmpty({
      priority: level,
      requested_ack: level !== 'standard' && priority.requested_ack === true,
      persistent_notifications: level === 'urgent' && priority.persistent_notifications === true,
    }),
  };
}
