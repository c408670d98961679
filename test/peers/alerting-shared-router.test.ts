import { execFile, spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AlertRouter } from '../../src/alerting/alert-router.ts';
import { loadAlertingConfig } from '../../src/alerting/config/load-alerting-config.ts';
import { InboxStore } from '../../src/alerting/inbox-store.ts';
import { parseMatcher } from '../../src/alerting/parse-matchers.ts';
import { alertmanagerRoutes } from '../../src/api/alertmanager/routes.ts';
import { createServer } from '../../src/http/server.ts';
import { type Clock, systemClock } from '../../src/kit/clock.ts';
import { Secret } from '../../src/kit/secret.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { LedgerEntry } from '../../src/model/ledger.ts';
import { openDatabase } from '../../src/store/open.ts';
import { Postgres } from '../../src/store/postgres.ts';
import { Registry } from '../../src/telemetry/registry.ts';
import { PostgresServer, postgresPrograms } from '../support/postgres-server.ts';
import { startWebhookServer } from '../support/webhook-server.ts';

const missing = postgresPrograms() === undefined ? ' (skipped: install the Debian package postgresql)' : '';
const hasAmtool = spawnSync('amtool', ['--version']).status === 0;
const hour = 3_600_000;

/** A router in this process, on its own SQLite and a shared PostgreSQL. */
function run(name: string, server: PostgresServer, config: string, clock: Clock = systemClock) {
  const database = openDatabase(':memory:');
  const inbox = new InboxStore(database);
  const rows: LedgerEntry[] = [];
  const router = new AlertRouter({
    config: loadAlertingConfig(config, { file: 'alertmanager.yml', baseDir: '/' }),
    database,
    inbox,
    clock,
    log: silentLogger,
    ledger: (row) => void rows.push(row),
    registry: new Registry(),
    externalURL: `http://${name}.example:9600`,
    sharing: {
      name,
      address: `${name}.example:9600`,
      version: '1.2.3',
      database: new Postgres({
        access: async () => ({ url: new Secret(server.url) }),
        applicationName: 'skopos test',
      }),
    },
  });
  const abort = new AbortController();
  const done = router.run(abort.signal);
  const stop = async () => {
    abort.abort();
    await done;
  };
  onTestFinished(stop);
  return { router, inbox, rows, stop };
}

async function joined(...routers: readonly AlertRouter[]): Promise<void> {
  await vi.waitFor(
    () => {
      for (const router of routers) {
        const { state, members } = router.peers() ?? {};
        expect([state, members?.length]).toEqual(['together', routers.length]);
      }
    },
    { timeout: 20_000, interval: 50 },
  );
}

async function hook(...args: Parameters<typeof startWebhookServer>) {
  const started = await startWebhookServer(...args);
  onTestFinished(() => started.close());
  return started;
}

