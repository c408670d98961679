import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { InboxJson } from '../../src/api/skopos/contract.ts';
import { copyShop, type Workshop } from '../support/run-skopos.ts';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';

const rules = join(import.meta.dirname, '../../rules');

function isInstalled(tool: string, debianPackage: string): boolean {
  if (spawnSync(tool, ['--version']).status === 0) return true;
  process.stdout.write(
    `${tool} is not installed, so its tests are skipped: apt-get install ${debianPackage}\n`,
  );
  return false;
}

const hasPromtool = isInstalled('promtool', 'prometheus');
const hasAmtool = isInstalled('amtool', 'prometheus-alertmanager');

let dir: string;
let shop: Workshop;
let skopos: SkoposProcess;
let url: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'skopos-tools-'));
  shop = copyShop(dir);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  skopos = new SkoposProcess(
    ['up', '--folder', shop.folder, '--data', shop.data, '--listen', `127.0.0.1:${port}`],
    dir,
  );
  await skopos.ready(url);
  shop.makePrivileged();
  await vi.waitFor(
    async () => {
      const inbox = (await (await fetch(`${url}/api/skopos/v1/inbox`)).json()) as InboxJson;
      if (inbox.total === 0) throw new Error('nothing has been sent yet');
    },
    { timeout: 20_000, interval: 100 },
  );
});

afterAll(async () => {
  skopos.child.kill('SIGKILL');
  await skopos.ended;
  rmSync(dir, { recursive: true, force: true });
});

/** @returns the body, as JSON when it is such */
async function call(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(url + path, init);
  const text = await reply.text();
  const isJson = reply.headers.get('content-type')?.includes('json') === true;
  return { status: reply.status, body: isJson ? (JSON.parse(text) as unknown) : text };
}

describe.skipIf(!hasPromtool)('promtool (of the Debian package prometheus)', () => {
  it('finds no fault with our metrics; with names that Kubescape has chosen, only the case of letters', async () => {
    const text = (await call('/metrics')).body as string;
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(families).toEqual(
      expect.arrayContaining(['skopos_finding', 'kubescape_framework_complianceScore']),
    );
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    const faults = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '');
    expect(faults.filter((line) => !line.startsWith('kubescape_'))).toEqual([]);
    expect(faults.filter((line) => !line.includes('camelCase') && !line.includes('snake_case'))).toEqual([]);
  });

  it('asks and gets an answer, of an instant and of a range', async () => {
    const promtool = async (...args: string[]) => (await promisify(execFile)('promtool', args)).stdout;
    expect(await promtool('query', 'instant', url, 'skopos_new_finding == 1')).toMatch(
      /control_id="C-0057".* => 1 @/,
    );
    expect(await promtool('query', 'instant', url, '1 + 1')).toContain('2 @');
    expect(await promtool('query', 'labels', url, 'alertname')).toContain('SkoposNewHighFinding');
    expect(await promtool('query', 'series', url, '--match=skopos_finding{name="cart"}')).toContain('cart');
    const range = await promtool('query', 'range', url, 'count(skopos_finding)', '--step=15s');
    expect(range).toMatch(/\d+ @\[\d/);
    await expect(promtool('query', 'instant', url, 'sum(')).rejects.toThrow(/parse error|bad_data/i);
  });

  it('accepts the rule files', () => {
    const files = readdirSync(rules).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'));
    expect(files.length).toBeGreaterThan(2);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', '--lint-fatal', ...files], {
      cwd: rules,
      encoding: 'utf8',
    });
    expect(`${status}: ${stdout}${stderr}`).toMatch(/^0:/);
  });
});

describe.skipIf(!hasAmtool)('amtool (of the Debian package prometheus-alertmanager)', () => {
  const amtool = async (...args: string[]) =>
    (await promisify(execFile)('amtool', [`--alertmanager.url=${url}`, ...args])).stdout.trim();

  it('sees the alert, silences it, and lets the silence expire', async () => {
    const alert = ['alert', 'query', '-o', 'simple', 'alertname=SkoposNewHighFinding'];
    expect(await amtool(...alert)).toContain('Privileged container');
    const id = await amtool(
      'silence',
      'add',
      'alertname=SkoposNewHighFinding',
      'name=~ca.t',
      '--comment=being mended',
      '--duration=1h',
      '--author=tester',
    );
    expect(await amtool('silence', 'query', '-q')).toBe(id);
    await vi.waitFor(async () => expect(await amtool(...alert)).not.toContain('Privileged container'));
    expect(await amtool(...alert, '--silenced')).toContain('Privileged container');
    await amtool('silence', 'expire', id);
    expect(await amtool('silence', 'query', '-q')).toBe('');
    await vi.waitFor(async () => expect(await amtool(...alert)).toContain('Privileged container'));
  });

  it('shows the configuration and its routes', async () => {
    expect(await amtool('config', 'show')).toContain('receiver: inbox');
    expect(await amtool('config', 'routes', 'test', 'severity=critical')).toBe('inbox');
  });
});

