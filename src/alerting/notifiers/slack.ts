import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { Secret } from '../../kit/secret.ts';
import {
  goDurationText,
  list,
  optionalFlag,
  optionalSecret,
  optionalText,
  secretUrl,
  templated,
  text,
  webAddress,
} from '../config/fields.ts';
import type { CompleteGlobals } from '../config/global-schema.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, hasSource, inheritSource, requiredSource, sourceOf } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, NotifyError, secretsOfAddress } from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { call, jsonOf, withoutEmpty } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { truncate } from '../wire/truncate.ts';

const required = text.refine((value) => value !== '', { error: 'cannot be empty' });

const actionSchema = z
  .strictObject({
    type: required,
    text: required,
    url: templated(),
    style: templated(),
    name: templated(),
    value: templated(),
    confirm: z
      .strictObject({ text: required, title: templated(), ok_text: templated(), dismiss_text: templated() })
      .nullish(),
  })
  .refine(({ url, name }) => url !== '' || name !== '', { error: 'an action needs a url or a name' })
  // A button that opens an address has nothing to send.
  .transform((action) => (action.url === '' ? action : { ...action, name: '', value: '', confirm: null }));

const fieldSchema = z.strictObject({ title: required, value: required, short: optionalFlag });

const schema = z.strictObject({
  ...commonHttp,
  api_url: secretUrl.nullish(),
  api_url_file: optionalText,
  app_token: optionalSecret,
  app_token_file: optionalText,
  app_url: webAddress.nullish(),
  update_message: optionalFlag,
  timeout: goDurationText,
  link_names: optionalFlag,
  short_fields: optionalFlag,
  mrkdwn_in: list(text),
  fields: list(fieldSchema),
  actions: list(actionSchema),
  channel: templated(),
  username: templated('{{ template "slack.default.username" . }}'),
  icon_emoji: templated('{{ template "slack.default.iconemoji" . }}'),
  icon_url: templated('{{ template "slack.default.iconurl" . }}'),
  message_text: templated(),
  title: templated('{{ template "slack.default.title" . }}'),
  title_link: templated('{{ template "slack.default.titlelink" . }}'),
  pretext: templated('{{ template "slack.default.pretext" . }}'),
  text: templated('{{ template "slack.default.text" . }}'),
  fallback: templated('{{ template "slack.default.fallback" . }}'),
  callback_id: templated('{{ template "slack.default.callbackid" . }}'),
  footer: templated('{{ template "slack.default.footer" . }}'),
  color: templated('{{ template "slack.default.color" . }}'),
  image_url: templated(),
  thumb_url: templated(),
});

const templateKeys = [
  ...[
    'channel',
    'username',
    'icon_emoji',
    'icon_url',
    'message_text',
    'title',
    'title_link',
    'pretext',
    'text',
  ],
  ...['fallback', 'callback_id', 'footer', 'color', 'image_url', 'thumb_url', 'fields', 'actions'],
];

type Entry = z.output<typeof schema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
}

/** https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments */
const maxTitleChars = 1024;
/** Slack cuts longer ones itself: https://docs.slack.dev/reference/methods/chat.postMessage#truncating */
const maxMessageChars = 40_000;

/** Refusals that may pass. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const passing = ['rate_limited', 'ratelimited', 'internal_error', 'fatal_error', 'service_unavailable'];

/** Incoming webhooks and `chat.postMessage`: https://prometheus.io/docs/alerting/latest/configuration/#slack_config */
export const slack = defineNotifier<typeof schema, Settings>({
  name: 'slack',
  sendResolved: false,
  schema,
  inherit,

  resolve(entry) {
    const url = requiredSource(entry, 'api_url');
    if (entry.update_message && !methodOf(url.value?.reveal()))
      throw new BadInputError(
        'update_message',
        'update_message can only be used with bot tokens: give app_token, or chat.postMessage as api_url with an authorization',
      );
    return { entry, http: checkHttpConfig(entry.http_config), url };
  },

  templates: ({ entry }) => templatesOf(entry, templateKeys),

  async send(notification, { entry, http, url }, { http: clientFor, render, memory }, signal) {
    const address = await revealSecret(url, 'api_url_file');
    const message = messageOf(entry, render, notification);
    // A group that begins anew gets a message of its own.
    if (notification.reason === 'first notification') memory.clear();
    const known = { ts: memory.get('ts'), channel: memory.get('channel') };
    const isUpdate = entry.update_message === true && Boolean(known.ts) && Boolean(known.channel);
    const post = async (to: string, json: unknown) => {
      const { receipt, reply } = await call(
        clientFor(http),
        {
          service: 'Slack',
          url: to,
          json,
          secrets: secretsOfAddress(to),
          timeoutMs: entry.timeout ?? undefined,
        },
        signal,
      );
      return { receipt, reply, refusal: refusalOf(reply.body) };
    };
    let sent = isUpdate
      ? await post(methodOf(address, 'chat.update') ?? address, { ...message, ...known })
      : await post(address, message);
    if (isUpdate && sent.refusal !== undefined && !passing.includes(sent.refusal)) {
      // The message was deleted, or is too old to be changed: people are told all the same.
      memory.clear();
      sent = await post(address, message);
    }
    if (sent.refusal !== undefined)
      throw new NotifyError(`Slack refused the message: ${sent.refusal}`, {
        retryable: passing.includes(sent.refusal),
        status: sent.reply.status,
      });
    const { ts, channel } = jsonOf(sent.reply);
    if (entry.update_message && typeof ts === 'string' && typeof channel === 'string') {
      memory.set('ts', ts);
      memory.set('channel', channel);
    }
    return sent.receipt;
  },
});

