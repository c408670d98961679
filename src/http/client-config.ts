import { z } from 'zod';
import { flag, hidden, text } from '../kit/yaml-fields.ts';

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

const proxyFields = {
  proxy_url: text.nullish(),
  no_proxy: text.nullish(),
  proxy_from_environment: flag.nullish(),
  proxy_connect_header: z.record(z.string(), z.array(hidden)).nullish(),
} as const;

export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export const oauth2Schema = z.strictObject({
  client_id: text.nullish(),
  client_secret: hidden.nullish(),
  client_secret_file: text.nullish(),
  client_certificate_key_id: text.nullish(),
  client_certificate_key: hidden.nullish(),
  client_certificate_key_file: text.nullish(),
  /** `client_credentials` (RFC 6749, when left out) or RFC 7523's assertion. */
  grant_type: z.enum(['', 'client_credentials', jwtBearer]).nullish(),
  signature_algorithm: z.enum(['', 'RS256', 'RS384', 'RS512']).nullish(),
  iss: text.nullish(),
  audience: text.nullish(),
  claims: z.record(z.string(), z.unknown()).nullish(),
  scopes: z.array(text).nullish(),
  token_url: text.nullish(),
  endpoint_params: z.record(z.string(), text).nullish(),
  tls_config: tlsConfigSchema.nullish(),
  ...proxyFields,
});

export type OAuth2Config = z.output<typeof oauth2Schema>;

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
  oauth2: oauth2Schema.nullish(),
  tls_config: tlsConfigSchema.nullish(),
  follow_redirects: flag.nullish(),
  /** Accepted; requests are HTTP/1.1. */
  enable_http2: flag.nullish(),
  ...proxyFields,
  http_headers: z.record(z.string(), headerSchema).nullish(),
});

export type HttpClientConfig = z.output<typeof httpConfigSchema>;

/** What is wrong with a combination of settings, and at which key; undefined when nothing is. */
export function httpConfigProblem(
  config: HttpClientConfig,
): { readonly path: readonly string[]; readonly problem: string } | undefined {
  const { basic_auth: basic, authorization, tls_config: tls, oauth2 } = config;
  const bearer = config.bearer_token ?? config.bearer_token_file;
  const ways = [
    basic && 'basic_auth',
    authorization && 'authorization',
    oauth2 && 'oauth2',
    bearer && (config.bearer_token ? 'bearer_token' : 'bearer_token_file'),
  ].filter(Boolean);
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
  ];
  for (const [path, one, other, names] of pairs) {
    if (one && other) return { path, problem: `at most one of ${names} may be set` };
  }
  if (/^basic$/i.test(authorization?.type?.trim() ?? ''))
    return { path: ['authorization', 'type'], problem: 'use basic_auth for type "Basic"' };
  return tlsProblem(tls, []) ?? proxyProblem(config, []) ?? oauth2Problem(oauth2) ?? headerProblem(config);
}

interface Problem {
  readonly path: readonly string[];
  readonly problem: string;
}

function tlsProblem(tls: TlsConfig | null | undefined, at: readonly string[]): Problem | undefined {
  const hasCert = Boolean(tls?.cert ?? tls?.cert_file);
  if (hasCert !== Boolean(tls?.key ?? tls?.key_file))
    return { path: [...at, 'tls_config'], problem: 'a client certificate needs both cert and key' };
  return undefined;
}

function proxyProblem(
  config: Pick<HttpClientConfig, keyof typeof proxyFields>,
  at: readonly string[],
): Problem | undefined {
  const { proxy_url: url, no_proxy: no, proxy_from_environment: environment } = config;
  if (url && environment)
    return {
      path: [...at, 'proxy_from_environment'],
      problem: 'at most one of proxy_url & proxy_from_environment may be set',
    };
  if (no && environment)
    return {
      path: [...at, 'no_proxy'],
      problem:
        'at most one of no_proxy & proxy_from_environment may be set: the environment has its own NO_PROXY',
    };
  if (no && !url) return { path: [...at, 'no_proxy'], problem: 'no_proxy has an effect only with proxy_url' };
  if (Object.keys(config.proxy_connect_header ?? {}).length > 0 && !url && !environment)
    return {
      path: [...at, 'proxy_connect_header'],
      problem: 'proxy_connect_header needs proxy_url or proxy_from_environment',
    };
  return undefined;
}

function oauth2Problem(oauth2: OAuth2Config | null | undefined): Problem | undefined {
  if (oauth2 === null || oauth2 === undefined) return undefined;
  const at = (key: string, problem: string): Problem => ({ path: ['oauth2', key], problem });
  if (!oauth2.client_id) return at('client_id', 'oauth2 needs a client_id');
  if (!oauth2.token_url) return at('token_url', 'oauth2 needs a token_url');
  if (oauth2.client_secret && oauth2.client_secret_file)
    return at('client_secret_file', 'at most one of client_secret & client_secret_file may be set');
  if (oauth2.client_certificate_key && oauth2.client_certificate_key_file)
    return at(
      'client_certificate_key_file',
      'at most one of client_certificate_key & client_certificate_key_file may be set',
    );
  if (
    oauth2.grant_type === jwtBearer &&
    !oauth2.client_certificate_key &&
    !oauth2.client_certificate_key_file
  )
    return at('client_certificate_key', 'grant_type jwt-bearer needs a client_certificate_key');
  return tlsProblem(oauth2.tls_config, ['oauth2']) ?? proxyProblem(oauth2, ['oauth2']);
}

/** Headers that the client makes itself. */
const ownHeaders = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'user-agent',
  'accept-encoding',
  'www-authenticate',
]);

function headerProblem({ http_headers: headers }: HttpClientConfig): Problem | undefined {
  const name = Object.keys(headers ?? {}).find((header) => ownHeaders.has(header.toLowerCase()));
  return name === undefined
    ? undefined
    : { path: ['http_headers', name], problem: `the header ${name} cannot be set here` };
}
