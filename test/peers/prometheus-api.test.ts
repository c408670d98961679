import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { queryCommand } from '../../src/cli/query.ts';
import { openApi } from '../support/prometheus-api.ts';
import { runCli } from '../support/run-cli.ts';
import { freePort } from '../support/skopos-process.ts';

/** Our API beside the real ones: promtool asks it, and a Prometheus without data of its own reads from it. */
const isInstalled = spawnSync('prometheus', ['--version']).status === 0;
if (!isInstalled)
  process.stdout.write('prometheus is not installed, so its tests are skipped: apt-get install prometheus\n');

const nowMs = Date.now();
const api = openApi({ nowMs, source: { externalLabels: {} } });
let ours: string;
let theirs: string;
let dir: string;
let prometheus: ChildProcess | undefined;

beforeAll(async () => {
  if (!isInstalled) return;
  for (let i = 0; i < 400; i++) {
    const atMs = nowMs - (399 - i) * 5000;
    for (const job of ['a', 'b', 'c'])
      api.store.append([
        { labels: { __name__: 'requests_total', job }, atMs, value: i * job.charCodeAt(0) },
        { labels: { __name__: 'temperature', job, room: 'x' }, atMs, value: Math.sin(i) / 7 },
      ]);
  }
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  ours = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  dir = mkdtempSync(join(tmpdir(), 'skopos-read-'));
  const config = join(dir, 'prometheus.yml');
  writeFileSync(config, `remote_read: [{url: '${ours}/api/v1/read', read_recent: true}]\n`);
  const port = await freePort();
  theirs = `http://127.0.0.1:${port}`;
  prometheus = spawn(
    'prometheus',
    [`--config.file=${config}`, `--storage.tsdb.path=${dir}/data`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: 'ignore' },
  );
  await vi.waitFor(
    async () => {
      const reply = await fetch(`${theirs}/-/ready`);
      await reply.arrayBuffer();
      expect(reply.status).toBe(200);
    },
    { timeout: 60_000, interval: 200 },
  );
});
afterAll(async () => {
  prometheus?.kill('SIGKILL');
  await api.app.close();
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
});

async function get(url: string, path: string): Promise<unknown> {
  const { data } = (await (await fetch(`${url}/api/v1/${path}`)).json()) as { data: unknown };
  return data;
}

async function promtool(...args: string[]): Promise<{ code: number; out: string }> {
  try {
    return { code: 0, out: (await promisify(execFile)('promtool', ['query', ...args])).stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, out: stdout };
  }
}

const at = (nowMs / 1000).toFixed(3);

describe.skipIf(!isInstalled)('a Prometheus that reads from us', () => {
  it.each([
    `query?query=requests_total&time=${at}`,
    `query?query=sum(rate(requests_total[77s]))&time=${at}`,
    `query?query=temperature{job!="a"}&time=${at}`,
    `query_range?query=temperature&start=${nowMs / 1000 - 1500.3}&end=${at}&step=7`,
    `query_range?query=max_over_time(temperature[123s])&start=${nowMs / 1000 - 1500.3}&end=${at}&step=31`,
  ])('answers %s as we do', async (path) => {
    const expected = (await get(ours, path)) as { result: unknown[] };
    expect(expected.result.length).toBeGreaterThan(0);
    expect(sorted(await get(theirs, path))).toEqual(sorted(expected));
  });
});

function sorted(data: unknown): unknown {
  const { resultType, result } = data as { resultType: string; result: unknown[] };
  return { resultType, result: result.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
}

describe.skipIf(!isInstalled)('skopos query', () => {
  it.each([
    ['instant', 'URL', 'requests_total', '--time', at],
    ['instant', 'URL', 'temperature * 1e-9', '--time', at],
    ['instant', 'URL', '1 / 0'],
    ['instant', 'URL', 'requests_total[12s]', '--time', at],
    ['instant', 'URL', 'nothing'],
    ['instant', 'URL', 'sum('],
    ['range', 'URL', 'sum(temperature)', '--start', String(nowMs / 1000 - 60), '--end', at, '--step', '20s'],
    ['range', 'URL', 'up', '--start', '10', '--end', '5'],
    ['series', 'URL', '--match', 'requests_total'],
    ['labels', 'URL', 'job'],
  ])('prints and ends as promtool: %s %s %s', async (...words) => {
    const args = words.map((word) => word.replace('URL', ours));
    const { code, out } = await promtool(...args);
    const mine = await runCli(queryCommand, ['query', ...args], '/');
    const isTimed = words.includes('--time') || words.includes('--start') || code !== 0;
    const withoutTime = (text: string) => (isTimed ? text : text.replace(/@\[[\d.]+\]/g, '@[]'));
    expect([mine.exitCode, withoutTime(mine.out)]).toEqual([code, withoutTime(out)]);
  });
});