/** Where to post and with which token: the entry's own settings first, then the globals. */
function inherit(entry: Entry, globals: CompleteGlobals): Entry {
  sourceOf(entry, 'api_url');
  const ownToken = sourceOf(entry, 'app_token');
  const hasUrl = hasSource(entry, 'api_url');
  const hasToken = hasSource(entry, 'app_token');
  if (hasUrl && hasToken)
    throw new BadInputError(
      'app_token',
      'at most one of app_token/app_token_file & api_url/api_url_file may be set',
    );
  const app = entry.app_url ?? globals.slack_app_url;
  const http = entry.http_config ?? globals.http_config;
  // A token in the entry's own http_config was the way to use bots before there was app_token.
  const hasOwnAuthorization = Boolean(entry.http_config?.authorization);
  const token =
    hasToken || hasUrl || hasOwnAuthorization
      ? ownToken
      : { value: globals.slack_app_token, file: globals.slack_app_token_file || undefined };
  if (token.value ?? token.file) {
    if (http.authorization)
      throw new BadInputError('http_config.authorization', 'an app token is an authorization already');
    return {
      ...entry,
      app_token: token.value,
      app_token_file: token.file,
      app_url: app,
      api_url: new Secret(app),
      api_url_file: undefined,
      http_config: {
        ...http,
        authorization: { type: 'Bearer', credentials: token.value, credentials_file: token.file },
      },
    };
  }
  const hasShared = hasSource(globals, 'slack_api_url');
  if (!hasUrl && !hasShared && !hasOwnAuthorization)
    throw new BadInputError(
      '',
      'no Slack API URL nor App token set: give api_url or app_token here, or slack_api_url or slack_app_token under global',
    );
  return {
    ...entry,
    app_url: app,
    http_config: http,
    ...(hasUrl || hasShared
      ? inheritSource(entry, 'api_url', globals, { globalKey: 'slack_api_url' })
      : { api_url: new Secret(app) }),
  };
}

/** The address of another method beside `chat.postMessage`; undefined when the address is not that of the method. */
function methodOf(address: string | undefined, method = 'chat.postMessage'): string | undefined {
  return address?.endsWith('/chat.postMessage') ? address.replace(/chat\.postMessage$/, method) : undefined;
}

function messageOf(entry: Entry, render: Renderer, notification: Notification): Record<string, unknown> {
  const own = (
    key: 'pretext' | 'callback_id' | 'image_url' | 'thumb_url' | 'footer' | 'color' | 'title_link',
  ) => render.text(key, entry[key]);
  const title = plainTitle(notification);
  const attachment = {
    title: truncate(render.text('title', entry.title, title), maxTitleChars),
    title_link: own('title_link'),
    pretext: own('pretext'),
    text: render.text('text', entry.text, plainBody(notification)),
    fallback: render.text('fallback', entry.fallback, title),
    callback_id: own('callback_id'),
    fields: fieldsOf(entry, render),
    actions: actionsOf(entry, render),
    image_url: own('image_url'),
    thumb_url: own('thumb_url'),
    footer: own('footer'),
    color: own('color'),
    mrkdwn_in: entry.mrkdwn_in.length === 0 ? ['fallback', 'pretext', 'text'] : entry.mrkdwn_in,
  };
  const message = {
    channel: render.text('channel', entry.channel),
    username: render.text('username', entry.username),
    icon_emoji: render.text('icon_emoji', entry.icon_emoji),
    icon_url: render.text('icon_url', entry.icon_url),
    text: truncate(render.text('message_text', entry.message_text, title), maxMessageChars),
  };
  return withoutEmpty({
    ...message,
    link_names: entry.link_names === true,
    attachments: [withoutEmpty({ ...attachment, text: attachment.text + render.notice() })],
  });
}

function fieldsOf(entry: Entry, render: Renderer): unknown[] {
  return entry.fields.map(({ title, value, short }, i) => ({
    title: render.text(`fields[${i}].title`, title),
    value: render.text(`fields[${i}].value`, value),
    short: short ?? entry.short_fields ?? false,
  }));
}

function actionsOf(entry: Entry, render: Renderer): unknown[] {
  return entry.actions.map(({ confirm, ...action }, i) => {
    const at = `actions[${i}]`;
    const rendered = (from: Readonly<Record<string, string>>, path: string) =>
      withoutEmpty(
        Object.fromEntries(
          Object.entries(from).map(([key, template]) => [key, render.text(`${path}.${key}`, template)]),
        ),
      );
    return { ...rendered(action, at), ...(confirm ? { confirm: rendered(confirm, `${at}.confirm`) } : {}) };
  });
}

/**
 * What Slack says against the message although it answers 200: the Web API says `{"ok": false, "error": "…"}`, a webhook says
 * something else than `ok`.
 */
function refusalOf(body: string): string | undefined {
  const said = body.trim();
  if (said === '' || said === 'ok') return undefined;
  if (!said.startsWith('{')) return said.slice(0, 200);
  const { ok, error } = jsonOf({ body });
  return ok === false ? String(error ?? 'no reason given').slice(0, 200) : undefined;
}
