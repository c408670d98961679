import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createServer } from '../http/server.ts';
import { silentLogger } from '../log/logger.ts';
import { type StateChoice, stateRoutes } from './state.ts';

function server() {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  const asked: StateChoice[] = [];
  stateRoutes(app, (choice) => {
    asked.push(choice);
    return ['kube_a 1\n', 'kube_b 2\n'];
  });
  return { app, asked };
}

it('serves all pieces, packed where that is accepted', async () => {
  const { app } = server();
  const plain = await app.inject('/metrics/state');
  expect(plain.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(plain.body).toBe('kube_a 1\nkube_b 2\n');
  const packed = await app.inject({ url: '/metrics/state', headers: { 'accept-encoding': 'gzip' } });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
  const refused = await app.inject({ url: '/metrics/state', headers: { 'accept-encoding': 'gzip;q=0' } });
  expect(refused.headers['content-encoding']).toBeUndefined();
});

it('serves the resources that are asked for', async () => {
  const { app, asked } = server();
  await app.inject('/metrics/state?resources=pods,secrets&resources=nodes&exclude_resources=secrets');
  expect(asked).toEqual([
    { resources: ['pods', 'secrets', 'nodes'], excluded: ['secrets'], openMetrics: false },
  ]);
});

it.each([
  ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', true],
  ['text/plain;version=0.0.4;q=0.5,application/openmetrics-text;q=0.3', false],
  ['*/*', false],
  ['application/openmetrics-text;q=0', false],
])('takes %s as a wish for OpenMetrics or not', async (accept, isOpen) => {
  const { app, asked } = server();
  const reply = await app.inject({ url: '/metrics/state', headers: { accept } });
  expect(asked[0]?.openMetrics).toBe(isOpen);
  expect(String(reply.headers['content-type']).startsWith('application/openmetrics-text')).toBe(isOpen);
});

it('says how to turn it on where it is off', async () => {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  stateRoutes(app, undefined);
  const reply = await app.inject('/metrics/state');
  expect([reply.statusCode, reply.json().error]).toEqual([404, expect.stringContaining('state: {}')]);
});
