import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { backtestCommand } from '../../src/cli/backtest.ts';
import { lintCommand } from '../../src/cli/lint.ts';
import { tsdbCommand } from '../../src/cli/tsdb.ts';
import { runCli } from '../support/run-cli.ts';
import { freePort } from '../support/skopos-process.ts';

const isInstalled = spawnSync('prometheus', ['--version']).status === 0;
if (!isInstalled)
  process.stdout.write('prometheus is not installed, so its tests are skipped: apt-get install prometheus\n');

const minuteMs = 60_000;
/** Whole, and some hours ago, so that everything lies in blocks. */
const endMs = Math.floor(Date.now() / 7_200_000) * 7_200_000;
const startMs = endMs - 24 * 3_600_000;

const rules = `groups:
  - name: infrastructure
    rules:
      - { alert: InstanceDown, expr: up == 0, for: 3m, labels: { severity: critical } }
      - { alert: ManyErrors, expr: 'sum by (job) (rate(errors_total[10m])) > 0.5', for: 5m, keep_firing_for: 10m }
      - { alert: Never, expr: absent(up) }
`;
const routing = `route: { receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h }
receivers: [{ name: team, webhook_configs: [{ url: "http://127.0.0.1:1/" }] }]
`;

/** A day of three instances that are down now and then, and of errors in bursts. */
function history(): string {
  const lines = ['# TYPE up gauge'];
  const times = Array.from({ length: 24 * 60 }, (_, i) => startMs + i * minuteMs);
  for (const [i, instance] of ['a', 'b', 'c'].entries())
    for (const [k, atMs] of times.entries())
      lines.push(
        `up{instance="${instance}",job="web"} ${(k + i * 70) % 400 < 10 * i ? 0 : 1} ${atMs / 1000}`,
      );
  lines.push('# TYPE errors counter');
  let errors = 0;
  for (const [k, atMs] of times.entries()) {
    if (k % 300 < 40) errors += 60;
    lines.push(`errors_total{job="web",pod="a"} ${errors} ${atMs / 1000}`);
  }
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

async function startPrometheus(dir: string): Promise<string> {
  writeFileSync(join(dir, 'prometheus.yml'), 'global: {}\n');
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      ...[`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`],
      ...[`--web.listen-address=127.0.0.1:${port}`, '--storage.tsdb.retention.time=90d'],
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
  });
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(
    async () => {
      const reply = await fetch(`${url}/-/ready`);
      await reply.arrayBuffer();
      expect(reply.status).toBe(200);
    },
    { timeout: 60_000, interval: 200 },
  );
  return url;
}

/** Skipped, with what to install, where the peer is not there: `apt-get install prometheus`. */
describe.skipIf(!isInstalled)('a real Prometheus', () => {
  it('as a server gives the same back-test as its data directory, and answers lints', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'skopos-backtest-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
    for (const [name, text] of Object.entries({ 'r.yml': rules, 'am.yml': routing, 'h.om': history() }))
      writeFileSync(join(dir, name), text);
    expect(await runCli(tsdbCommand, ['tsdb', 'import', 'h.om', 'data'], dir)).toMatchObject({ exitCode: 0 });
    const url = await startPrometheus(dir);
    const run = async (...from: string[]) => {
      const time = ['--since', '20h', '--end', String(endMs / 1000), '--alertmanager', 'am.yml'];
      const args = ['backtest', 'r.yml', ...from, ...time, '-f', 'json', '-q'];
      const { exitCode, out, err } = await runCli(backtestCommand, args, dir);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
      return JSON.parse(out);
    };
    const theirs = await run('--server', url);
    const ours = await run('--data', 'data');
    expect(theirs.rules).toEqual(ours.rules);
    expect(theirs.notifications).toEqual(ours.notifications);
    const counts = Object.fromEntries(
      ours.rules.map((rule: { name: string; fired: number }) => [rule.name, rule.fired]),
    );
    expect(counts).toMatchObject({ Never: 0 });
    expect(counts['InstanceDown']).toBeGreaterThan(4);
    expect(counts['ManyErrors']).toBeGreaterThan(2);

    const lint = await runCli(
      lintCommand,
      ['lint', 'rules', 'r.yml', '--server', url, '--window', '2d', '--lint', 'selector-matches-nothing'],
      dir,
    );
    expect(lint).toMatchObject({ exitCode: 0, out: '3 rules: nothing found\n' });
  });
});
