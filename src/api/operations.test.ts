import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createServer } from '../http/server.ts';
import { BadInputError } from '../kit/app-error.ts';
import { silentLogger } from '../log/logger.ts';
import type { MetricFamily } from '../model/metric.ts';
import { operationsRoutes } from './operations.ts';

function server(
  state: { ready?: boolean; refuse?: boolean } = {},
  more: () => Iterable<MetricFamily> = () => [],
) {
  const runbookFolder = mkdtempSync(join(tmpdir(), 'skopos-ops-'));
  writeFileSync(join(runbookFolder, 'drill.md'), '# Drill\n');
  let reloads = 0;
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  const family = (name: string) =>
    ({ name, help: 'h', type: 'gauge', samples: [{ name, labels: { a: 'x"y' }, value: 1 }] }) as const;
  operationsRoutes(app, {
    isReady: () => state.ready ?? false,
    reload() {
      if (state.refuse) throw new BadInputError('route', 'no receiver');
      reloads++;
    },
    metrics: () => [family('skopos_a'), ...more(), family('kubescape_score')],
    kubescapeMetrics: () => [family('kubescape_score')],
    runbookFolder,
  });
  return { app, reloads: () => reloads };
}

it('is healthy at once and ready after the first complete look', async () => {
  expect((await server().app.inject('/-/healthy')).statusCode).toBe(200);
  expect((await server().app.inject('/-/ready')).statusCode).toBe(503);
  expect((await server({ ready: true }).app.inject('/-/ready')).statusCode).toBe(200);
});

it('reloads by POST and PUT alone, and says what was refused', async () => {
  const { app, reloads } = server();
  expect((await app.inject({ method: 'POST', url: '/-/reload' })).statusCode).toBe(200);
  expect((await app.inject({ method: 'PUT', url: '/-/reload' })).statusCode).toBe(200);
  expect((await app.inject('/-/reload')).statusCode).toBe(404);
  expect(reloads()).toBe(2);
  const refused = await server({ refuse: true }).app.inject({ method: 'POST', url: '/-/reload' });
  expect([refused.statusCode, refused.json().error]).toEqual([400, 'route: no receiver']);
});

it('serves all families, and Kubescape alone where Kubescape does', async () => {
  const { app } = server();
  const all = await app.inject('/metrics');
  expect(all.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(all.body).toContain('# TYPE skopos_a gauge\nskopos_a{a="x\\"y"} 1\n');
  expect((await app.inject('/v1/metrics')).body).not.toContain('skopos_a');
});

it('serves families in order of name', async () => {
  const { app } = server({}, () => [
    { name: 'skopos_m', help: 'M.', type: 'unknown', samples: [{ name: 'skopos_m', labels: {}, value: 2 }] },
  ]);
  const { body } = await app.inject('/metrics');
  expect([...body.matchAll(/^# TYPE (\S+ \S+)/gm)].map(([, type]) => type)).toEqual([
    'kubescape_score gauge',
    'skopos_a gauge',
    'skopos_m untyped',
  ]);
});

it('answers with a status, not with half a text, where a family cannot be made', async () => {
  const { app } = server({}, () => {
    throw new Error('no disk');
  });
  expect((await app.inject('/metrics')).statusCode).toBe(500);
});

it('serves runbooks by name and nothing outside of their folder', async () => {
  const { app } = server();
  expect((await app.inject('/guide/runbooks/drill')).body).toBe('# Drill\n');
  for (const name of ['none', '..%2Fdrill', '%2e%2e%2fsecret']) {
    expect((await app.inject(`/guide/runbooks/${name}`)).statusCode).toBe(404);
  }
});
