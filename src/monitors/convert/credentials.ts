import { z } from 'zod';
import { type Notebook, setFields } from './conversion.ts';

/** `{name, key}` of a Secret. */
const keySelector = z.looseObject({ name: z.string().nullish(), key: z.string() });
type KeySelector = z.output<typeof keySelector>;

const secretOrConfigMap = z.looseObject({
  secret: keySelector.nullish(),
  configMap: keySelector.nullish(),
});
type SecretOrConfigMap = z.output<typeof secretOrConfigMap>;

export const tlsSchema = z.looseObject({
  ca: secretOrConfigMap.nullish(),
  caFile: z.string().nullish(),
  cert: secretOrConfigMap.nullish(),
  certFile: z.string().nullish(),
  keySecret: keySelector.nullish(),
  keyFile: z.string().nullish(),
  serverName: z.string().nullish(),
  insecureSkipVerify: z.boolean().nullish(),
  minVersion: z.string().nullish(),
  maxVersion: z.string().nullish(),
});

const proxyFields = {
  proxyUrl: z.string().nullish(),
  noProxy: z.string().nullish(),
  proxyFromEnvironment: z.boolean().nullish(),
  proxyConnectHeader: z.record(z.string(), z.unknown()).nullish(),
};

const oauth2Schema = z.looseObject({
  clientId: secretOrConfigMap,
  clientSecret: keySelector,
  tokenUrl: z.string(),
  scopes: z.array(z.string()).nullish(),
  endpointParams: z.record(z.string(), z.string()).nullish(),
  tlsConfig: tlsSchema.nullish(),
  ...proxyFields,
});

/** How targets are reached, in the fields that all kinds share. */
export const credentialFields = {
  basicAuth: z.looseObject({ username: keySelector, password: keySelector }).nullish(),
  authorization: z
    .looseObject({
      type: z.string().nullish(),
      credentials: keySelector.nullish(),
      credentialsFile: z.string().nullish(),
    })
    .nullish(),
  oauth2: oauth2Schema.nullish(),
  tlsConfig: tlsSchema.nullish(),
  bearerTokenFile: z.string().nullish(),
  bearerTokenSecret: keySelector.nullish(),
  followRedirects: z.boolean().nullish(),
  ...proxyFields,
};

const credentialsSchema = z.looseObject(credentialFields);

/**
 * The settings of the HTTP client in the spelling of `prometheus.yml`. Values of Secrets become files that hold them.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Endpoint
 */
export function clientSection(
  from: z.output<typeof credentialsSchema>,
  at: string,
  notebook: Notebook,
): Record<string, unknown> {
  const { basicAuth, authorization, oauth2, tlsConfig, bearerTokenFile, bearerTokenSecret } = from;
  return setFields({
    basic_auth: basicAuth && {
      username_file: secretFile(basicAuth.username, `${at}basicAuth.username`, notebook),
      password_file: secretFile(basicAuth.password, `${at}basicAuth.password`, notebook),
    },
    authorization:
      authorization &&
      setFields({
        type: authorization.type,
        credentials_file: authorization.credentials
          ? secretFile(authorization.credentials, `${at}authorization.credentials`, notebook)
          : authorization.credentialsFile &&
            notebook.ownFile(`${at}authorization.credentialsFile`, authorization.credentialsFile),
      }),
    oauth2: oauth2 && {
      ...setFields({
        client_id: clearValue(oauth2.clientId, `${at}oauth2.clientId`, notebook),
        client_secret_file: secretFile(oauth2.clientSecret, `${at}oauth2.clientSecret`, notebook),
        token_url: oauth2.tokenUrl,
        scopes: oauth2.scopes,
        endpoint_params: oauth2.endpointParams,
        tls_config: oauth2.tlsConfig && tlsSection(oauth2.tlsConfig, `${at}oauth2.tlsConfig`, notebook),
      }),
      ...proxySection(oauth2, `${at}oauth2.`, notebook),
    },
    tls_config: tlsConfig && tlsSection(tlsConfig, `${at}tlsConfig`, notebook),
    // An empty name is how the operator's own objects say that there is none.
    bearer_token_file:
      (bearerTokenSecret?.name && secretFile(bearerTokenSecret, `${at}bearerTokenSecret`, notebook)) ||
      (bearerTokenFile && notebook.ownFile(`${at}bearerTokenFile`, bearerTokenFile)),
    follow_redirects: from.followRedirects,
    ...proxySection(from, at, notebook),
  });
}

function proxySection(
  from: z.output<typeof credentialsSchema> | z.output<typeof oauth2Schema>,
  at: string,
  notebook: Notebook,
): Record<string, unknown> {
  if (Object.keys(from.proxyConnectHeader ?? {}).length > 0)
    notebook.refuse(`${at}proxyConnectHeader`, 'headers for proxies from Secrets are not supported');
  return setFields({
    proxy_url: from.proxyUrl,
    no_proxy: from.noProxy,
    proxy_from_environment: from.proxyFromEnvironment,
  });
}

function tlsSection(
  tls: z.output<typeof tlsSchema>,
  at: string,
  notebook: Notebook,
): Record<string, unknown> {
  return setFields({
    ca_file: fileOf(tls.ca, tls.caFile, `${at}.ca`, notebook),
    cert_file: fileOf(tls.cert, tls.certFile, `${at}.cert`, notebook),
    key_file: tls.keySecret
      ? secretFile(tls.keySecret, `${at}.keySecret`, notebook)
      : tls.keyFile && notebook.ownFile(`${at}.keyFile`, tls.keyFile),
    server_name: tls.serverName,
    insecure_skip_verify: tls.insecureSkipVerify,
    min_version: tls.minVersion,
    max_version: tls.maxVersion,
  });
}

function fileOf(
  from: SecretOrConfigMap | null | undefined,
  file: string | null | undefined,
  at: string,
  notebook: Notebook,
): string | undefined {
  if (from?.secret) return secretFile(from.secret, `${at}.secret`, notebook);
  if (from?.configMap)
    return notebook.valueFile(`${at}.configMap`, 'ConfigMap', from.configMap.name ?? '', from.configMap.key);
  return file ? notebook.ownFile(`${at}File`, file) : undefined;
}

function clearValue(from: SecretOrConfigMap, at: string, notebook: Notebook): string | undefined {
  if (from.secret) return notebook.value(`${at}.secret`, 'Secret', from.secret.name ?? '', from.secret.key);
  if (from.configMap)
    return notebook.value(`${at}.configMap`, 'ConfigMap', from.configMap.name ?? '', from.configMap.key);
  notebook.refuse(at, 'neither a Secret nor a ConfigMap is named');
  return undefined;
}

function secretFile({ name, key }: KeySelector, field: string, notebook: Notebook): string | undefined {
  return notebook.valueFile(field, 'Secret', name ?? '', key);
}
