import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { UnavailableError } from '../../kit/app-error.ts';
import type { Endpoint } from './endpoints.ts';

/** Certificates that are given are trusted beside those of the system: storage that a registry redirects to has its own. */
export async function clientSettings(tls: Endpoint['tls']): Promise<HttpClientConfig> {
  const config: HttpClientConfig = { proxy_from_environment: true, follow_redirects: false };
  if (tls === undefined) return config;
  const { ca_file: file, ...rest } = tls;
  const own = tls.ca ?? (file ? await readCertificates(file) : undefined);
  if (own === undefined) return { ...config, tls_config: rest };
  return { ...config, tls_config: { ...rest, ca: [...rootCertificates, own].join('\n') } };
}

async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UnavailableError(`cannot read ca_file ${file}: ${(error as NodeJS.ErrnoException).code ?? ''}`);
  }
}