describe.skipIf(missing !== '')(`routers that share one PostgreSQL${missing}`, () => {
  it('tell each thing once, and repeat it in time, also when one has a clock that is an hour wrong', async () => {
    const server = await PostgresServer.start();
    const times: number[] = [];
    const received = await hook(() => {
      times.push(Date.now());
      return { status: 200 };
    });
    const config = `
global: { resolve_timeout: 24h }
route: { receiver: hook, group_wait: 0s, group_interval: 1s, repeat_interval: 4s }
receivers: [{ name: hook, webhook_configs: [{ url: '${received.url}' }] }]`;
    const ahead: Clock = { ...systemClock, now: () => Date.now() + hour };
    const [right, wrong] = [run('a', server, config), run('b', server, config, ahead)];
    await joined(right.router, wrong.router);
    expect(Math.round((wrong.router.peers()?.aheadMs ?? 0) / 60_000)).toBe(-60);
    const post = (alert: object) => {
      for (const { router } of [wrong, right]) router.receive([{ labels: { alertname: 'Down' }, ...alert }]);
    };
    post({});
    await vi.waitFor(() => expect(times.length).toBe(4), { timeout: 60_000, interval: 20 });
    const pauses = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(2500);
    // The one that is ahead knows an end that has come for both.
    const count = times.length;
    for (const [{ router }, now] of [
      [right, systemClock.now()],
      [wrong, ahead.now()],
    ] as const)
      router.receive([{ labels: { alertname: 'Down' }, startsAtMs: now - 60_000, endsAtMs: now }]);
    await vi.waitFor(() => expect(times.length).toBeGreaterThan(count), { timeout: 20_000 });
    await pause(2500);
    const bodies = received.json() as { status: string }[];
    expect(bodies.filter(({ status }) => status === 'resolved')).toHaveLength(1);
    expect(bodies.at(-1)?.status).toBe('resolved');
  });

  it('go on with what the receiver was to remember, and say who told what', async () => {
    const server = await PostgresServer.start();
    const slack = await hook({ status: 200, body: '{"ok":true,"ts":"17.5","channel":"C1"}' });
    const config = `
route: { receiver: slack, group_wait: 0s, group_interval: 1s }
receivers:
  - name: slack
    slack_configs:
      - api_url: '${slack.url}/api/chat.postMessage'
        channel: '#ops'
        update_message: true
        send_resolved: true
        http_config: { authorization: { credentials: token } }
    inbox_configs: [{ send_resolved: true }]`;
    const [first, second] = [run('a', server, config), run('b', server, config)];
    await joined(first.router, second.router);
    const down = { labels: { alertname: 'Down' } };
    for (const { router } of [first, second]) router.receive([down]);
    // Each has an inbox of its own; Slack is told once.
    await vi.waitFor(
      () => expect([first, second].map(({ inbox }) => inbox.list().total)).toEqual([1, 1]),
      10_000,
    );
    const told = () => second.rows.find(({ detail }) => detail['peer'] === 'a');
    await vi.waitFor(() => expect(told()).toMatchObject({ decision: 'deduplicated' }), 20_000);
    expect(told()?.detail).toMatchObject({ why: 'a told it', integration: 'slack/slack[0]' });
    expect(slack.received.map(({ path }) => path)).toEqual(['/api/chat.postMessage']);

    await first.stop();
    await joined(second.router);
    second.router.receive([{ ...down, endsAtMs: Date.now() }]);
    await vi.waitFor(() => expect(slack.received).toHaveLength(2), 20_000);
    expect(slack.received[1]?.path).toBe('/api/chat.update');
    expect(JSON.parse(slack.received[1]?.body ?? '')).toMatchObject({ ts: '17.5', channel: 'C1' });
  });

  it('are shown as a cluster, to Debian’s amtool too', async ({ skip }) => {
    const server = await PostgresServer.start();
    const config = 'route: { receiver: inbox }\nreceivers: [{ name: inbox, inbox_configs: [{}] }]';
    const [first, second] = [run('a', server, config), run('b', server, config)];
    await joined(first.router, second.router);
    const app = createServer({ log: silentLogger, loopbackOnly: true });
    void app.register((scope, _options, next) => {
      alertmanagerRoutes(scope, first.router, { version: '0.1.0', parseMatcher });
      next();
    });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => app.close());
    const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as { cluster: unknown };
    expect(cluster).toEqual({
      name: 'a',
      status: 'ready',
      peers: [
        { name: 'a', address: 'a.example:9600' },
        { name: 'b', address: 'b.example:9600' },
      ],
    });
    if (!hasAmtool) skip('install the Debian package prometheus-alertmanager');
    const shown = await promisify(execFile)('amtool', [
      `--alertmanager.url=${url}`,
      '--output=extended',
      'cluster',
      'show',
    ]);
    expect(shown.stdout).toContain('ready');
    expect(shown.stdout).toContain('b.example:9600');
  });

  it('have the newest of what was changed at both while they could not meet', async () => {
    const server = await PostgresServer.start();
    const config = 'route: { receiver: inbox }\nreceivers: [{ name: inbox, inbox_configs: [{}] }]';
    const [first, second] = [run('a', server, config), run('b', server, config)];
    await joined(first.router, second.router);
    const silence = {
      matchers: [{ name: 'alertname', op: '=', value: 'Down' }],
      startsAtMs: Date.now(),
      endsAtMs: Date.now() + hour,
      createdBy: 'kim',
    } as const;
    const id = first.router.silences.set({ ...silence, comment: 'as it was' });
    await vi.waitFor(() => expect(second.router.silences.get(id)?.comment).toBe('as it was'), 5000);
    const { startsAtMs } = first.router.silences.get(id) ?? silence;
    await server.kill();
    await vi.waitFor(
      () => expect([first, second].map(({ router }) => router.peers()?.state)).toEqual(['alone', 'alone']),
      20_000,
    );
    const here = { ...silence, startsAtMs, id };
    first.router.silences.set({ ...here, comment: 'changed first' });
    await pause(20);
    second.router.silences.set({ ...here, comment: 'changed last' });
    const other = first.router.silences.set({ ...silence, comment: 'expired meanwhile' });
    first.router.silences.expire(other);
    await server.run();
    await joined(first.router, second.router);
    await vi.waitFor(() => {
      for (const { router } of [first, second]) {
        expect(router.silences.get(id)?.comment).toBe('changed last');
        expect(router.silences.get(other)?.state).toBe('expired');
      }
    }, 10_000);
  });
});
