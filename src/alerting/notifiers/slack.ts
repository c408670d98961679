import { z } from 'zod';
import { type HttpClientConfig, httpConfigSchema } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import {
  list,
  optionalDuration,
  optionalFlag,
  optionalSecret,
  optionalText,
  secretUrl,
  text,
  webAddress,
} from '../config/fields.ts';
import { defaultSlackAppUrl, type Globals } from '../config/global-schema.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import {
  defineNotifier,
  expectSuccess,
  NotifyError,
  secretsOfAddress,
  type TemplateField,
  truncate,
} from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';

const actionSchema = z
  .strictObject({
    type: text,
    text: text,
    url: optionalText,
    style: optionalText,
    name: optionalText,
    value: optionalText,
    confirm: z
      .strictObject({ text: text, title: optionalText, ok_text: optionalText, dismiss_text: optionalText })
      .nullish(),
  })
  .refine(({ url, name }) => Boolean(url) || Boolean(name), { error: 'an action needs a url or a name' });

const fieldSchema = z.strictObject({ title: text, value: text, short: optionalFlag });

/** Fields of the attachment that are templates, and what they are when left out. */
const attachmentDefaults = {
  title: '{{ template "slack.default.title" . }}',
  title_link: '{{ template "slack.default.titlelink" . }}',
  pretext: '{{ template "slack.default.pretext" . }}',
  text: '{{ template "slack.default.text" . }}',
  fallback: '{{ template "slack.default.fallback" . }}',
  callback_id: '{{ template "slack.default.callbackid" . }}',
  image_url: '',
  thumb_url: '',
  footer: '{{ template "slack.default.footer" . }}',
  color: '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}',
} as const;

/** The same of the message itself. */
const messageDefaults = {
  channel: '',
  username: '{{ template "slack.default.username" . }}',
  icon_emoji: '{{ template "slack.default.iconemoji" . }}',
  icon_url: '{{ template "slack.default.iconurl" . }}',
  message_text: '',
} as const;

const templateKeys = Object.keys({ ...attachmentDefaults, ...messageDefaults });

const schema = z.strictObject({
  send_resolved: optionalFlag,
  http_config: httpConfigSchema.nullish(),
  api_url: secretUrl.nullish(),
  api_url_file: optionalText,
  app_token: optionalSecret,
  app_token_file: optionalText,
  app_url: webAddress.nullish(),
  update_message: optionalFlag,
  timeout: optionalDuration,
  link_names: optionalFlag,
  short_fields: optionalFlag,
  mrkdwn_in: list(text).optional(),
  fields: list(fieldSchema),
  actions: list(actionSchema),
  ...(Object.fromEntries(templateKeys.map((key) => [key, optionalText])) as Record<
    keyof typeof attachmentDefaults | keyof typeof messageDefaults,
    typeof optionalText
  >),
});

type Entry = z.output<typeof schema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
  readonly token: SecretSource | undefined;
}

const maxTitleChars = 1024;

