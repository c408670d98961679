import { z } from 'zod';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { templated, text, webAddress } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp } from '../config/receiver-fields.ts';
import { defineNotifier } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { call, withoutEmpty } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { fitBytes } from '../wire/truncate.ts';

const schema = z.strictObject({
  ...commonHttp,
  api_url: webAddress.nullish(),
  room_id: text.refine((value) => value !== '', { error: 'missing room_id' }),
  message: templated('{{ template "webex.default.message" . }}'),
});

interface Settings {
  readonly entry: z.output<typeof schema>;
  readonly http: HttpClientConfig;
  readonly url: string;
}

/** https://developer.webex.com/docs/api/v1/messages/create-a-message */
const maxMessageBytes = 7439;

/** A message to a room: https://prometheus.io/docs/alerting/latest/configuration/#webex_config */
export const webex = defineNotifier<typeof schema, Settings>({
  name: 'webex',
  sendResolved: true,
  schema,

  inherit(entry, globals) {
    // The bot's token is the entry's own: upstream does not look at the globals' either.
    const { authorization, bearer_token: token, bearer_token_file: file } = entry.http_config ?? {};
    if (!authorization && !token && !file)
      throw new BadInputError('', 'http_config.authorization must be set: it holds the token of the bot');
    return { ...entry, api_url: entry.api_url ?? globals.webex_api_url };
  },

  resolve: (entry) => ({ entry, http: checkHttpConfig(entry.http_config), url: entry.api_url ?? '' }),

  templates: ({ entry }) => templatesOf(entry, ['message', 'room_id']),

  async send(notification, { entry, http, url }, { http: clientFor, render }, signal) {
    const plain = `${plainTitle(notification)}\n\n${plainBody(notification)}`;
    const message = render.text('message', entry.message, plain);
    const roomId = render.text('room_id', entry.room_id);
    const json = {
      markdown: fitBytes(message, render.notice(), maxMessageBytes),
      ...withoutEmpty({ roomId }),
    };
    const { receipt } = await call(clientFor(http), { service: 'Webex', url, json }, signal);
    return receipt;
  },
});
