import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { runSkopos } from '../../test/support/run-skopos.ts';
import { monitorsCommand } from './monitors.ts';

async function start(settings: string) {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-cli-monitors-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, 'objects'));
  writeFileSync(
    join(dir, 'objects/monitor.yaml'),
    `apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: cart, namespace: shop }
spec: { selector: { matchLabels: { app: cart } }, endpoints: [{ port: web }] }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop, labels: { app: card } }
spec: {}
`,
  );
  writeFileSync(join(dir, 'skopos.yaml'), settings);
  const flags = { config: join(dir, 'skopos.yaml'), folder: join(dir, 'objects'), data: join(dir, 'data') };
  const { url } = await runSkopos(flags, dir);
  return (...args: string[]) => runCli(monitorsCommand, ['monitors', ...args, '--url', url], dir);
}

it('lists objects, and tells of one why it is not picked up', async () => {
  const run = await start(
    'metrics: { operator: { serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {} } }',
  );
  const list = await run();
  expect(list).toMatchObject({ exitCode: 1, err: '' });
  expect(list.out).toMatch(/nothing-found +ServiceMonitor\/shop\/cart +0 of 0 up\n +no target was found/);
  const one = await run('ServiceMonitor/shop/cart');
  expect(one.exitCode).toBe(1);
  expect(one.out).toMatch(/yes +Is it selected by its labels\?/);
  expect(one.out).toMatch(/no +Is there a Service that it selects\? no Service in shop has app=cart/);
  expect(one.out).toContain('shop/cart does not fulfil app=cart');
  expect(JSON.parse((await run('ServiceMonitor/shop/cart', '--json')).out)).toMatchObject({
    state: 'nothing-found',
  });
  expect(await run('cart')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('expected Kind/namespace/name'),
  });
  expect(await run('ServiceMonitor/shop/card')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('there is no ServiceMonitor shop/card'),
  });
});

it('says when no object is looked at', async () => {
  const run = await start('log_level: info');
  expect(await run()).toMatchObject({ exitCode: 0, out: expect.stringContaining('set metrics.operator') });
});
