import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { createLogger } from '../log/logger.ts';
import { createEmbedded } from './embedded.ts';
import { reloadConfig } from './reload.ts';
import { createWebServer } from './web-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function exporter(): Promise<string> {
  const server = createServer((_request, reply) => {
    reply.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    reply.end('# HELP shop_orders_total Orders.\n# TYPE shop_orders_total counter\nshop_orders_total 7\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!(await check())) {
    if (Date.now() > endMs) throw new Error('it did not come to that in 10 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('scrapes as a prometheus.yml says, serves what it found, and takes a new one all or nothing', async () => {
  const address = await exporter();
  const folder = mkdtempSync(join(tmpdir(), 'skopos-metrics-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'pod.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
  const file = join(folder, 'prometheus.yml');
  const yaml = (job: string): string => `
global: { scrape_interval: 500ms, external_labels: { cluster: test } }
rule_files: [more.rules]
scrape_configs:
  - job_name: ${job}
    basic_auth: { username: u, password: hidden }
    static_configs: [{ targets: ["${address}", "gone:1"], labels: { team: a } }]
    consul_sd_configs: [{ server: x }]
    relabel_configs:
      - { source_labels: [__address__], regex: "gone:.*", action: drop }
`;
  writeFileSync(file, yaml('shop'));
  writeFileSync(
    join(folder, 'more.rules'),
    'groups: [{name: orders, rules: [{record: shop:orders, expr: shop_orders_total}]}]',
  );
  const flags = { folder, data: join(folder, '.data'), prometheusConfig: file, listen: '127.0.0.1:0' };
  const embedded = createEmbedded({
    config: loadConfig(flags, folder),
    choice: { kind: 'folder', folder, isExample: false, cluster: 'test' },
    log: createLogger('silent'),
    startedAtMs: Date.now(),
  });
  const app = createWebServer(embedded, () => reloadConfig(embedded, flags, folder));
  closing.push(() => app.close());
  const stop = new AbortController();
  const running = embedded.run(stop.signal);
  closing.push(async () => {
    stop.abort();
    await running;
  });
  const get = async (path: string) => JSON.parse((await app.inject({ url: path })).body).data;
  await until(async () => (await get('/api/v1/targets')).activeTargets[0]?.health === 'up');

  const targets = await get('/api/v1/targets');
  expect(targets.activeTargets).toHaveLength(1);
  expect(targets.activeTargets[0]).toMatchObject({
    labels: { instance: address, job: 'shop', team: 'a' },
    scrapePool: 'shop',
    scrapeUrl: `http://${address}/metrics`,
    lastError: '',
    scrapeInterval: '500ms',
  });
  expect(targets.droppedTargets).toHaveLength(1);
  expect(targets.droppedTargetCounts).toEqual({ shop: 1 });
  expect(await get('/api/v1/scrape_pools')).toEqual({ scrapePools: ['shop'] });
  expect(await get('/api/v1/targets/metadata?metric=shop_orders_total')).toMatchObject([
    { type: 'counter', help: 'Orders.' },
  ]);
  const labels = encodeURIComponent(JSON.stringify({ __address__: 'gone:1' }));
  const { steps } = await get(`/api/v1/targets/relabel_steps?scrapePool=shop&labels=${labels}`);
  expect(steps).toMatchObject([{ keep: false, rule: { action: 'drop', regex: 'gone:.*' } }]);
  const shown = (await get('/api/v1/status/config')).yaml;
  expect(shown).toContain('job_name: shop');
  expect(shown).not.toContain('hidden');
  expect(embedded.rules.groups().find(({ spec }) => spec.name === 'orders')).toMatchObject({
    intervalMs: 60_000,
  });
  expect(embedded.metrics.discovery.status()).toContainEqual(
    expect.objectContaining({ kind: 'consul', problem: expect.stringContaining('not supported') }),
  );

  writeFileSync(file, 'scrape_configs: [{job_name: 1, what: 2}]');
  expect((await app.inject({ method: 'POST', url: '/-/reload' })).statusCode).not.toBe(200);
  expect(await get('/api/v1/scrape_pools')).toEqual({ scrapePools: ['shop'] });
  writeFileSync(file, yaml('other'));
  expect((await app.inject({ method: 'POST', url: '/-/reload' })).statusCode).toBe(200);
  await until(async () => (await get('/api/v1/targets')).activeTargets[0]?.labels.job === 'other');
});