/** The requests that Grafana's data sources send, and what they take for an answer. */
describe('Grafana', () => {
  const form = (fields: Record<string, string>): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });

  it('takes it for a Prometheus', async () => {
    const info = await call('/api/v1/status/buildinfo');
    expect(info).toMatchObject({
      status: 200,
      body: { status: 'success', data: { version: expect.stringMatching(/^\d+\.\d+/) } },
    });
    expect((info.body as { data: object }).data).not.toHaveProperty('features');

    const nowS = Date.now() / 1000;
    expect(await call('/api/v1/query', form({ query: '1+1', time: String(nowS) }))).toMatchObject({
      status: 200,
      body: { status: 'success', data: { resultType: 'scalar', result: [expect.any(Number), '2'] } },
    });
    const range = {
      query: 'skopos_framework_score',
      start: String(nowS - 900),
      end: String(nowS),
      step: '15',
    };
    expect(await call('/api/v1/query_range', form(range))).toMatchObject({
      status: 200,
      body: { data: { resultType: 'matrix', result: [{ metric: { framework: 'NSA' } }] } },
    });
    const within = { start: String(nowS - 900), end: String(nowS) };
    expect(await call('/api/v1/labels', form(within))).toMatchObject({
      status: 200,
      body: { data: expect.arrayContaining(['__name__', 'control_id', 'severity']) },
    });
    const match = new URLSearchParams({ 'match[]': 'skopos_finding', limit: '1000', ...within });
    expect(await call(`/api/v1/label/namespace/values?${match}`)).toMatchObject({
      status: 200,
      body: { data: expect.arrayContaining(['shop']) },
    });
    expect(
      await call('/api/v1/series', form({ 'match[]': 'skopos_finding{name="cart"}', ...within })),
    ).toMatchObject({ status: 200, body: { data: [{ __name__: 'skopos_finding', name: 'cart' }] } });
    expect(await call('/api/v1/metadata?limit=5000')).toMatchObject({
      status: 200,
      body: { data: { skopos_finding: [{ type: 'gauge' }] } },
    });
    const rulesOf = await call('/api/v1/rules');
    expect(rulesOf).toMatchObject({ status: 200, body: { data: { groups: expect.any(Array) } } });
    expect(JSON.stringify(rulesOf.body)).toContain('"state":"firing"');
    expect(await call('/api/v1/query_exemplars', form({ query: 'up', ...within }))).toMatchObject({
      status: 200,
      body: { status: 'success', data: [] },
    });
    expect(await call('/api/v1/query', form({ query: 'sum(' }))).toMatchObject({
      status: 400,
      body: { status: 'error', errorType: 'bad_data' },
    });
  });

  it('takes it for an Alertmanager of Prometheus’, and not for one of Mimir', async () => {
    expect((await call('/alertmanager/api/v2/status')).status).toBe(404);
    expect(await call('/api/v2/status')).toMatchObject({
      status: 200,
      body: { config: { original: expect.stringContaining('receiver: inbox') } },
    });
    expect(
      await call('/api/v2/alerts?silenced=false&active=true&inhibited=false&filter=name%3D%22cart%22'),
    ).toMatchObject({ status: 200, body: [{ labels: { alertname: 'SkoposNewHighFinding' } }] });
    expect(await call('/api/v2/alerts/groups')).toMatchObject({
      status: 200,
      body: [{ receiver: { name: 'inbox' } }],
    });
    const silence = {
      matchers: [{ name: 'name', value: 'cart', isRegex: false, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      createdBy: 'tester',
      comment: 'from the other page',
    };
    const made = await call('/api/v2/silences', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(silence),
    });
    expect(made).toMatchObject({ status: 200, body: { silenceID: expect.any(String) } });
    const id = (made.body as { silenceID: string }).silenceID;
    expect(await call('/api/v2/silences')).toMatchObject({
      body: expect.arrayContaining([expect.objectContaining({ id, status: { state: 'active' } })]),
    });
    expect((await call(`/api/v2/silence/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect(await call(`/api/v2/silence/${id}`)).toMatchObject({ body: { status: { state: 'expired' } } });
  });
});
