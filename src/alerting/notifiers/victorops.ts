import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { optionalSecret, optionalText, templated, text, textMap, webAddress } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, inheritSource, requiredSource, withSlash } from '../config/receiver-fields.ts';
import { defineNotifier, secretsOfAddress } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { groupHash } from '../wire/group-hash.ts';
import { call } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { fitChars } from '../wire/truncate.ts';

const schema = z.strictObject({
  ...commonHttp,
  api_key: optionalSecret,
  api_key_file: optionalText,
  api_url: webAddress.nullish(),
  routing_key: text.refine((value) => value !== '', { error: 'missing routing_key' }),
  message_type: templated('CRITICAL'),
  state_message: templated('{{ template "victorops.default.state_message" . }}'),
  entity_display_name: templated('{{ template "victorops.default.entity_display_name" . }}'),
  monitoring_tool: templated('{{ template "victorops.default.monitoring_tool" . }}'),
  custom_fields: textMap,
});

interface Settings {
  readonly entry: z.output<typeof schema>;
  readonly http: HttpClientConfig;
  readonly url: string;
  readonly key: SecretSource;
}

/** https://help.victorops.com/knowledge-base/incident-fields-glossary/ */
const maxStateChars = 20_480;

const firingTypes = ['INFO', 'WARNING', 'CRITICAL'];

/** Fields that this file sets itself. */
const reserved = [
  ...['routing_key', 'message_type', 'state_message', 'entity_display_name'],
  ...['monitoring_tool', 'entity_id', 'entity_state'],
];

/** The REST endpoint of Splunk On-Call: https://prometheus.io/docs/alerting/latest/configuration/#victorops_config */
export const victorops = defineNotifier<typeof schema, Settings>({
  name: 'victorops',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    http_config: entry.http_config ?? globals.http_config,
    api_url: withSlash(entry.api_url ?? globals.victorops_api_url),
    ...inheritSource(entry, 'api_key', globals, {
      globalKey: 'victorops_api_key',
      missing: 'no VictorOps API key: give api_key or api_key_file here, or victorops_api_key under global',
    }),
  }),

  resolve(entry) {
    for (const name of reserved) {
      if (name in entry.custom_fields)
        throw new BadInputError(`custom_fields.${name}`, `${name} is a field that is sent anyway`);
    }
    return {
      entry,
      http: checkHttpConfig(entry.http_config),
      url: entry.api_url ?? '',
      key: requiredSource(entry, 'api_key'),
    };
  },

  templates: ({ entry }) =>
    templatesOf(entry, [
      ...['routing_key', 'message_type', 'state_message', 'entity_display_name', 'monitoring_tool'],
      'custom_fields',
    ]),

  async send(notification, { entry, http, url, key }, { http: clientFor, render }, signal) {
    const secret = await revealSecret(key, 'api_key_file');
    const routingKey = render.text('routing_key', entry.routing_key);
    const type = render.text('message_type', entry.message_type, 'CRITICAL');
    const display = render.text('entity_display_name', entry.entity_display_name, plainTitle(notification));
    const state = render.text('state_message', entry.state_message, plainBody(notification));
    const tool = render.text('monitoring_tool', entry.monitoring_tool, 'Skopos');
    const custom = Object.entries(entry.custom_fields).map(([name, template]) => [
      name,
      render.text(`custom_fields.${name}`, template),
    ]);
    const json = {
      message_type:
        notification.status === 'resolved' ? 'RECOVERY' : firingTypes.includes(type) ? type : 'CRITICAL',
      entity_id: groupHash(notification.groupKey),
      entity_display_name: display,
      state_message: fitChars(state, render.notice(), maxStateChars),
      monitoring_tool: tool,
      ...Object.fromEntries(custom),
    };
    const address = `${url}${encodeURIComponent(secret)}/${encodeURIComponent(routingKey)}`;
    const { receipt } = await call(
      clientFor(http),
      { service: 'VictorOps', url: address, json, secrets: [secret, ...secretsOfAddress(address)] },
      signal,
    );
    return receipt;
  },
});
