import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runSkopos, workshop } from '../support/run-skopos.ts';
import { freePort } from '../support/skopos-process.ts';
import { receiver } from './sharing-processes.ts';

const hasAlertmanager = spawnSync('prometheus-alertmanager', ['--version']).status === 0;
const missing = hasAlertmanager ? '' : ' (skipped: install the Debian package prometheus-alertmanager)';

interface Alertmanager {
  readonly url: string;
  readonly process: ChildProcess;
}

/** A real cluster of two, gossip and all. */
async function cluster(hook: string): Promise<[Alertmanager, Alertmanager]> {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-cluster-'));
  const config = join(dir, 'alertmanager.yml');
  writeFileSync(
    config,
    `route: {receiver: hook, group_by: [group], group_wait: 1s, group_interval: 2s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: '${hook}'}]}]
`,
  );
  const gossip = [await freePort(), await freePort()];
  const members = await Promise.all(
    gossip.map(async (port, i) => {
      const listen = `127.0.0.1:${await freePort()}`;
      const child = spawn(
        'prometheus-alertmanager',
        [
          `--config.file=${config}`,
          `--storage.path=${join(dir, `data${i}`)}`,
          `--web.listen-address=${listen}`,
          `--cluster.listen-address=127.0.0.1:${port}`,
          `--cluster.advertise-address=127.0.0.1:${port}`,
          `--cluster.peer=127.0.0.1:${gossip[1 - i]}`,
          '--cluster.peer-timeout=3s',
          '--cluster.settle-timeout=5s',
          '--cluster.gossip-interval=50ms',
        ],
        { stdio: 'ignore' },
      );
      return { url: `http://${listen}`, process: child };
    }),
  );
  onTestFinished(async () => {
    for (const { process: child } of members) child.kill('SIGKILL');
    await pause(100);
    rmSync(dir, { recursive: true, force: true });
  });
  await vi.waitFor(
    async () => {
      for (const { url } of members) {
        const reply = await fetch(`${url}/api/v2/status`);
        const { cluster: of } = (await reply.json()) as { cluster: { status: string; peers: unknown[] } };
        expect([of.status, of.peers.length]).toEqual(['ready', 2]);
      }
    },
    { timeout: 60_000, interval: 200 },
  );
  return members as [Alertmanager, Alertmanager];
}

async function firingAt({ url }: Alertmanager): Promise<string[]> {
  const alerts = (await (await fetch(`${url}/api/v2/alerts`)).json()) as { labels: Record<string, string> }[];
  return alerts.map(({ labels }) => labels['group'] ?? '');
}

describe.skipIf(!hasAlertmanager)(`Skopos beside a cluster of Alertmanagers${missing}`, () => {
  it('sends each alert to every member, so that the cluster tells of it once, also when a member dies', async () => {
    const hook = await receiver();
    const members = await cluster(hook.url);
    const shop = workshop();
    shop.write(
      'rules.yml',
      `groups:
  - name: always
    interval: 1s
    rules:
      - {alert: First, expr: vector(1), labels: {group: one}}
`,
    );
    const targets = members.map(({ url }) => `'${url.slice('http://'.length)}'`);
    const prometheus = shop.write(
      'prometheus.yml',
      `global: {evaluation_interval: 1s}
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - static_configs: [{targets: [${targets.join(', ')}]}]
`,
    );
    shop.write('skopos.yaml', 'rules: {shipped: false}\n');
    await runSkopos({ folder: shop.folder, data: shop.data, prometheusConfig: prometheus }, shop.dir);
    await vi.waitFor(
      async () => {
        for (const member of members) expect(await firingAt(member)).toContain('one');
      },
      { timeout: 60_000, interval: 200 },
    );
    await hook.heard('firing', ['one']);
    // The second member waits for the first to have told it, and then some.
    await pause(6000);
    expect(hook.oddly('firing', ['one'])).toEqual([]);

    // One that is gone takes nothing with it: the other goes on to be told.
    members[0].process.kill('SIGKILL');
    const endsAt = async () => {
      const alerts = (await (await fetch(`${members[1].url}/api/v2/alerts`)).json()) as { endsAt: string }[];
      return Date.parse(alerts[0]?.endsAt ?? '');
    };
    const before = await endsAt();
    await vi.waitFor(async () => expect(await endsAt()).toBeGreaterThan(before), {
      timeout: 90_000,
      interval: 500,
    });
  });
});
