import { createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, type Received, startWebhookServer } from '../../../../test/support/webhook-server.ts';
import { signV4 } from '../../../http/aws/sign-v4.ts';
import { createHttpClient } from '../../../http/client.ts';
import { VirtualClock } from '../../../kit/clock.ts';
import { azureLogin } from './azure.ts';
import type { EndingLogin } from './cloud-login.ts';
import { ecrLogin } from './ecr.ts';
import { gcpLogin } from './gcp.ts';

/** Local servers that speak the exchanges which the clouds document, and refuse what the clouds would. */

const nowMs = Date.UTC(2026, 0, 1);
const clock = new VirtualClock(nowMs);
const signal = () => AbortSignal.timeout(30_000);

async function service(answer: (request: Received) => Answer) {
  const server = await startWebhookServer(answer);
  const client = createHttpClient();
  onTestFinished(async () => {
    server.close();
    await client.close();
  });
  return { url: server.url, host: new URL(server.url).host, received: server.received, client };
}

function file(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-cloud-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const ok = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });
const form = ({ body }: Received) => Object.fromEntries(new URLSearchParams(body));

function shown({ login, origin, untilMs }: EndingLogin) {
  return login.kind === 'password'
    ? { username: login.username, secret: login.password.reveal(), origin, untilMs }
    : { identity: login.kind === 'identity' ? login.token.reveal() : '', origin, untilMs };
}

describe("Amazon's registry", () => {
  const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', HOME: '/nope' };

  it('gives a password for a signed request, for the account that is in its name', async () => {
    const { url, received, client } = await service((request) => {
      const { headers, body, method } = request;
      const expected = signV4(
        {
          method,
          url: `http://${headers.host}/`,
          body,
          headers: {
            'content-type': headers['content-type'] ?? '',
            'x-amz-target': String(headers['x-amz-target']),
          },
        },
        { accessKey: 'AKID', secretKey: 'secret', sessionToken: '' },
        { region: 'eu-west-1', service: 'ecr', atMs: nowMs },
      );
      if (headers.authorization !== expected['authorization']) return { status: 403 };
      return ok({
        authorizationData: [
          {
            authorizationToken: Buffer.from('AWS:pass:with:colons').toString('base64'),
            expiresAt: nowMs / 1000 + 43_200,
            proxyEndpoint: `https://${registry}`,
          },
        ],
      });
    });
    const ask = ecrLogin({ client, clock, env: { ...keys, AWS_ENDPOINT_URL_ECR: `${url}/` } });
    expect(shown(await ask(registry, signal()))).toEqual({
      username: 'AWS',
      secret: 'pass:with:colons',
      origin: 'ecr',
      untilMs: nowMs + 43_200_000,
    });
    expect(received[0]?.headers['x-amz-target']).toBe(
      'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
    );
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ registryIds: ['123456789012'] });
    const other = ecrLogin({
      client,
      clock,
      env: { ...keys, AWS_SECRET_ACCESS_KEY: 'another', AWS_ENDPOINT_URL_ECR: `${url}/` },
    });
    await expect(other(registry, signal())).rejects.toThrow(
      `ECR gave no login for ${registry}: it answered 403`,
    );
  });

  it('is asked nothing for registries of others, and an answer without a token is none', async () => {
    const { url, received, client } = await service(() => ok({ authorizationData: [] }));
    const ask = ecrLogin({ client, clock, env: { ...keys, AWS_ENDPOINT_URL_ECR: url } });
    await expect(ask('quay.io', signal())).rejects.toThrow('not named as Amazon');
    expect(received).toHaveLength(0);
    await expect(ask(registry, signal())).rejects.toThrow('it answered 200');
  });
});

