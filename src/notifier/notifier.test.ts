import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startWebhookServer, type WebhookServer } from '../../test/support/webhook-server.ts';
import { alertingSchema } from '../config/prometheus/alerting-section.ts';
import { createHttpClient } from '../http/client.ts';
import { systemClock, VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import { AlertmanagerQueue, queueCapacity } from './alertmanager-queue.ts';
import { Notifier } from './notifier.ts';

async function alertmanager(...given: Parameters<typeof startWebhookServer>): Promise<WebhookServer> {
  const server = await startWebhookServer(...given);
  onTestFinished(() => server.close());
  return server;
}

function start(written: unknown) {
  const notifier = new Notifier({ clock: systemClock, log: silentLogger, coalesceMs: 20 });
  notifier.load(alertingSchema.parse(written));
  const stop = new AbortController();
  const run = notifier.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await run;
  };
  onTestFinished(end);
  return { notifier, end };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) await pause(20);
  expect(condition()).toBe(true);
}

const alert = (name: string, more = {}): Alert => ({
  labels: { alertname: name, severity: 'page', ...more },
  annotations: { summary: 'S' },
  startsAtMs: Date.parse('2026-03-01T12:00:00Z'),
  endsAtMs: Date.parse('2026-03-01T12:04:00Z'),
  generatorURL: 'http://here/graph',
  updatedAtMs: 0,
});

const hostOf = (server: WebhookServer): string => new URL(server.url).host;
const bodies = (server: WebhookServer) => server.json().flat() as { labels: Record<string, string> }[];

it('sends to every Alertmanager that is found, relabelled for all and for each', async () => {
  const [one, two] = [await alertmanager(), await alertmanager()];
  const { notifier } = start({
    alert_relabel_configs: [
      { source_labels: ['alertname'], regex: 'Quiet', action: 'drop' },
      { regex: 'replica', action: 'labeldrop' },
    ],
    alertmanagers: [
      {
        static_configs: [{ targets: [hostOf(one)] }],
        path_prefix: '/am',
        basic_auth: { username: 'u', password: 'p' },
      },
      {
        static_configs: [{ targets: [hostOf(two), 'drop-me:1'] }],
        relabel_configs: [{ source_labels: ['__address__'], regex: 'drop.*', action: 'drop' }],
        alert_relabel_configs: [{ target_label: 'via', replacement: 'two' }],
      },
    ],
  });
  await until(() => notifier.status().length === 2);
  notifier.send([alert('Down', { replica: 'a' }), alert('Quiet')]);
  await until(() => one.received.length > 0 && two.received.length > 0);
  expect(one.received[0]).toMatchObject({
    method: 'POST',
    path: '/am/api/v2/alerts',
    headers: { authorization: 'Basic dTpw', 'content-type': 'application/json' },
  });
  expect(one.json()).toEqual([
    [
      {
        labels: { alertname: 'Down', severity: 'page' },
        annotations: { summary: 'S' },
        startsAt: '2026-03-01T12:00:00.000Z',
        endsAt: '2026-03-01T12:04:00.000Z',
        generatorURL: 'http://here/graph',
      },
    ],
  ]);
  expect(bodies(two)[0]?.labels).toEqual({ alertname: 'Down', severity: 'page', via: 'two' });
  expect(notifier.dropped()).toMatchObject([{ __address__: 'drop-me:1' }]);
});

it('keeps one that hangs from holding up the others, and counts what it did not take', async () => {
  const hanging = await alertmanager('hang');
  const failing = await alertmanager({ status: 500, body: 'full' });
  const good = await alertmanager();
  const { notifier } = start({
    alertmanagers: [{ timeout: '2s', static_configs: [{ targets: [hanging, failing, good].map(hostOf) }] }],
  });
  await until(() => notifier.status().length === 3);
  for (let i = 0; i < 5; i++) notifier.send([alert(`A${i}`)]);
  await until(() => bodies(good).length === 5);
  await until(() => notifier.status().find(({ url }) => url.includes(hostOf(failing)))?.dropped === 5);
  expect(notifier.status().find(({ url }) => url.includes(hostOf(failing)))?.problem).toBe('HTTP 500: full');
  await until(() => (notifier.status().find(({ url }) => url.includes(hostOf(hanging)))?.errors ?? 0) > 0);
  const metric = (name: string) =>
    notifier.metrics().find((family) => family.name === `prometheus_notifications_${name}`)?.samples;
  expect(metric('alertmanagers_discovered')?.[0]?.value).toBe(3);
  expect(
    metric('sent_total')?.find(({ labels }) => labels['alertmanager']?.includes(hostOf(good)))?.value,
  ).toBe(5);
});

it('sends many in batches of 256', async () => {
  const good = await alertmanager();
  const { notifier } = start({ alertmanagers: [{ static_configs: [{ targets: [hostOf(good)] }] }] });
  await until(() => notifier.status().length === 1);
  notifier.send(Array.from({ length: 600 }, (_, i) => alert(`A${i}`)));
  await until(() => bodies(good).length === 600);
  expect(good.json().map((batch) => (batch as unknown[]).length)).toEqual([256, 256, 88]);
});

it('drops the oldest of what waits when there is too much', () => {
  const queue = new AlertmanagerQueue({
    url: 'http://127.0.0.1:1/',
    client: createHttpClient(),
    signer: undefined,
    timeoutMs: 1000,
    clock: new VirtualClock(),
    log: silentLogger,
  });
  queue.add(Array.from({ length: queueCapacity }, (_, i) => alert(`A${i}`)));
  queue.add([alert('B'), alert('C')]);
  expect(queue.length).toBe(queueCapacity);
  expect(queue.dropped).toBe(2);
});

it('sends what waits before it ends', async () => {
  const slow = await alertmanager();
  const { notifier, end } = start({ alertmanagers: [{ static_configs: [{ targets: [hostOf(slow)] }] }] });
  await until(() => notifier.status().length === 1);
  notifier.send(Array.from({ length: 1000 }, (_, i) => alert(`A${i}`)));
  await end();
  expect(bodies(slow)).toHaveLength(1000);
});

it('follows discovery and reloads', async () => {
  const [one, two] = [await alertmanager(), await alertmanager()];
  const dir = mkdtempSync(join(tmpdir(), 'notifier-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'targets.json');
  const write = (server: WebhookServer): void =>
    writeFileSync(file, JSON.stringify([{ targets: [hostOf(server)] }]));
  write(one);
  const { notifier } = start({ alertmanagers: [{ file_sd_configs: [{ files: [file] }] }] });
  await until(() => notifier.status()[0]?.url.includes(hostOf(one)) === true);
  write(two);
  await until(() => notifier.status()[0]?.url.includes(hostOf(two)) === true);
  notifier.load(alertingSchema.parse({ alertmanagers: [{ static_configs: [{ targets: [hostOf(one)] }] }] }));
  await until(() => notifier.status()[0]?.url.includes(hostOf(one)) === true);
  notifier.send([alert('A')]);
  await until(() => bodies(one).length === 1);
  notifier.load(alertingSchema.parse({}));
  expect(notifier.isConfigured).toBe(false);
  expect(notifier.metrics()).toEqual([]);
});
