import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startWebhookServer } from '../../test/support/webhook-server.ts';
import { messageOf } from '../kit/app-error.ts';
import { createHttpClient, maxReplyBytes } from './client.ts';
import { httpConfigProblem, httpConfigSchema } from './client-config.ts';
import { bypassesProxy } from './no-proxy.ts';

async function server(answer?: Parameters<typeof startWebhookServer>[0]) {
  const started = await startWebhookServer(answer);
  onTestFinished(() => started.close());
  return started;
}

function client(config: unknown = {}) {
  const made = createHttpClient(httpConfigSchema.parse(config));
  onTestFinished(() => made.close());
  return {
    post: (url: string, body = '{}') => made.post({ url, body }, AbortSignal.timeout(5000)),
  };
}

it('posts JSON and gives back status and body', async () => {
  const { url, received } = await server({ status: 418, body: 'teapot', headers: { 'retry-after': '7' } });
  expect(await client().post(`${url}/x`, '{"a":1}')).toEqual({
    status: 418,
    body: 'teapot',
    retryAfterMs: 7000,
  });
  expect(received).toMatchObject([{ method: 'POST', path: '/x', body: '{"a":1}' }]);
});

it('reads no more of a reply than it must', async () => {
  const { url } = await server({ status: 200, body: 'x'.repeat(10 * maxReplyBytes) });
  expect((await client().post(url)).body).toHaveLength(maxReplyBytes);
});

const file = (text: string) => {
  const path = join(tmpdir(), `skopos-http-${process.pid}-${Math.random()}`);
  writeFileSync(path, `${text}\n`);
  return path;
};

it.each([
  [{ basic_auth: { username: 'u', password: 'p' } }, 'authorization', 'Basic dTpw'],
  [{ basic_auth: { username: 'u', password_file: file('p') } }, 'authorization', 'Basic dTpw'],
  [{ authorization: { credentials: 't' } }, 'authorization', 'Bearer t'],
  [{ authorization: { type: 'Token', credentials_file: file('t') } }, 'authorization', 'Token t'],
  [{ bearer_token: 't' }, 'authorization', 'Bearer t'],
  [{ http_headers: { 'X-A': { values: ['1'], secrets: ['2'], files: [file('3')] } } }, 'x-a', '1, 2, 3'],
])('sends what %j says', async (config, name, value) => {
  const { url, received } = await server();
  await client(config).post(url);
  expect(received[0]?.headers[name]).toBe(value);
});

it('follows redirects as told, keeps the body on 307 and 308 alone, and gives credentials to the first host alone', async () => {
  const other = await server();
  const { url, received } = await server(({ path }) =>
    path === '/away'
      ? { status: 308, headers: { location: `${other.url}/there` } }
      : { status: path === '/302' ? 302 : 307, headers: { location: '/away' } },
  );
  const config = { basic_auth: { username: 'u', password: 'p' } };
  expect((await client(config).post(`${url}/307`, 'b')).status).toBe(200);
  expect((await client(config).post(`${url}/302`, 'b')).status).toBe(200);
  expect(other.received.map(({ method, body, headers }) => [method, body, headers.authorization])).toEqual([
    ['POST', 'b', undefined],
    ['GET', '', undefined],
  ]);
  expect(received.every(({ headers }) => headers.authorization === 'Basic dTpw')).toBe(true);
  expect((await client({ follow_redirects: false }).post(`${url}/307`)).status).toBe(307);
});

it('gives up on redirects without end', async () => {
  const { url } = await server({ status: 307, headers: { location: '/' } });
  await expect(client().post(url)).rejects.toThrow('more than 10 redirects');
});

it('goes through a proxy, except to hosts that need none', async () => {
  const { url, received } = await server();
  let tunnels = 0;
  const proxy: Server = createHttp((request, response) => {
    tunnels++;
    response.writeHead(200).end(`via proxy to ${request.url ?? ''}`);
  });
  proxy.on('connect', (request, socket, head) => {
    tunnels++;
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const proxy_url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  expect((await client({ proxy_url }).post(url)).status).toBe(200);
  expect(tunnels).toBe(1);
  await client({ proxy_url, no_proxy: '127.0.0.0/8' }).post(url);
  expect(tunnels).toBe(1);
  expect(received.length).toBeGreaterThan(0);
});

it.each([
  ['http://a.example.org', 'example.org', true],
  ['http://a.example.org', '.example.org', true],
  ['http://example.org', '.example.org', false],
  ['http://myexample.org', 'example.org', false],
  ['http://10.1.2.3', '10.0.0.0/8', true],
  ['http://11.1.2.3', '10.0.0.0/8, other', false],
  ['http://x:81', 'x:80', false],
  ['https://x', 'x:443', true],
  ['http://[::1]:9', '::1', true],
  ['http://x', '*', true],
  ['http://x', '', false],
])('to %s with no_proxy %j: direct is %s', (url, noProxy, direct) => {
  expect(bypassesProxy(new URL(url), noProxy)).toBe(direct);
});

it.each([
  ['http://user:hush@127.0.0.1:1/hush?hush=hush', {}, '127.0.0.1:1: connect ECONNREFUSED'],
  [
    'https://127.0.0.1:1/hush',
    { tls_config: { ca_file: '/nowhere/ca' } },
    'cannot read ca_file /nowhere/ca: ENOENT',
  ],
  [
    'http://h/',
    { authorization: { credentials_file: '/nowhere/t' } },
    'cannot read credentials_file /nowhere/t',
  ],
  ['not a hush url', {}, 'not a valid URL'],
  ['ftp://hush', {}, 'cannot post to a ftp:'],
])('says what failed without the address: %s', async (url, config, message) => {
  const failure = await client(config)
    .post(url)
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'HTTP_FAILED' });
  expect(messageOf(failure)).toContain(message);
  expect(messageOf(failure) + String((failure as Error).cause)).not.toContain('hush');
});

it.each([
  [
    { basic_auth: { username: 'u' }, authorization: { credentials: 'x' } },
    'at most one of basic_auth & authorization',
  ],
  [{ authorization: { type: 'Basic' } }, 'use basic_auth'],
  [{ tls_config: { cert: 'x' } }, 'needs both cert and key'],
  [{ bearer_token: 'x', bearer_token_file: 'y' }, 'bearer_token & bearer_token_file'],
  [{ no_proxy: 'x' }, 'only with proxy_url'],
  [{ oauth2: {} }, 'oauth2 needs a client_id'],
])('finds settings that exclude each other: %j', (config, problem) => {
  expect(httpConfigProblem(httpConfigSchema.parse(config))?.problem).toContain(problem);
});