/** Incoming webhooks and `chat.postMessage`: https://prometheus.io/docs/alerting/latest/configuration/#slack_config */
export const slack = defineNotifier<typeof schema, Settings>({
  name: 'slack',
  sendResolved: false,
  schema,

  resolve(entry, globals) {
    if (entry.update_message) {
      const hasUrl = Boolean(entry.api_url ?? entry.api_url_file);
      throw new BadInputError(
        'update_message',
        hasUrl ? 'update_message can only be used with bot tokens' : 'update_message is not supported yet',
      );
    }
    return {
      entry,
      http: checkHttpConfig(entry.http_config ?? globals.http_config),
      ...addressOf(entry, globals),
    };
  },

  templates: ({ entry }) => templatesOf(entry),

  async send(notification, { entry, http: httpConfig, url, token }, { http, render }, signal) {
    const address = await revealSecret(url, 'api_url_file');
    const bearer = token === undefined ? undefined : await revealSecret(token, 'app_token_file');
    const body = JSON.stringify(messageOf(entry, render, plainTitle(notification), plainBody(notification)));
    const limited = entry.timeout ? AbortSignal.any([signal, AbortSignal.timeout(entry.timeout)]) : signal;
    const reply = await http(httpConfig).post(
      {
        url: address,
        body,
        ...(bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
      },
      limited,
    );
    const secrets = [...secretsOfAddress(address), bearer ?? ''];
    const receipt = expectSuccess('Slack', reply, secrets);
    const refusal = refusalOf(reply.body);
    if (refusal !== undefined)
      throw new NotifyError(`Slack refused the message: ${refusal}`, {
        // https://docs.slack.dev/reference/methods/chat.postMessage#errors
        retryable: ['rate_limited', 'ratelimited', 'internal_error', 'service_unavailable'].includes(refusal),
        status: reply.status,
      });
    return receipt;
  },
});

/** Where to post and with which token: the entry's own settings first, then the globals. */
function addressOf(entry: Entry, globals: Globals): { url: SecretSource; token: SecretSource | undefined } {
  const own = { value: entry.api_url ?? undefined, file: entry.api_url_file || undefined };
  const ownToken = { value: entry.app_token, file: entry.app_token_file || undefined };
  if (own.value && own.file)
    throw new BadInputError('api_url_file', 'at most one of api_url & api_url_file may be set');
  if (ownToken.value && ownToken.file)
    throw new BadInputError('app_token_file', 'at most one of app_token & app_token_file may be set');
  const hasUrl = Boolean(own.value ?? own.file);
  const hasToken = Boolean(ownToken.value ?? ownToken.file);
  if (hasUrl && hasToken)
    throw new BadInputError(
      'app_token',
      'at most one of app_token/app_token_file & api_url/api_url_file may be set',
    );
  if (hasUrl) return { url: own, token: undefined };

  const app = secretUrl.parse(entry.app_url || globals.slack_app_url || defaultSlackAppUrl);
  if (hasToken) return { url: { value: app }, token: ownToken };
  const shared = { value: globals.slack_api_url ?? undefined, file: globals.slack_api_url_file || undefined };
  const sharedToken = { value: globals.slack_app_token, file: globals.slack_app_token_file || undefined };
  // A token in the entry's own http_config was the way to use bots before there was app_token.
  const ownAuthorization = Boolean(entry.http_config?.authorization);
  if ((sharedToken.value ?? sharedToken.file) && !ownAuthorization)
    return { url: { value: app }, token: sharedToken };
  if (shared.value ?? shared.file) return { url: shared, token: undefined };
  if (ownAuthorization) return { url: { value: app }, token: undefined };
  throw new BadInputError(
    '',
    'no Slack API URL nor App token set: give api_url or app_token here, or slack_api_url or slack_app_token under global',
  );
}

function templatesOf(entry: Entry): TemplateField[] {
  const named = Object.entries({ ...attachmentDefaults, ...messageDefaults }).map(([path, fallback]) => ({
    path,
    template: entry[path as keyof typeof attachmentDefaults] ?? fallback,
  }));
  const nested = [...entry.fields.entries()].flatMap(([i, { title, value }]) => [
    { path: `fields[${i}].title`, template: title },
    { path: `fields[${i}].value`, template: value },
  ]);
  const actions = [...entry.actions.entries()].flatMap(([i, action]) =>
    (['text', 'url', 'style', 'name', 'value'] as const).map((key) => ({
      path: `actions[${i}].${key}`,
      template: action[key] ?? '',
    })),
  );
  return [...named, ...nested, ...actions].filter(({ template }) => template.includes('{{'));
}

function messageOf(entry: Entry, render: Renderer, title: string, body: string): unknown {
  const own = (key: keyof typeof attachmentDefaults, fallback = '') =>
    render.text(key, entry[key] ?? attachmentDefaults[key], fallback);
  const whole = (key: keyof typeof messageDefaults) => render.text(key, entry[key] ?? messageDefaults[key]);
  const attachment = {
    title: truncate(own('title', title), maxTitleChars),
    title_link: own('title_link'),
    pretext: own('pretext'),
    text: own('text', body),
    fallback: own('fallback', title),
    callback_id: own('callback_id'),
    fields: fieldsOf(entry, render),
    actions: actionsOf(entry, render),
    image_url: own('image_url'),
    thumb_url: own('thumb_url'),
    footer: own('footer'),
    color: own('color'),
    mrkdwn_in: entry.mrkdwn_in ?? ['fallback', 'pretext', 'text'],
  };
  const message = {
    channel: whole('channel'),
    username: whole('username'),
    icon_emoji: whole('icon_emoji'),
    icon_url: whole('icon_url'),
    text: whole('message_text'),
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
  return entry.actions.map((action, i) => {
    const own = (key: 'text' | 'url' | 'style' | 'name' | 'value') =>
      render.text(`actions[${i}].${key}`, action[key] ?? '');
    const { confirm } = action;
    return withoutEmpty({
      type: render.text(`actions[${i}].type`, action.type),
      text: own('text'),
      url: own('url'),
      style: own('style'),
      name: own('name'),
      value: own('value'),
      ...(confirm
        ? {
            confirm: withoutEmpty({
              title: render.text(`actions[${i}].confirm.title`, confirm.title ?? ''),
              text: render.text(`actions[${i}].confirm.text`, confirm.text),
              ok_text: render.text(`actions[${i}].confirm.ok_text`, confirm.ok_text ?? ''),
              dismiss_text: render.text(`actions[${i}].confirm.dismiss_text`, confirm.dismiss_text ?? ''),
            }),
          }
        : {}),
    });
  });
}

/** Slack takes an absent key better than an empty text. */
function withoutEmpty(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) => value !== '' && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** The Web API answers 200 with `{"ok": false, "error": "…"}` when it refuses. */
function refusalOf(body: string): string | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const { ok, error } = JSON.parse(body) as { ok?: unknown; error?: unknown };
    return ok === false ? String(error ?? 'no reason given').slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}
