import { z } from 'zod';
import { Secret } from '../kit/secret.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const hidden = text.transform((value) => new Secret(value));
const flag = z.boolean();
const tlsVersion = z.enum(['TLS10', 'TLS11', 'TLS12', 'TLS13']);

export const tlsConfigSchema = z.strictObject({
  ca: text.nullish(),
  ca_file: text.nullish(),
  cert: text.nullish(),
  cert_file: text.nullish(),
  key: hidden.nullish(),
  key_file: text.nullish(),
  server_name: text.nullish(),
  insecure_skip_verify: flag.nullish(),
  min_version: tlsVersion.nullish(),
  max_version: tlsVersion.nullish(),
});

export type TlsConfig = z.output<typeof tlsConfigSchema>;

const headerSchema = z.strictObject({
  values: z.array(text).nullish(),
  secrets: z.array(hidden).nullish(),
  files: z.array(text).nullish(),
});

/**
 * `http_config` of the standard files. Exclusions are checked by {@link httpConfigProblem}, so that the caller can put its own
 * path in front.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#http_config
 */
export const httpConfigSchema = z.strictObject({
  basic_auth: z
    .strictObject({
      username: text.nullish(),
      username_file: text.nullish(),
      password: hidden.nullish(),
      password_file: text.nullish(),
    })
    .nullish(),
  authorization: z
    .strictObject({ type: text.nullish(), credentials: hidden.nullish(), credentials_file: text.nullish() })
    .nullish(),
  bearer_token: hidden.nullish(),
  bearer_token_file: text.nullish(),
  oauth2: z.unknown().optional(),
  tls_config: tlsConfigSchema.nullish(),
  follow_redirects: flag.nullish(),
  /** Accepted; requests are HTTP/1.1. */
  enable_http2: flag.nullish(),
  proxy_url: text.nullish(),
  no_proxy: text.nullish(),
  proxy_from_environment: flag.nullish(),
  proxy_connect_header: z.record(z.string(), z.array(hidden)).nullish(),
  http_headers: z.record(z.string(), headerSchema).nullish(),
});

export type HttpClientConfig = z.output<typeof httpConfigSchema>;

/** What is wrong with a combination of settings, and at which key; undefined when nothing is. */
export function httpConfigProblem(
  config: HttpClientConfig,
): { readonly path: readonly string[]; readonly problem: string } | undefined {
  const { basic_auth: basic, authorization, tls_config: tls } = config;
  if (config.oauth2 !== undefined && config.oauth2 !== null)
    return { path: ['oauth2'], problem: 'oauth2 is not supported yet; use authorization or basic_auth' };
  const bearer = config.bearer_token ?? config.bearer_token_file;
  const ways = [basic && 'basic_auth', authorization && 'authorization', bearer && 'bearer_token'].filter(
    Boolean,
  );
  if (ways.length > 1)
    return { path: [String(ways[1])], problem: `at most one of ${ways.join(' & ')} may be set` };
  const pairs: [string[], unknown, unknown, string][] = [
    [
      ['bearer_token_file'],
      config.bearer_token,
      config.bearer_token_file,
      'bearer_token & bearer_token_file',
    ],
    [['basic_auth', 'username_file'], basic?.username, basic?.username_file, 'username & username_file'],
    [['basic_auth', 'password_file'], basic?.password, basic?.password_file, 'password & password_file'],
    [
      ['authorization', 'credentials_file'],
      authorization?.credentials,
      authorization?.credentials_file,
      'credentials & credentials_file',
    ],
    [['tls_config', 'ca_file'], tls?.ca, tls?.ca_file, 'ca & ca_file'],
    [['tls_config', 'cert_file'], tls?.cert, tls?.cert_file, 'cert & cert_file'],
    [['tls_config', 'key_file'], tls?.key, tls?.key_file, 'key & key_file'],
    [
      ['proxy_from_environment'],
      config.proxy_url,
      config.proxy_from_environment || undefined,
      'proxy_url & proxy_from_environment',
    ],
  ];
  for (const [path, one, other, names] of pairs) {
    if (one && other) return { path, problem: `at most one of ${names} may be set` };
  }
  if (/^basic$/i.test(authorization?.type?.trim() ?? ''))
    return { path: ['authorization', 'type'], problem: 'use basic_auth for type "Basic"' };
  const hasCert = Boolean(tls?.cert ?? tls?.cert_file);
  if (hasCert !== Boolean(tls?.key ?? tls?.key_file))
    return { path: ['tls_config'], problem: 'a client certificate needs both cert and key' };
  if (config.no_proxy && !config.proxy_url)
    return { path: ['no_proxy'], problem: 'no_proxy has an effect only with proxy_url' };
  return undefined;
}
