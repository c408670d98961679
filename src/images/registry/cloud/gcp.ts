import { readFile } from 'node:fs/promises';
import type { HttpClient } from '../../../http/client.ts';
import { jwtBearer } from '../../../http/client-config.ts';
import { TokenSource } from '../../../http/oauth2.ts';
import { messageOf, UnavailableError } from '../../../kit/app-error.ts';
import type { Clock } from '../../../kit/clock.ts';
import { Secret } from '../../../kit/secret.ts';
import type { CloudLogin } from './cloud-login.ts';

const scope =
  'https://www.googleapis.com/auth/devstorage.read_only https://www.googleapis.com/auth/cloud-platform';

export interface GcpOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Logins of Google's registries: of the service account whose key `GOOGLE_APPLICATION_CREDENTIALS` names, or else of the machine's
 * or pod's own (workload identity), which its metadata service gives.
 *
 * Source: https://cloud.google.com/artifact-registry/docs/docker/authentication#token
 */
export function gcpLogin({ client, clock, env = process.env }: GcpOptions): CloudLogin {
  return async (_registry, signal) => {
    const file = env['GOOGLE_APPLICATION_CREDENTIALS'];
    const { token, untilMs } = file
      ? await fromKey(file, client, clock, signal)
      : await fromMetadata(env['GCE_METADATA_HOST'] ?? 'metadata.google.internal', client, clock, signal);
    return {
      login: { kind: 'password', username: 'oauth2accesstoken', password: new Secret(token) },
      origin: 'gcp',
      untilMs,
    };
  };
}

async function fromKey(file: string, client: HttpClient, clock: Clock, signal: AbortSignal) {
  let key: Record<string, unknown>;
  try {
    key = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'it is no JSON';
    throw new UnavailableError(`GOOGLE_APPLICATION_CREDENTIALS names ${file}, which cannot be read: ${why}`);
  }
  const text = (name: string): string => (typeof key[name] === 'string' ? key[name] : '');
  if (text('private_key') === '')
    throw new UnavailableError(
      `${file} is no key of a service account (type "${text('type').slice(0, 40)}")`,
    );
  const source = new TokenSource(
    {
      client_id: text('client_email'),
      client_certificate_key: new Secret(text('private_key')),
      client_certificate_key_id: text('private_key_id'),
      grant_type: jwtBearer,
      token_url: text('token_uri') || 'https://oauth2.googleapis.com/token',
      claims: { scope },
    },
    client,
    () => clock.now(),
  );
  return { token: await source.token(signal), untilMs: clock.now() + 30 * 60_000 };
}

async function fromMetadata(host: string, client: HttpClient, clock: Clock, signal: AbortSignal) {
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  const reply = await client.request({ url, headers: { 'metadata-flavor': 'Google' } }, signal);
  let read: Record<string, unknown> = {};
  try {
    read = JSON.parse(reply.body) as Record<string, unknown>;
  } catch (error) {
    throw new UnavailableError(
      `${host} gave no token: ${reply.status === 200 ? messageOf(error) : reply.status}`,
    );
  }
  const token = read['access_token'];
  if (reply.status !== 200 || typeof token !== 'string')
    throw new UnavailableError(`${host} gave no token: it answered ${reply.status}`);
  return { token, untilMs: clock.now() + Number(read['expires_in'] ?? 300) * 1000 };
}
