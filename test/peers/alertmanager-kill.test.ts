import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { workshop } from '../support/run-skopos.ts';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';
import { startWebhookServer } from '../support/webhook-server.ts';

const rounds = 4;
/** What was under way when the end came may be told again: the receiver took it, and nobody lived to note that. */
const underWayMs = 1500;

interface Told {
  readonly atMs: number;
  readonly path: string;
  readonly name: string;
  readonly status: string;
}

it('loses nothing that it acknowledged over several kill -9 amid a stream of alerts, and repeats at most what was under way', async () => {
  const shop = workshop();
  const told: Told[] = [];
  const hook = await startWebhookServer(({ path, body }) => {
    const { alerts } = JSON.parse(body) as { alerts: { status: string; labels: Record<string, string> }[] };
    for (const { status, labels } of alerts)
      told.push({ atMs: Date.now(), path, status, name: labels['alertname'] ?? '' });
    return { status: 200 };
  });
  const alertmanager = shop.write(
    'alertmanager.yml',
    `global: {resolve_timeout: 1h}
route:
  receiver: both
  group_by: [alertname]
  group_wait: 300ms
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: both
    webhook_configs:
      - url: ${hook.url}/one
      - url: ${hook.url}/two
`,
  );
  writeFileSync(join(shop.dir, 'skopos.yaml'), 'rules: {shipped: false}\n');
  const kills: number[] = [];
  const acknowledged: string[] = [];
  let silenceId = '';

  for (let round = 0; round < rounds; round++) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = ['--folder', shop.folder, '--data', shop.data, '--listen', `127.0.0.1:${port}`];
    const skopos = SkoposProcess.start(['up', ...args, '--alertmanager', alertmanager], shop.dir);
    await skopos.ready(url);
    const post = async (path: string, body: unknown) => {
      const reply = await fetch(`${url}/api/v2/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!reply.ok) throw new Error(await reply.text());
      return reply;
    };
    if (round === 0) {
      const reply = await post('silences', {
        matchers: [{ name: 'hidden', value: 'yes', isRegex: false }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'test',
        comment: 'kept over kills',
      });
      silenceId = ((await reply.json()) as { silenceID: string }).silenceID;
    } else {
      const kept = await fetch(`${url}/api/v2/silence/${silenceId}`);
      expect(await kept.json()).toMatchObject({ status: { state: 'active' } });
    }
    if (round === rounds - 1) {
      await vi.waitFor(
        () => {
          for (const path of ['/one', '/two'])
            for (const name of acknowledged)
              if (!told.some((one) => one.path === path && one.name === name))
                throw new Error(`${path}: ${name}`);
        },
        { timeout: 30_000, interval: 200 },
      );
      await post(
        'alerts',
        acknowledged.map((name) => ({ labels: { alertname: name }, endsAt: new Date().toISOString() })),
      );
      await vi.waitFor(
        () => {
          for (const name of acknowledged)
            if (told.filter((one) => one.status === 'resolved' && one.name === name).length < 2)
              throw new Error(`${name} has not resolved`);
        },
        { timeout: 30_000, interval: 200 },
      );
      break;
    }
    // A stream until the end, which comes at any moment.
    const endMs = Date.now() + 1500 + Math.random() * 1500;
    const stream = (async () => {
      for (let i = 0; Date.now() < endMs + 500; i++) {
        const name = `R${round}N${i}`;
        try {
          await post('alerts', [
            { labels: { alertname: name }, startsAt: new Date().toISOString() },
            { labels: { alertname: `Hidden${name}`, hidden: 'yes' } },
          ]);
        } catch {
          return;
        }
        acknowledged.push(name);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, endMs - Date.now()));
    kills.push(Date.now());
    skopos.child.kill('SIGKILL');
    await Promise.all([stream, skopos.ended]);
  }

  expect(acknowledged.length).toBeGreaterThan(30);
  expect(told.filter(({ name }) => name.startsWith('Hidden'))).toEqual([]);
  const repeated = ['/one', '/two'].flatMap((path) =>
    acknowledged.flatMap((name) => {
      const own = told.filter((one) => one.path === path && one.name === name && one.status === 'firing');
      return own
        .slice(0, -1)
        .filter(({ atMs }) => !kills.some((killMs) => atMs <= killMs + 200 && atMs >= killMs - underWayMs))
        .map(({ atMs }) => `${path} ${name} at ${atMs}`);
    }),
  );
  expect(repeated).toEqual([]);
  process.stdout.write(
    `kill -9, ${kills.length} times: ${acknowledged.length} alerts acknowledged, ${told.length} told\n`,
  );
});
