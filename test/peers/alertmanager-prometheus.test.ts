import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import { freePort } from '../support/skopos-process.ts';
import { startOurs } from './alertmanager-sides.ts';

const hasPeer = spawnSync('prometheus', ['--version']).status === 0;
if (!hasPeer)
  process.stdout.write('prometheus is not installed, so it sends nothing: apt-get install prometheus\n');

it.skipIf(!hasPeer)('is told by a real Prometheus when a rule fires and when it ends', async () => {
  const ours = await startOurs(
    (hook) =>
      stringify({
        route: { receiver: 'hook', group_by: ['alertname'], group_wait: '0s', group_interval: '1s' },
        receivers: [{ name: 'hook', webhook_configs: [{ url: `${hook}/hook` }] }],
      }),
    new Map(),
  );
  onTestFinished(() => ours.stop());
  const dir = mkdtempSync(join(tmpdir(), 'skopos-prometheus-'));
  const rules = (expr: string) =>
    writeFileSync(
      join(dir, 'rules.yml'),
      stringify({
        groups: [
          {
            name: 'g',
            rules: [
              {
                alert: 'Sent',
                expr,
                labels: { severity: 'page' },
                annotations: { summary: 'value {{ $value }}' },
              },
            ],
          },
        ],
      }),
    );
  rules('vector(7)');
  writeFileSync(
    join(dir, 'prometheus.yml'),
    stringify({
      global: { evaluation_interval: '1s', external_labels: { cluster: 'peer' } },
      rule_files: ['rules.yml'],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(ours.url).host] }] }] },
    }),
  );
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      // The first is dropped: it comes before the Alertmanagers are known.
      '--rules.alert.resend-delay=2s',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
    rmSync(dir, { recursive: true, force: true });
  });
  const heard = (status: string) =>
    vi.waitFor(
      () => {
        const found = ours.received.find(({ payload }) => payload.status === status)?.payload.alerts[0];
        if (found === undefined) throw new Error(`nothing ${status} yet`);
        return found;
      },
      { timeout: 45_000, interval: 200 },
    );
  expect(await heard('firing')).toMatchObject({
    labels: { alertname: 'Sent', severity: 'page', cluster: 'peer' },
    annotations: { summary: 'value 7' },
  });
  rules('vector(7) > 8');
  await fetch(`http://127.0.0.1:${port}/-/reload`, { method: 'POST' });
  expect(await heard('resolved')).toMatchObject({ labels: { alertname: 'Sent' } });
});
