import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { openApi } from '../../../test/support/prometheus-api.ts';
import { Engine } from '../../promql/engine.ts';
import type { CorsPolicy, QueryEngine } from './source.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const range = (query: string, steps: number) =>
  `/api/v1/query_range?query=${encodeURIComponent(query)}&start=0&end=${steps - 1}&step=1`;

it.each([
  ['one piece', range('vector(1)', 200)],
  ['many pieces', range('label_replace(vector(1.0000001), "a", "b", "", "") or vector(time())', 11_000)],
])('packs answers of %s for those who take gzip', async (_, url) => {
  const { app } = openApi({ nowMs });
  const plain = await app.inject(url);
  const packed = await app.inject({ url, headers: { 'accept-encoding': 'br, gzip;q=0.5' } });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect([packed.headers['content-encoding'], packed.headers.vary]).toEqual(['gzip', 'Accept-Encoding']);
  expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3);
  expect(gunzipSync(packed.rawPayload).equals(plain.rawPayload)).toBe(true);
  const refused = await app.inject({ url, headers: { 'accept-encoding': 'gzip;q=0' } });
  expect(refused.headers['content-encoding']).toBeUndefined();
});

it.each<[CorsPolicy, string, string | undefined]>([
  ['any', 'https://grafana.example', '*'],
  ['loopback', 'http://localhost:3000', 'http://localhost:3000'],
  ['loopback', 'http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ['loopback', 'https://evil.example', undefined],
  ['loopback', 'https://localhost.evil.example', undefined],
  ['loopback', 'null', undefined],
  [(origin) => origin === 'https://a.example', 'https://a.example', 'https://a.example'],
  [(origin) => origin === 'https://a.example', 'https://b.example', undefined],
])('with the policy %s lets pages of %s read: %s', async (cors, origin, allowed) => {
  const { app } = openApi({ nowMs, source: { cors } });
  for (const method of ['GET', 'OPTIONS'] as const) {
    const reply = await app.inject({ method, url: '/api/v1/query?query=1', headers: { origin } });
    expect(reply.statusCode).toBe(method === 'GET' ? 200 : 204);
    expect(reply.headers['access-control-allow-origin']).toBe(allowed);
    expect(reply.headers['access-control-allow-credentials']).toBeUndefined();
  }
});

it('cancels a query whose client goes away', async () => {
  const inner = new Engine();
  let began = (): void => undefined;
  const started = new Promise<void>((resolve) => {
    began = resolve;
  });
  let aborted: Promise<unknown> = Promise.resolve();
  const engine: QueryEngine = {
    instantAsync(_queryable, _query, _atMs, options) {
      aborted = once(options?.signal ?? new AbortController().signal, 'abort');
      began();
      return aborted.then(() => inner.instantAsync({ select: () => [] }, '1', 0, options));
    },
    rangeAsync: (...all) => inner.rangeAsync(...all),
  };
  const { app } = openApi({ nowMs, engine });
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /api/v1/query?query=up HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await started;
  socket.destroy();
  await aborted;
});

it('stops making an answer that nobody reads any more', async () => {
  const { app } = openApi({ nowMs });
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const stop = new AbortController();
  const reply = await fetch(`http://127.0.0.1:${port}${range('vector(time()/7)', 11_000)}`, {
    signal: stop.signal,
  });
  expect(reply.status).toBe(200);
  stop.abort();
  const next = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=1`);
  expect(await next.json()).toMatchObject({ status: 'success' });
});
