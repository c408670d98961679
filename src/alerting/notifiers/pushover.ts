import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { goDurationText, optionalFlag, optionalSecret, optionalText, templated } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, requiredSource } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, NotifyError, type Receipt } from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { call, withoutEmpty } from '../wire/post.ts';
import { templatesOf, templatesWithin } from '../wire/template-fields.ts';
import { fitChars, truncate } from '../wire/truncate.ts';

const schema = z.strictObject({
  ...commonHttp,
  user_key: optionalSecret,
  user_key_file: optionalText,
  token: optionalSecret,
  token_file: optionalText,
  title: templated('{{ template "pushover.default.title" . }}'),
  message: templated('{{ template "pushover.default.message" . }}'),
  url: templated('{{ template "pushover.default.url" . }}'),
  url_title: templated(),
  device: templated(),
  sound: templated(),
  priority: templated('{{ if eq .Status "firing" }}2{{ else }}0{{ end }}'),
  retry: goDurationText,
  expire: goDurationText,
  ttl: goDurationText,
  html: optionalFlag,
  monospace: optionalFlag,
});

type Entry = z.output<typeof schema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  readonly user: SecretSource;
  readonly token: SecretSource;
}

const address = 'https://api.pushover.net/1/messages.json';

/** In characters: https://pushover.net/api#limits */
const limits = { title: 250, message: 1024, url: 512, url_title: 100 } as const;

/** Of a message that is repeated until somebody answers, in seconds: https://pushover.net/api#priority */
const minRetryS = 30;
const maxExpireS = 10_800;

/** https://prometheus.io/docs/alerting/latest/configuration/#pushover_config */
export const pushover = defineNotifier<typeof schema, Settings>({
  name: 'pushover',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    http_config: entry.http_config ?? globals.http_config,
    retry: entry.retry ?? 60_000,
    expire: entry.expire ?? 3_600_000,
  }),

  resolve(entry) {
    const [user, token] = [requiredSource(entry, 'user_key'), requiredSource(entry, 'token')];
    if (entry.html && entry.monospace)
      throw new BadInputError('monospace', 'at most one of monospace & html may be set');
    return { entry, http: checkHttpConfig(entry.http_config), user, token };
  },

  templates: ({ entry }) => [
    ...templatesOf(entry, ['title', 'url', 'url_title', 'device', 'sound', 'priority']),
    ...templatesWithin('message', entry.message, entry.html === true),
  ],

  send: (notification, settings, { http, render }, signal) =>
    sendTo(address, notification, settings, { client: http(settings.http), render }, signal),
});

/** Pushover has one address; tests have another. */
export async function sendTo(
  url: string,
  notification: Notification,
  { entry, user, token }: Settings,
  { client, render }: { readonly client: Parameters<typeof call>[0]; readonly render: Renderer },
  signal: AbortSignal,
): Promise<Receipt> {
  const userKey = await keyOf(user, 'user_key', render);
  const appToken = await keyOf(token, 'token', render);
  const { receipt } = await call(
    client,
    {
      service: 'Pushover',
      url,
      form: { token: appToken, user: userKey, ...messageOf(entry, render, notification) },
      secrets: [userKey, appToken],
    },
    signal,
  );
  return receipt;
}

async function keyOf(source: SecretSource, name: string, render: Renderer): Promise<string> {
  const secret = await revealSecret(source, `${name}_file`);
  const key = secret.includes('{{') ? render.text(name, secret).trim() : secret;
  if (key === '') throw new NotifyError(`the ${name} template gave no key`, { retryable: false });
  return key;
}

function messageOf(entry: Entry, render: Renderer, notification: Notification): Record<string, string> {
  const own = (key: 'url' | 'url_title' | 'device' | 'sound') => render.text(key, entry[key]);
  const title = render.text('title', entry.title, plainTitle(notification));
  const plain = plainBody(notification);
  const problems = render.problems.length;
  const message = entry.html
    ? render.html('message', entry.message, plain)
    : render.text('message', entry.message, plain);
  const isPlain = render.problems.length > problems;
  const priority = render
    .text('priority', entry.priority, notification.status === 'firing' ? '1' : '0')
    .trim();
  const seconds = (ms: number | null | undefined) => Math.floor((ms ?? 0) / 1000);
  const others = {
    url: truncate(own('url'), limits.url),
    url_title: truncate(own('url_title'), limits.url_title),
    device: own('device'),
    sound: own('sound'),
  };
  // Pushover refuses an empty message.
  const body = fitChars(message.trim(), render.notice(), limits.message).trim() || '(no details)';
  return withoutEmpty({
    title: truncate(title.trim(), limits.title),
    message: body,
    ...others,
    priority,
    html: entry.html && !isPlain ? '1' : '',
    monospace: entry.monospace ? '1' : '',
    ...(priority === '2'
      ? {
          retry: String(Math.max(minRetryS, seconds(entry.retry))),
          expire: String(Math.min(maxExpireS, seconds(entry.expire))),
        }
      : {}),
    ttl: seconds(entry.ttl) > 0 ? String(seconds(entry.ttl)) : '',
  }) as Record<string, string>;
}
