import { z } from 'zod';
import type { HttpClient, HttpReply } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { optionalSecret, optionalText, templated, webAddress } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, inheritSource, requiredSource, withSlash } from '../config/receiver-fields.ts';
import { defineNotifier, NotifyError, scrub } from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { call, jsonOf, withoutEmpty } from '../wire/post.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { fitBytes } from '../wire/truncate.ts';

const schema = z.strictObject({
  ...commonHttp,
  api_secret: optionalSecret,
  api_secret_file: optionalText,
  corp_id: optionalText,
  api_url: webAddress.nullish(),
  message: templated('{{ template "wechat.default.message" . }}'),
  message_type: optionalText.refine((value) => !value || value === 'text' || value === 'markdown', {
    error: "expected 'text' or 'markdown'",
  }),
  to_user: templated('{{ template "wechat.default.to_user" . }}'),
  to_party: templated('{{ template "wechat.default.to_party" . }}'),
  to_tag: templated('{{ template "wechat.default.to_tag" . }}'),
  agent_id: templated('{{ template "wechat.default.agent_id" . }}'),
});

interface Settings {
  readonly entry: z.output<typeof schema>;
  readonly http: HttpClientConfig;
  readonly url: string;
  readonly secret: SecretSource;
  /** The token that was given last; serves for two hours. */
  readonly kept: { token?: { readonly text: string; readonly of: string; readonly untilMs: number } };
}

/** https://developer.work.weixin.qq.com/document/path/90236 */
const maxBytes = { text: 2048, markdown: 4096 } as const;

/** The token is no longer good: a new one is asked for. https://developer.work.weixin.qq.com/document/path/90313 */
const tokenEnded = [40_014, 42_001];
/** Busy. */
const passing = [-1];

const tokenLifeMs = 2 * 3_600_000;
const marginMs = 5 * 60_000;

/** A message of an application: https://prometheus.io/docs/alerting/latest/configuration/#wechat_config */
export const wechat = defineNotifier<typeof schema, Settings>({
  name: 'wechat',
  sendResolved: false,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    message_type: entry.message_type || 'text',
    http_config: entry.http_config ?? globals.http_config,
    api_url: withSlash(entry.api_url ?? globals.wechat_api_url),
    corp_id: entry.corp_id || globals.wechat_api_corp_id,
    ...inheritSource(entry, 'api_secret', globals, {
      globalKey: 'wechat_api_secret',
      missing:
        'no WeChat API secret: give api_secret or api_secret_file here, or wechat_api_secret under global',
    }),
  }),

  resolve(entry) {
    if (!entry.corp_id)
      throw new BadInputError('', 'no WeChat corp id: give corp_id here or wechat_api_corp_id under global');
    return {
      entry,
      http: checkHttpConfig(entry.http_config),
      url: entry.api_url ?? '',
      secret: requiredSource(entry, 'api_secret'),
      kept: {},
    };
  },

  templates: ({ entry }) =>
    templatesOf(entry, ['message', 'to_user', 'to_party', 'to_tag', 'agent_id', 'corp_id']),

  async send(notification, settings, { http: clientFor, render }, signal) {
    const { entry, url, kept } = settings;
    const client = clientFor(settings.http);
    const token = await tokenOf(settings, client, render, signal);
    const plain = `${plainTitle(notification)}\n${plainBody(notification)}`;
    const type = entry.message_type === 'markdown' ? 'markdown' : 'text';
    const message = render.text('message', entry.message, plain);
    const to = {
      touser: render.text('to_user', entry.to_user),
      toparty: render.text('to_party', entry.to_party),
      totag: render.text('to_tag', entry.to_tag),
    };
    const agentid = render.text('agent_id', entry.agent_id);
    const json = {
      ...withoutEmpty(to),
      msgtype: type,
      ...withoutEmpty({ agentid: /^\d+$/.test(agentid) ? Number(agentid) : agentid }),
      safe: 0,
      [type]: { content: fitBytes(message, render.notice(), maxBytes[type]) },
    };
    const { receipt, reply } = await call(
      client,
      {
        service: 'WeChat',
        url: `${url}message/send?access_token=${encodeURIComponent(token)}`,
        json,
        secrets: [token],
        retryOn,
      },
      signal,
    );
    const { errcode, errmsg } = answerOf(reply);
    if (errcode === 0) return receipt;
    if (tokenEnded.includes(errcode)) delete kept.token;
    throw new NotifyError(`WeChat refused the message: ${errcode} ${scrub(errmsg, [token])}`, {
      retryable: tokenEnded.includes(errcode) || passing.includes(errcode),
      status: reply.status,
    });
  },
});

/** WeChat says what is wrong in the body of a 200; any other status is trouble on the way. */
const retryOn = [400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 425, 429];

async function tokenOf(
  { entry, url, secret, kept }: Settings,
  client: HttpClient,
  render: Renderer,
  signal: AbortSignal,
): Promise<string> {
  const apiSecret = render.text('api_secret', await revealSecret(secret, 'api_secret_file'));
  const corp = render.text('corp_id', entry.corp_id ?? '');
  const of = `${corp}\0${apiSecret}`;
  if (kept.token !== undefined && kept.token.of === of && Date.now() < kept.token.untilMs)
    return kept.token.text;
  const query = new URLSearchParams({ corpid: corp, corpsecret: apiSecret });
  const { reply } = await call(
    client,
    { service: 'WeChat', url: `${url}gettoken?${query}`, secrets: [apiSecret], retryOn },
    signal,
  );
  const { access_token: text, expires_in: seconds } = jsonOf(reply);
  if (typeof text !== 'string' || text === '') {
    const { errcode, errmsg } = answerOf(reply);
    throw new NotifyError(`WeChat gave no token: ${errcode} ${scrub(errmsg, [apiSecret])}`, {
      retryable: passing.includes(errcode),
      status: reply.status,
    });
  }
  const lifeMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : tokenLifeMs;
  kept.token = { text, of, untilMs: Date.now() + Math.max(lifeMs - marginMs, lifeMs / 2) };
  return text;
}

function answerOf(reply: HttpReply): { readonly errcode: number; readonly errmsg: string } {
  const { errcode, errmsg } = jsonOf(reply);
  return {
    errcode: typeof errcode === 'number' ? errcode : Number.NaN,
    errmsg: String(errmsg ?? reply.body).slice(0, 200),
  };
}
