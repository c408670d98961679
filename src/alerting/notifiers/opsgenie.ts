import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import {
  list,
  optionalFlag,
  optionalSecret,
  optionalText,
  templated,
  textMap,
  webAddress,
} from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, inheritSource, requiredSource, withSlash } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, NotifyError } from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { groupHash } from '../wire/group-hash.ts';
import { call, withoutEmpty } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { fitChars, truncate } from '../wire/truncate.ts';

const types = ['team', 'teams', 'user', 'escalation', 'schedule'];

const responderSchema = z
  .strictObject({ id: templated(), name: templated(), username: templated(), type: templated() })
  .refine(({ id, name, username }) => id !== '' || name !== '' || username !== '', {
    error: 'a responder needs an id, a name or a username',
  })
  .refine(({ type }) => type.includes('{{') || types.includes(type.toLowerCase()), {
    path: ['type'],
    error: `expected one of ${types.join(', ')}`,
  });

const schema = z.strictObject({
  ...commonHttp,
  api_key: optionalSecret,
  api_key_file: optionalText,
  api_url: webAddress.nullish(),
  message: templated('{{ template "opsgenie.default.message" . }}'),
  description: templated('{{ template "opsgenie.default.description" . }}'),
  source: templated('{{ template "opsgenie.default.source" . }}'),
  details: textMap,
  entity: templated(),
  responders: list(responderSchema),
  actions: templated(),
  tags: templated(),
  note: templated(),
  priority: templated(),
  update_alerts: optionalFlag,
});

type Entry = z.output<typeof schema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  readonly url: string;
  readonly key: SecretSource;
}

/** In characters: https://docs.opsgenie.com/docs/alert-api#create-alert */
const limits = {
  message: 130,
  description: 15_000,
  source: 100,
  entity: 512,
  note: 25_000,
  tags: { count: 20, chars: 50 },
  actions: { count: 10, chars: 50 },
} as const;

const templateKeys = [
  ...['message', 'description', 'source', 'details', 'entity', 'responders', 'actions', 'tags', 'note'],
  'priority',
];

/** The alert API: https://prometheus.io/docs/alerting/latest/configuration/#opsgenie_config */
export const opsgenie = defineNotifier<typeof schema, Settings>({
  name: 'opsgenie',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    http_config: entry.http_config ?? globals.http_config,
    api_url: withSlash(entry.api_url ?? globals.opsgenie_api_url),
    ...inheritSource(entry, 'api_key', globals, {
      globalKey: 'opsgenie_api_key',
      missing: 'no OpsGenie API key: give api_key or api_key_file here, or opsgenie_api_key under global',
    }),
  }),

  resolve: (entry) => ({
    entry,
    http: checkHttpConfig(entry.http_config),
    url: entry.api_url ?? '',
    key: requiredSource(entry, 'api_key'),
  }),

  templates: ({ entry }) => templatesOf(entry, templateKeys),

  async send(notification, { entry, http, url, key }, { http: clientFor, render }, signal) {
    const secret = await revealSecret(key, 'api_key_file');
    const apiKey = secret.includes('{{') ? render.text('api_key', secret).trim() : secret;
    if (apiKey === '') throw new NotifyError('the api_key template gave no key', { retryable: false });
    const alias = groupHash(notification.groupKey);
    const ask = async (path: string, json: unknown, method: 'POST' | 'PUT' = 'POST') => {
      const { receipt } = await call(
        clientFor(http),
        {
          service: 'OpsGenie',
          url: `${url}v2/alerts${path}`,
          method,
          json,
          headers: { authorization: `GenieKey ${apiKey}` },
          secrets: [apiKey],
          retryOn: [429],
        },
        signal,
      );
      return receipt;
    };
    const byAlias = '?identifierType=alias';
    const source = truncate(render.text('source', entry.source, notification.externalURL), limits.source);
    if (notification.status === 'resolved') return ask(`/${alias}/close${byAlias}`, { source });
    const alert = alertOf(entry, render, notification, { alias, source });
    const receipt = await ask('', alert);
    if (entry.update_alerts) {
      // An alert that is there already keeps its texts when it is sent again.
      await ask(`/${alias}/message${byAlias}`, { message: alert['message'] }, 'PUT');
      await ask(`/${alias}/description${byAlias}`, { description: alert['description'] ?? '' }, 'PUT');
    }
    return receipt;
  },
});

function alertOf(
  entry: Entry,
  render: Renderer,
  notification: Notification,
  { alias, source }: { readonly alias: string; readonly source: string },
): Record<string, unknown> {
  const own = (key: 'note' | 'priority' | 'entity' | 'tags' | 'actions') => render.text(key, entry[key]);
  const message = render.text('message', entry.message, plainTitle(notification));
  const description = render.text('description', entry.description, plainBody(notification));
  const details = Object.entries(entry.details).map(([name, template]) => [
    name,
    render.text(`details.${name}`, template),
  ]);
  const others = {
    responders: respondersOf(entry, render),
    tags: parts(own('tags'), limits.tags),
    note: truncate(own('note'), limits.note),
    priority: own('priority'),
    entity: truncate(own('entity'), limits.entity),
    actions: parts(own('actions'), limits.actions),
  };
  return {
    alias,
    message: truncate(message, limits.message),
    ...withoutEmpty({ description: fitChars(description, render.notice(), limits.description) }),
    details: { ...notification.commonLabels, ...Object.fromEntries(details) },
    source,
    ...withoutEmpty(others),
  };
}

/** Those that a template left empty are no responders; `teams` names several. */
function respondersOf({ responders }: Entry, render: Renderer): unknown[] {
  return responders.flatMap((responder, i) => {
    const own = (key: 'id' | 'name' | 'username' | 'type') =>
      render.text(`responders[${i}].${key}`, responder[key]);
    const [id, name, username, type] = [own('id'), own('name'), own('username'), own('type').toLowerCase()];
    if (id === '' && name === '' && username === '') return [];
    if (type === 'teams') return parts(name).map((team) => ({ name: team, type: 'team' }));
    return [withoutEmpty({ id, name, username, type })];
  });
}

function parts(
  text: string,
  most: { readonly count: number; readonly chars: number } = { count: 50, chars: 512 },
): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .slice(0, most.count)
    .map((part) => truncate(part, most.chars));
}
