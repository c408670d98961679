import { z } from 'zod';
import { type HttpClientConfig, httpConfigSchema, tlsConfigSchema } from '../../http/client-config.ts';
import {
  flag,
  optionalDuration,
  optionalFlag,
  optionalSecret,
  optionalText,
  secretUrl,
  text,
  webAddress,
} from './fields.ts';

const hostPort = text.refine((value) => value === '' || /^(?:\[[^\]]+\]|[^:]*):\S+$/.test(value), {
  error: 'expected host:port such as smtp.example.org:587',
});

/** What entries of receivers take over when they do not say it themselves. */
const receiverGlobals = {
  slack_api_url: secretUrl.nullish(),
  slack_api_url_file: optionalText,
  slack_app_url: webAddress.nullish(),
  slack_app_token: optionalSecret,
  slack_app_token_file: optionalText,
  pagerduty_url: webAddress.nullish(),
  opsgenie_api_url: webAddress.nullish(),
  opsgenie_api_key: optionalSecret,
  opsgenie_api_key_file: optionalText,
  wechat_api_url: webAddress.nullish(),
  wechat_api_secret: optionalSecret,
  wechat_api_secret_file: optionalText,
  wechat_api_corp_id: optionalText,
  victorops_api_url: webAddress.nullish(),
  victorops_api_key: optionalSecret,
  victorops_api_key_file: optionalText,
  telegram_api_url: webAddress.nullish(),
  telegram_bot_token: optionalSecret,
  telegram_bot_token_file: optionalText,
  webex_api_url: webAddress.nullish(),
  rocketchat_api_url: webAddress.nullish(),
  rocketchat_token: optionalSecret,
  rocketchat_token_file: optionalText,
  rocketchat_token_id: optionalSecret,
  rocketchat_token_id_file: optionalText,
  jira_api_url: webAddress.nullish(),
  mattermost_webhook_url: secretUrl.nullish(),
  mattermost_webhook_url_file: optionalText,
} as const;

/**
 * `global:` of `alertmanager.yml`.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#file-layout-and-global-settings
 */
export const globalSchema = z
  .strictObject({
    resolve_timeout: optionalDuration,
    http_config: httpConfigSchema.nullish(),
    smtp_from: optionalText,
    smtp_hello: optionalText,
    smtp_smarthost: hostPort.nullish(),
    smtp_auth_username: optionalText,
    smtp_auth_password: optionalSecret,
    smtp_auth_password_file: optionalText,
    smtp_auth_secret: optionalSecret,
    smtp_auth_secret_file: optionalText,
    smtp_auth_identity: optionalText,
    smtp_require_tls: optionalFlag,
    smtp_tls_config: tlsConfigSchema.nullish(),
    smtp_force_implicit_tls: flag.nullish(),
    ...receiverGlobals,
  })
  .superRefine((globals, context) => {
    for (const [one, other] of exclusive) {
      if (globals[one] && globals[other])
        context.addIssue({
          code: 'custom',
          path: [other],
          message: `at most one of ${one} & ${other} may be set`,
        });
    }
    const hasToken = Boolean(globals.slack_app_token ?? globals.slack_app_token_file);
    const url = globals.slack_api_url?.reveal() ?? globals.slack_api_url_file;
    if (hasToken && url && url !== (globals.slack_app_url ?? defaultSlackAppUrl))
      context.addIssue({
        code: 'custom',
        path: ['slack_app_token'],
        message:
          'at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file may be set',
      });
  });

export type Globals = z.output<typeof globalSchema>;

export const defaultSlackAppUrl = 'https://slack.com/api/chat.postMessage';

/** Addresses of the services, where nothing else is said. */
const defaultAddresses = {
  pagerduty_url: 'https://events.pagerduty.com/v2/enqueue',
  opsgenie_api_url: 'https://api.opsgenie.com/',
  wechat_api_url: 'https://qyapi.weixin.qq.com/cgi-bin/',
  victorops_api_url: 'https://alert.victorops.com/integrations/generic/20131114/alert/',
  telegram_api_url: 'https://api.telegram.org',
  webex_api_url: 'https://webexapis.com/v1/messages',
  rocketchat_api_url: 'https://open.rocket.chat/',
  slack_app_url: defaultSlackAppUrl,
} as const;

/** Shared, so that entries without settings share one client. */
const plainHttp = { follow_redirects: true, enable_http2: true } as HttpClientConfig;

/** The globals with Alertmanager's defaults for what is left out. */
export function completeGlobals(globals: Globals | null | undefined): CompleteGlobals {
  const given = (globals ?? {}) as Globals;
  const addresses = Object.fromEntries(
    Object.entries(defaultAddresses).map(([key, address]) => [
      key,
      given[key as keyof typeof defaultAddresses] ?? address,
    ]),
  ) as Record<keyof typeof defaultAddresses, string>;
  return {
    ...given,
    ...addresses,
    resolve_timeout: given.resolve_timeout ?? 5 * 60_000,
    http_config: given.http_config ?? plainHttp,
    smtp_hello: given.smtp_hello ?? 'localhost',
    smtp_require_tls: given.smtp_require_tls ?? true,
  };
}

export type CompleteGlobals = Globals &
  Record<keyof typeof defaultAddresses, string> & {
    readonly http_config: HttpClientConfig;
    readonly resolve_timeout: number;
  };

const exclusive = [
  ['smtp_auth_password', 'smtp_auth_password_file'],
  ['smtp_auth_secret', 'smtp_auth_secret_file'],
  ['slack_api_url', 'slack_api_url_file'],
  ['slack_app_token', 'slack_app_token_file'],
  ['opsgenie_api_key', 'opsgenie_api_key_file'],
  ['wechat_api_secret', 'wechat_api_secret_file'],
  ['victorops_api_key', 'victorops_api_key_file'],
  ['telegram_bot_token', 'telegram_bot_token_file'],
  ['rocketchat_token', 'rocketchat_token_file'],
  ['rocketchat_token_id', 'rocketchat_token_id_file'],
  ['mattermost_webhook_url', 'mattermost_webhook_url_file'],
] as const;
