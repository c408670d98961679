import { generateKeyPairSync, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Answer, type Received, startWebhookServer } from '../../test/support/webhook-server.ts';
import { messageOf } from '../kit/app-error.ts';
import { createHttpClient } from './client.ts';
import { httpConfigProblem, httpConfigSchema } from './client-config.ts';
import { TokenSource, tokenClientConfig } from './oauth2.ts';

async function server(answer: Parameters<typeof startWebhookServer>[0]) {
  const started = await startWebhookServer(answer);
  onTestFinished(() => started.close());
  return started;
}

const json = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });
const hush = 'hush-hush-secret';

function client(oauth2: Record<string, unknown>) {
  const made = createHttpClient(httpConfigSchema.parse({ oauth2: { client_id: 'me', ...oauth2 } }));
  onTestFinished(() => made.close());
  return (url: string) => made.post({ url, body: '{}' }, AbortSignal.timeout(5000));
}

it('asks for a token with the client in a Basic header, once for as long as it lasts', async () => {
  const tokens = await server(json({ access_token: 'tok', expires_in: 3600 }));
  const target = await server({ status: 200 });
  const post = client({
    token_url: `${tokens.url}/token`,
    client_secret: hush,
    scopes: ['a', 'b'],
    endpoint_params: { audience: 'x' },
  });
  await Promise.all([post(target.url), post(target.url)]);
  await post(target.url);
  expect(tokens.received).toHaveLength(1);
  expect(tokens.received[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from(`me:${hush}`).toString('base64')}`,
  );
  expect(Object.fromEntries(new URLSearchParams(tokens.received[0]?.body))).toEqual({
    grant_type: 'client_credentials',
    scope: 'a b',
    audience: 'x',
  });
  expect(target.received.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer tok'));
});

it('gives the client in the body where the header is refused, and remembers that', async () => {
  const isInBody = ({ body }: Received) => body.includes(`client_secret=${hush}`);
  const tokens = await server((request) =>
    isInBody(request)
      ? json({ access_token: 'tok', expires_in: 11 })
      : json({ error: 'invalid_client' }, 401),
  );
  const target = await server({ status: 200 });
  let nowMs = 0;
  const config = httpConfigSchema.parse({
    oauth2: { client_id: 'me', client_secret: hush, token_url: tokens.url },
  }).oauth2;
  if (!config) throw new Error('no oauth2');
  const source = new TokenSource(config, createHttpClient(tokenClientConfig(config)), () => nowMs);
  onTestFinished(() => source.close());
  expect(await source.token(AbortSignal.timeout(5000))).toBe('tok');
  expect(tokens.received).toHaveLength(2);
  nowMs = 2000;
  await source.token(AbortSignal.timeout(5000));
  expect(tokens.received).toHaveLength(3);
  expect(target.received).toHaveLength(0);
});

it('reads the secret from its file each time, and shows it nowhere', async () => {
  const path = join(tmpdir(), `skopos-oauth2-${process.pid}`);
  writeFileSync(path, `${hush}\n`);
  const tokens = await server(json({ error: `bad secret ${hush}` }, 400));
  const target = await server({ status: 200 });
  const post = client({ token_url: tokens.url, client_secret_file: path });
  const failure = await post(target.url).catch((error: unknown) => error);
  expect(messageOf(failure)).toMatch(/^127\.0\.0\.1:\d+: the token endpoint answered 400$/);
  expect(target.received).toHaveLength(0);
  const gone = await client({ token_url: tokens.url, client_secret_file: '/nope' })(target.url).catch(
    (error: unknown) => error,
  );
  expect(messageOf(gone)).toBe('cannot read client_secret_file /nope: ENOENT');
});

it('signs an assertion', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const tokens = await server(json({ access_token: 'tok' }));
  const target = await server({ status: 200 });
  await client({
    token_url: tokens.url,
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_certificate_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_certificate_key_id: 'k1',
    signature_algorithm: 'RS512',
    scopes: ['s'],
    claims: { team: 'a' },
  })(target.url);
  const form = new URLSearchParams(tokens.received[0]?.body);
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [head = '', body = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;
  expect(read(head)).toEqual({ alg: 'RS512', typ: 'JWT', kid: 'k1' });
  expect(read(body)).toMatchObject({ iss: 'me', sub: 'me', aud: tokens.url, scope: 's', team: 'a' });
  const isGood = verify(
    'RSA-SHA512',
    Buffer.from(`${head}.${body}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  expect(isGood).toBe(true);
});

it.each([
  [{ oauth2: {} }, ['oauth2', 'client_id']],
  [{ oauth2: { client_id: 'a' } }, ['oauth2', 'token_url']],
  [
    { oauth2: { client_id: 'a', token_url: 'http://x', client_secret: 's', client_secret_file: 'f' } },
    ['oauth2', 'client_secret_file'],
  ],
  [{ oauth2: { client_id: 'a', token_url: 'http://x' }, basic_auth: { username: 'u' } }, ['oauth2']],
  [{ proxy_from_environment: true, no_proxy: 'a' }, ['no_proxy']],
  [{ proxy_connect_header: { A: ['b'] } }, ['proxy_connect_header']],
  [{ http_headers: { Authorization: { values: ['x'] } } }, ['http_headers', 'Authorization']],
])('refuses %j', (config, path) => {
  expect(httpConfigProblem(httpConfigSchema.parse(config))?.path).toEqual(path);
});
