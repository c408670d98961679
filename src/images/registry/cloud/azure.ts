import { readFile } from 'node:fs/promises';
import type { HttpClient, HttpReply } from '../../../http/client.ts';
import { UnavailableError } from '../../../kit/app-error.ts';
import type { Clock } from '../../../kit/clock.ts';
import { Secret } from '../../../kit/secret.ts';
import type { CloudLogin } from './cloud-login.ts';

const usualAuthority = 'https://login.microsoftonline.com';
const scope = 'https://management.azure.com/.default';
const contentType = 'application/x-www-form-urlencoded';

export interface AzureOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For tests: how a registry's own service is reached. */
  readonly originOf?: (registry: string) => string;
}

/**
 * Logins of Azure's registries: a token of Entra ID, by workload identity (`AZURE_FEDERATED_TOKEN_FILE`) or a client secret
 * (`AZURE_CLIENT_SECRET`), which the registry exchanges for a refresh token of its own.
 *
 * Source: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export function azureLogin({
  client,
  clock,
  env = process.env,
  originOf = (registry) => `https://${registry}`,
}: AzureOptions): CloudLogin {
  return async (registry, signal) => {
    const tenant = env['AZURE_TENANT_ID'] ?? '';
    const access = await entraToken(env, tenant, client, signal);
    const body = new URLSearchParams({
      grant_type: 'access_token',
      service: registry,
      tenant,
      access_token: access,
    }).toString();
    const reply = await client.post(
      { url: `${originOf(registry)}/oauth2/exchange`, body, contentType },
      signal,
    );
    const token = tokenOf(reply, 'refresh_token');
    if (token === undefined)
      throw new UnavailableError(
        `${registry} did not exchange a token of Entra ID: it answered ${reply.status}`,
      );
    // They last three hours.
    return {
      login: { kind: 'identity', token: new Secret(token) },
      origin: 'azure',
      untilMs: clock.now() + 2 * 3_600_000,
    };
  };
}

async function entraToken(
  env: Readonly<Record<string, string | undefined>>,
  tenant: string,
  client: HttpClient,
  signal: AbortSignal,
): Promise<string> {
  const clientId = env['AZURE_CLIENT_ID'];
  const file = env['AZURE_FEDERATED_TOKEN_FILE'];
  const secret = env['AZURE_CLIENT_SECRET'];
  if (!tenant || !clientId || (!file && !secret))
    throw new UnavailableError(
      'no credentials of Azure: AZURE_TENANT_ID, AZURE_CLIENT_ID, and AZURE_FEDERATED_TOKEN_FILE or AZURE_CLIENT_SECRET are needed',
    );
  const proof: Record<string, string> = file
    ? {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await tokenFile(file),
      }
    : { client_secret: secret ?? '' };
  const authority = (env['AZURE_AUTHORITY_HOST'] ?? usualAuthority).replace(/\/+$/, '');
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope,
    ...proof,
  });
  const url = `${authority}/${tenant}/oauth2/v2.0/token`;
  const reply = await client.post({ url, body: body.toString(), contentType }, signal);
  const token = tokenOf(reply, 'access_token');
  if (token === undefined) throw new UnavailableError(`Entra ID gave no token: it answered ${reply.status}`);
  return token;
}

async function tokenFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new UnavailableError(`AZURE_FEDERATED_TOKEN_FILE ${file} cannot be read: ${why}`);
  }
}

function tokenOf({ status, body }: HttpReply, name: string): string | undefined {
  if (status !== 200) return undefined;
  try {
    const token = (JSON.parse(body) as Record<string, unknown>)[name];
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}
