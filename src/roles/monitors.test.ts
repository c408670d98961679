import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Running, runSkopos } from '../../test/support/run-skopos.ts';
import type { MonitorDetailJson, MonitorsJson, RuleGroupsJson, TargetsJson } from '../api/skopos/contract.ts';

const patience = { timeout: 30_000, interval: 50 };

/** An exporter that wants a password, and remembers what it was asked with. */
async function startExporter(): Promise<{ readonly port: number; readonly asked: Set<string> }> {
  const asked = new Set<string>();
  const server = createServer((request, reply) => {
    asked.add(request.headers.authorization ?? '');
    reply.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    reply.end('orders_total 7\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

function workshop(): { readonly dir: string; write(name: string, text: string): void } {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-monitors-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, 'objects'));
  return { dir, write: (name, text) => writeFileSync(join(dir, name), text) };
}

function start(dir: string): Promise<Running> {
  return runSkopos(
    { config: join(dir, 'skopos.yaml'), folder: join(dir, 'objects'), data: join(dir, 'data') },
    dir,
  );
}

const settings = `
metrics:
  operator:
    serviceMonitorSelector: { matchLabels: { release: main } }
    serviceMonitorNamespaceSelector: { matchLabels: { team: shop } }
    ruleSelector: {}
    ruleNamespaceSelector: {}
    scrapeInterval: 500ms
    secretsFolder: secrets
`;

const service = (port: number): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: shop } }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop, labels: { app: cart, tier: web } }
spec: { selector: { app: cart }, ports: [{ name: web, port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: cart-1, namespace: shop, labels: { app: cart } }
spec: { containers: [{ name: cart, image: cart, ports: [{ name: web, containerPort: ${port} }] }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: cart, namespace: shop, labels: { app: cart } }
subsets:
  - addresses: [{ ip: 127.0.0.1, targetRef: { kind: Pod, name: cart-1, namespace: shop } }]
    ports: [{ name: web, port: ${port} }]
`;

const monitor = (port: string, release = 'main'): string => `
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: cart, namespace: shop, labels: { release: ${release} } }
spec:
  selector: { matchLabels: { app: cart } }
  targetLabels: [tier]
  endpoints: [{ port: ${port}, basicAuth: { username: { name: login, key: user }, password: { name: login, key: word } } }]
`;

it('honours a ServiceMonitor at once, and says step by step why it is not picked up', async () => {
  const { dir, write } = workshop();
  const exporter = await startExporter();
  write('skopos.yaml', settings);
  write('objects/service.yaml', service(exporter.port));
  write('objects/monitor.yaml', monitor('web', 'other'));
  const running = await start(dir);
  const detail = () => running.api<MonitorDetailJson>('monitors/ServiceMonitor/shop/cart');
  const failed = async (): Promise<string> =>
    (await detail()).steps.find(({ state }) => state === 'failed')?.id ?? '';

  expect(await detail()).toMatchObject({
    state: 'not-selected',
    answer: expect.stringContaining('release=main, and its labels have release=other'),
  });

  write('objects/monitor.yaml', monitor('web'));
  await vi.waitFor(async () => expect(await failed()).toBe('valid'), patience);
  const refused = await detail();
  expect(refused.state).toBe('invalid');
  expect(refused.steps.find(({ id }) => id === 'values')).toMatchObject({ state: 'failed' });
  expect(refused.reason).toContain('secrets/shop/login/user');

  mkdirSync(join(dir, 'secrets/shop/login'), { recursive: true });
  write('secrets/shop/login/user', 'anna');
  write('secrets/shop/login/word', 'open sesame');
  // Any change of the object looks at the files again; else they are looked at every half minute.
  write('objects/monitor.yaml', monitor('metrics'));
  await vi.waitFor(async () => expect(await failed()).toBe('port'), patience);
  expect((await detail()).answer).toContain('There is no port "metrics"; there are web');

  write('objects/monitor.yaml', monitor('web'));
  await vi.waitFor(async () => expect(await detail()).toMatchObject({ state: 'working', up: 1 }), patience);
  const { items } = await running.api<TargetsJson>('targets');
  expect(items).toMatchObject([
    {
      job: 'serviceMonitor/shop/cart/0',
      health: 'up',
      labels: {
        container: 'cart',
        endpoint: 'web',
        instance: `127.0.0.1:${exporter.port}`,
        job: 'cart',
        namespace: 'shop',
        pod: 'cart-1',
        service: 'cart',
        tier: 'web',
      },
    },
  ]);
  expect([...exporter.asked]).toEqual([`Basic ${Buffer.from('anna:open sesame').toString('base64')}`]);
  const told = JSON.stringify(await detail());
  expect(told).not.toContain('open sesame');
  expect((await detail()).yaml).toContain('job_name: serviceMonitor/shop/cart/0');

  rmSync(join(dir, 'objects/monitor.yaml'));
  await vi.waitFor(
    async () => expect(await running.api<TargetsJson>('targets')).toMatchObject({ total: 0, jobs: [] }),
    patience,
  );
});

it('loads PrometheusRules at once, and leaves out what does not parse', async () => {
  const { dir, write } = workshop();
  const rule = (expr: string): string => `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: shop, namespace: shop }
spec: { groups: [{ name: shop, interval: 1s, partial_response_strategy: abort, rules: [{ record: "a:b", expr: "${expr}" }] }] }
`;
  write('skopos.yaml', settings);
  write('objects/rule.yaml', rule('vector(3)'));
  const running = await start(dir);
  const found = async () => (await running.api<RuleGroupsJson>('rule-groups?q=prometheusRule')).items;
  await vi.waitFor(
    async () =>
      expect(await found()).toMatchObject([
        { file: 'prometheusRule/shop/shop', rules: [{ name: 'a:b', health: 'ok', matched: 1 }] },
      ]),
    patience,
  );
  expect(await running.api<MonitorDetailJson>('monitors/PrometheusRule/shop/shop')).toMatchObject({
    state: 'working',
    rules: 1,
  });

  write('objects/rule.yaml', rule('sum('));
  await vi.waitFor(async () => expect(await found()).toEqual([]), patience);
  expect(await running.api<MonitorsJson>('monitors')).toMatchObject({
    isConfigured: true,
    items: [{ kind: 'PrometheusRule', state: 'invalid', reason: expect.stringContaining('expr') }],
  });
  const shipped = (await running.api<RuleGroupsJson>('rule-groups')).counts.groups;
  expect(shipped).toBeGreaterThan(0);
});
