import { isAbsolute, join } from 'node:path';
import type { HttpClientConfig, TlsConfig } from '../../http/client-config.ts';
import type { ConfigEntry } from './config-schema.ts';

/**
 * Files that an `http_config` names are looked for beside the configuration, as Alertmanager does. (A receiver's own `…_file` is
 * not: it starts where the process does.)
 */
export function withPathsFrom(entry: ConfigEntry, baseDir: string): ConfigEntry {
  // The same settings stay one object, since one object is one client.
  const known = new Map<HttpClientConfig, HttpClientConfig>();
  const moved = (config: HttpClientConfig): HttpClientConfig => {
    const found = known.get(config) ?? httpConfigFrom(config, baseDir);
    known.set(config, found);
    return found;
  };
  const within = <Part extends object>(part: Part): Part => {
    const { http_config: config } = part as { http_config?: HttpClientConfig | null };
    return config ? { ...part, http_config: moved(config) } : part;
  };
  return {
    ...entry,
    global: entry.global ? within(entry.global) : entry.global,
    receivers: entry.receivers.map(
      (receiver) =>
        Object.fromEntries(
          Object.entries(receiver).map(([key, value]) => [
            key,
            key.endsWith('_configs') && Array.isArray(value)
              ? value.map((one: object) => within(one))
              : value,
          ]),
        ) as typeof receiver,
    ),
  };
}

function httpConfigFrom(config: HttpClientConfig, baseDir: string): HttpClientConfig {
  const { basic_auth: basic, authorization, oauth2, tls_config: tls, http_headers: headers } = config;
  const from = (file: string | null | undefined) => pathFrom(file, baseDir);
  return {
    ...config,
    bearer_token_file: from(config.bearer_token_file),
    tls_config: tlsFrom(tls, baseDir),
    basic_auth: basic && {
      ...basic,
      username_file: from(basic.username_file),
      password_file: from(basic.password_file),
    },
    authorization: authorization && {
      ...authorization,
      credentials_file: from(authorization.credentials_file),
    },
    oauth2: oauth2 && {
      ...oauth2,
      client_secret_file: from(oauth2.client_secret_file),
      client_certificate_key_file: from(oauth2.client_certificate_key_file),
      tls_config: tlsFrom(oauth2.tls_config, baseDir),
    },
    http_headers:
      headers &&
      Object.fromEntries(
        Object.entries(headers).map(([name, header]) => [
          name,
          { ...header, files: header.files?.map((file) => pathFrom(file, baseDir) ?? file) },
        ]),
      ),
  };
}

function tlsFrom(tls: TlsConfig | null | undefined, baseDir: string): TlsConfig | null | undefined {
  return (
    tls && {
      ...tls,
      ca_file: pathFrom(tls.ca_file, baseDir),
      cert_file: pathFrom(tls.cert_file, baseDir),
      key_file: pathFrom(tls.key_file, baseDir),
    }
  );
}

function pathFrom(file: string | null | undefined, baseDir: string): string | null | undefined {
  return file && !isAbsolute(file) ? join(baseDir, file) : file;
}
