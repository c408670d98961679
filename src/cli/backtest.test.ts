import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { startWebhookServer } from '../../test/support/webhook-server.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { BacktestResult } from '../model/backtest.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { backtestCommand } from './backtest.ts';

const rules = `groups:
  - name: a
    rules:
      - { alert: Down, expr: up == 0, for: 2m, labels: { severity: page } }
      - { alert: Never, expr: up > 5 }
`;
const routing = `route: { receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h }
receivers: [{ name: team, slack_configs: [{ api_url: "http://127.0.0.1:1/", channel: "#a", send_resolved: true }] }]
`;
const minute = 60_000;
/** Whole minutes, so that samples and steps are easily told. */
const end = Math.floor(Date.now() / minute) * minute;
const isDown = (atMs: number) => atMs >= end - 60 * minute && atMs < end - 40 * minute;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'skopos-backtest-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'rules.yml'), rules);
  writeFileSync(join(dir, 'am.yml'), routing);
});

const run = (...args: string[]) =>
  runCli(backtestCommand, ['backtest', 'rules.yml', '--alertmanager', 'am.yml', ...args], dir);

function fillStore(): void {
  const store = new TimeSeriesStore({ dir: join(dir, 'data/tsdb'), clock: systemClock, log: silentLogger });
  for (let atMs = end - 120 * minute; atMs <= end; atMs += minute)
    store.append([{ labels: { __name__: 'up', job: 'a' }, atMs, value: isDown(atMs) ? 0 : 1 }]);
  store.close();
}

it('tells of the history of a data folder, as a table with a picture', async () => {
  fillStore();
  const { exitCode, out } = await run('--data', 'data', '--since', '2h');
  expect(exitCode).toBe(0);
  expect(out).toMatch(
    /Down \(group a, rules\.yml:4\) {2}pending once, fired once, resolved once, 2 notifications/,
  );
  expect(out).toMatch(/·+▒█+·+ {2}\{job="a", severity="page"\} {2}last fired .*, for 1[89]m/);
  expect(out).toMatch(/Never .* fired 0 times/);
  expect(out).toContain('2  to team by slack (1 firing, 1 resolved)');
});

it('tells it as JSON, and says how far it is on standard error', async () => {
  fillStore();
  const { out, err } = await run('--data', 'data', '--since', '2h', '-f', 'json');
  const result = JSON.parse(out) as BacktestResult & { readonly version: number };
  expect(result).toMatchObject({ version: 1, source: 'data', notifications: { total: 2 } });
  expect(result.rules.map(({ name, fired }) => [name, fired])).toEqual([
    ['Down', 1],
    ['Never', 0],
  ]);
  expect(err).toMatch(/\d+ % {2}\d{4}-\d\d-\d\d/);
  expect((await run('--data', 'data', '--since', '2h', '-f', 'json', '--quiet')).err).toBe('');
});

it('tries only the alerts that are named, and knows when there is no such', async () => {
  fillStore();
  const { out } = await run('--data', 'data', '--since', '2h', '-f', 'json', '--rule', 'Never', '-q');
  expect(JSON.parse(out).rules).toHaveLength(1);
  expect(await run('--data', 'data', '--rule', 'Nevr')).toMatchObject({ exitCode: 2 });
});

it('asks a server in slices for what the expressions gave, with the same result', async () => {
  const server = await startWebhookServer(({ path, body, headers }) => {
    const asked = new URLSearchParams(body);
    if (path !== '/api/v1/query_range' || headers.authorization !== 'Bearer geheim') return { status: 404 };
    const [from, to, step] = ['start', 'end', 'step'].map((name) => Number(asked.get(name)) * 1000) as [
      number,
      number,
      number,
    ];
    const values: [number, string][] = [];
    for (let atMs = from; atMs <= to; atMs += step) if (isDown(atMs)) values.push([atMs / 1000, '0']);
    const isAsked = asked.get('query') === 'up == 0' && values.length > 0;
    const result = isAsked ? [{ metric: { __name__: 'up', job: 'a' }, values }] : [];
    return {
      status: 200,
      body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }),
    };
  });
  onTestFinished(() => server.close());
  fillStore();
  const time = ['--since', '2h', '--end', String(end / 1000), '-f', 'json', '-q'];
  const remote = JSON.parse((await run('--server', server.url, '--token', 'geheim', ...time)).out);
  const local = JSON.parse((await run('--data', 'data', ...time)).out);
  expect(remote.source).toBe(server.url);
  expect(server.received.length).toBeGreaterThan(2);
  expect(remote.rules).toEqual(local.rules);
  expect(remote.notifications).toEqual(local.notifications);
});

it('says what the server has against a rule, and ends with 1', async () => {
  const server = await startWebhookServer({
    status: 422,
    body: JSON.stringify({ status: 'error', errorType: 'execution', error: 'too many samples' }),
  });
  onTestFinished(() => server.close());
  const { exitCode, out } = await run('--server', server.url, '--since', '1h', '-q');
  expect(exitCode).toBe(1);
  expect(out).toContain('could not be evaluated everywhere: execution: too many samples');
});

it('ends with 3 when the server is away, and 2 on bad input', async () => {
  expect(await run('--server', 'http://127.0.0.1:1')).toMatchObject({
    ...{ exitCode: 3, err: expect.stringContaining('nobody answers') },
  });
  expect((await run('--since', 'a week')).exitCode).toBe(2);
  expect((await run('--end', 'yesterday')).exitCode).toBe(2);
  expect((await run('--data', 'nowhere')).exitCode).toBe(2);
  expect((await run('--data', 'x', '--server', 'y')).exitCode).toBe(2);
});
