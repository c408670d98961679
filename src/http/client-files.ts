import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { SecureVersion } from 'node:tls';
import { messageOf } from '../kit/app-error.ts';
import type { HttpClientConfig, TlsConfig } from './client-config.ts';
import { HttpError } from './http-error.ts';

export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
}

/** `tls_config` as Node's TLS wants it, its files read. */
export async function tlsOptions(config: TlsConfig | undefined): Promise<TlsOptions> {
  if (config === undefined) return {};
  const ca = config.ca ?? (config.ca_file ? await read(config.ca_file, 'ca_file') : undefined);
  const cert = config.cert ?? (config.cert_file ? await read(config.cert_file, 'cert_file') : undefined);
  const key = config.key?.reveal() ?? (config.key_file ? await read(config.key_file, 'key_file') : undefined);
  return {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(config.server_name ? { servername: config.server_name } : {}),
    ...(config.insecure_skip_verify ? { rejectUnauthorized: false } : {}),
    ...(config.min_version ? { minVersion: versions[config.min_version] } : {}),
    ...(config.max_version ? { maxVersion: versions[config.max_version] } : {}),
  };
}

const versions = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

/** Of the settings, credentials among them; names in lower case. @throws {HttpError} when a file cannot be read. */
export async function headersOf(config: HttpClientConfig): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, { values, secrets, files }] of Object.entries(config.http_headers ?? {})) {
    const fromFiles = await Promise.all(
      (files ?? []).map((file) => readTrimmed(file, `http_headers.${name}.files`)),
    );
    headers[name.toLowerCase()] = [
      ...(values ?? []),
      ...(secrets ?? []).map((value) => value.reveal()),
      ...fromFiles,
    ].join(', ');
  }
  const { basic_auth: basic, authorization } = config;
  if (basic) {
    const name =
      basic.username ?? (basic.username_file ? await readTrimmed(basic.username_file, 'username_file') : '');
    const password =
      basic.password?.reveal() ??
      (basic.password_file ? await readTrimmed(basic.password_file, 'password_file') : '');
    headers['authorization'] = basicHeader(name, password);
  }
  const file = authorization?.credentials_file ?? config.bearer_token_file;
  const token =
    authorization?.credentials?.reveal() ??
    config.bearer_token?.reveal() ??
    (file ? await readTrimmed(file, 'credentials_file') : undefined);
  if (token) headers['authorization'] = `${authorization?.type?.trim() || 'Bearer'} ${token}`;
  return headers;
}

export function basicHeader(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

async function readTrimmed(file: string, key: string): Promise<string> {
  return (await read(file, key)).trim();
}

/** @throws {HttpError} naming the setting and the file. */
async function read(file: string, key: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new HttpError(
      `cannot read ${key} ${file}: ${(error as NodeJS.ErrnoException).code ?? messageOf(error)}`,
    );
  }
}