describe("Google's registries", () => {
  it('take a token of the machine, by its metadata service', async () => {
    const { host, received, client } = await service(({ headers }) =>
      headers['metadata-flavor'] === 'Google'
        ? ok({ access_token: 'of-the-node', expires_in: 600, token_type: 'Bearer' })
        : { status: 403 },
    );
    const ask = gcpLogin({ client, clock, env: { GCE_METADATA_HOST: host } });
    expect(shown(await ask('europe-docker.pkg.dev', signal()))).toEqual({
      username: 'oauth2accesstoken',
      secret: 'of-the-node',
      origin: 'gcp',
      untilMs: nowMs + 600_000,
    });
    expect(received[0]?.path).toBe('/computeMetadata/v1/instance/service-accounts/default/token');
  });

  it('take a token of a service account, for an assertion that its key has signed', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { url, client } = await service((request) => {
      const { grant_type: grant, assertion = '' } = form(request);
      const [head = '', body = '', signature = ''] = assertion.split('.');
      const isSigned = createVerify('RSA-SHA256')
        .update(`${head}.${body}`)
        .verify(publicKey, Buffer.from(signature, 'base64url'));
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
      const isGood =
        grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
        isSigned &&
        claims['iss'] === 'scan@project.iam' &&
        claims['aud'] === `${url}/token` &&
        String(claims['scope']).includes('cloud-platform');
      return isGood ? ok({ access_token: 'of-the-account', expires_in: 3600 }) : { status: 401 };
    });
    const key = file(
      'key.json',
      JSON.stringify({
        type: 'service_account',
        client_email: 'scan@project.iam',
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        private_key_id: 'k1',
        token_uri: `${url}/token`,
      }),
    );
    const ask = gcpLogin({ client, clock, env: { GOOGLE_APPLICATION_CREDENTIALS: key } });
    expect(shown(await ask('gcr.io', signal()))).toMatchObject({ secret: 'of-the-account' });
  });

  it('say what is wrong where there is no token', async () => {
    const { host, client } = await service(() => ({ status: 200, body: 'not json' }));
    const ask = (env: Record<string, string>) => gcpLogin({ client, clock, env })('gcr.io', signal());
    await expect(ask({ GCE_METADATA_HOST: host })).rejects.toThrow('gave no token');
    await expect(ask({ GOOGLE_APPLICATION_CREDENTIALS: '/nope.json' })).rejects.toThrow(
      'cannot be read: ENOENT',
    );
    const user = file('user.json', '{"type":"authorized_user"}');
    await expect(ask({ GOOGLE_APPLICATION_CREDENTIALS: user })).rejects.toThrow(
      'no key of a service account (type "authorized_user")',
    );
  });
});

describe("Azure's registries", () => {
  const registry = 'shop.azurecr.io';

  /** Entra ID and the registry's own service: the one gives an access token, the other exchanges it. */
  const azure = (proof: (form: Record<string, string>) => boolean) =>
    service((request) => {
      const sent = form(request);
      if (request.path === '/tenant-1/oauth2/v2.0/token') {
        const isGood =
          sent['grant_type'] === 'client_credentials' &&
          sent['client_id'] === 'app-1' &&
          sent['scope'] === 'https://management.azure.com/.default' &&
          proof(sent);
        return isGood ? ok({ access_token: 'entra', expires_in: 3600 }) : { status: 401 };
      }
      const isGood =
        request.path === '/oauth2/exchange' &&
        sent['grant_type'] === 'access_token' &&
        sent['service'] === registry &&
        sent['tenant'] === 'tenant-1' &&
        sent['access_token'] === 'entra';
      return isGood ? ok({ refresh_token: 'of-the-registry' }) : { status: 401 };
    });

  it('exchange a token of a workload identity for one of their own', async () => {
    const token = file('token', 'federated\n');
    const { url, client } = await azure(
      (sent) =>
        sent['client_assertion'] === 'federated' &&
        sent['client_assertion_type'] === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    );
    const env = {
      AZURE_TENANT_ID: 'tenant-1',
      AZURE_CLIENT_ID: 'app-1',
      AZURE_FEDERATED_TOKEN_FILE: token,
      AZURE_AUTHORITY_HOST: `${url}/`,
    };
    const ask = azureLogin({ client, clock, env, originOf: () => url });
    expect(shown(await ask(registry, signal()))).toEqual({
      identity: 'of-the-registry',
      origin: 'azure',
      untilMs: nowMs + 2 * 3_600_000,
    });
    const gone = azureLogin({ client, clock, env: { ...env, AZURE_FEDERATED_TOKEN_FILE: '/nope' } });
    await expect(gone(registry, signal())).rejects.toThrow('AZURE_FEDERATED_TOKEN_FILE /nope cannot be read');
  });

  it('take a client secret, and say who refused', async () => {
    const { url, client } = await azure((sent) => sent['client_secret'] === 'right');
    const env = (secret: string) => ({
      AZURE_TENANT_ID: 'tenant-1',
      AZURE_CLIENT_ID: 'app-1',
      AZURE_CLIENT_SECRET: secret,
      AZURE_AUTHORITY_HOST: url,
    });
    const ask = (secret: string, name = registry) =>
      azureLogin({ client, clock, env: env(secret), originOf: () => url })(name, signal());
    expect(shown(await ask('right'))).toMatchObject({ identity: 'of-the-registry' });
    await expect(ask('wrong')).rejects.toThrow('Entra ID gave no token: it answered 401');
    await expect(ask('right', 'other.azurecr.io')).rejects.toThrow(
      'other.azurecr.io did not exchange a token of Entra ID: it answered 401',
    );
    await expect(azureLogin({ client, clock, env: {} })(registry, signal())).rejects.toThrow(
      'no credentials of Azure',
    );
  });
});
