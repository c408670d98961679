import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { createLogger } from '../log/logger.ts';
import { createEmbedded } from './embedded.ts';
import { createWebServer } from './web-server.ts';

/**
 * What Grafana's data sources "Prometheus" and "Alertmanager" ask, in the order in which they ask it and in their forms, of the whole
 * program over a socket. Source: what @grafana/prometheus 13 and grafana/grafana send.
 */
const closing: (() => unknown)[] = [];
let base = '';
const nowMs = Date.now();

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-grafana-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'pod.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
  const rules = join(folder, 'rules.yml');
  writeFileSync(
    rules,
    `groups:
  - name: shop
    rules:
      - { record: "job:requests:rate5m", expr: "sum by (job) (rate(requests_total[5m]))" }
      - { alert: ShopDown, expr: requests_total < 0, for: 1m, labels: { severity: critical } }
`,
  );
  const flags = { folder, data: join(folder, '.data'), rules: [rules], listen: '127.0.0.1:0' };
  const embedded = createEmbedded({
    config: loadConfig(flags, folder),
    choice: { kind: 'folder', folder, isExample: false, cluster: 'test' },
    log: createLogger('silent'),
    startedAtMs: nowMs,
  });
  for (let i = 0; i <= 20; i++)
    embedded.store.append(
      ['a', 'b'].map((job) => ({
        labels: { __name__: 'requests_total', job, 'http.route': '/x' },
        atMs: nowMs - (20 - i) * 15_000,
        value: i * 30,
      })),
    );
  const app = createWebServer(embedded, () => {});
  closing.push(() => app.close());
  const stop = new AbortController();
  const running = embedded.run(stop.signal);
  closing.push(async () => {
    stop.abort();
    await running;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

interface Answer {
  readonly status: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, which tests look at
  readonly body: any;
}

async function get(
  path: string,
  parameters: Record<string, string> | [string, string][] = {},
): Promise<Answer> {
  const query = new URLSearchParams(parameters).toString();
  return read(await fetch(`${base}${path}${query === '' ? '' : `?${query}`}`));
}

/** Grafana posts forms, and says with which version. */
async function post(path: string, parameters: Record<string, string>): Promise<Answer> {
  return read(
    await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-grafana-id': 'x' },
      body: new URLSearchParams(parameters),
    }),
  );
}

async function read(reply: Response): Promise<Answer> {
  const type = reply.headers.get('content-type') ?? '';
  const text = await reply.text();
  return { status: reply.status, type, body: type.includes('json') && text !== '' ? JSON.parse(text) : text };
}

const end = String(Math.floor(nowMs / 1000));
const start = String(Math.floor(nowMs / 1000) - 300);

describe('the Prometheus data source', () => {
  it('is healthy: 1+1 by POST is a scalar', async () => {
    const { status, type, body } = await post('/api/v1/query', { query: '1+1', time: end });
    expect([status, type]).toEqual([200, expect.stringContaining('application/json')]);
    expect(body).toEqual({ status: 'success', data: { resultType: 'scalar', result: [Number(end), '2'] } });
  });

  it('is a Prometheus of 3, neither Mimir nor Thanos', async () => {
    const { status, body } = await get('/api/v1/status/buildinfo');
    expect([status, body.status]).toEqual([200, 'success']);
    expect(body.data.version).toMatch(/^3\.\d+\.\d+$/);
    expect(body.data.features).toBeUndefined();
    // Some versions take any answer to this for Thanos and then look for a ruler, which there is not.
    expect((await get('/api/v1/status/flags')).body.status).toBe('success');
    for (const path of [
      '/api/v1/rules/test/test',
      '/api/v1/rules/test',
      '/config/v1/rules',
      '/loki/api/v1/rules',
    ]) {
      const ruler = await get(path);
      expect([ruler.status, ruler.type]).toEqual([404, expect.not.stringContaining('html')]);
    }
  });

  it('knows what there is: metadata, label names, values, series', async () => {
    expect((await get('/api/v1/metadata', { limit: '40000' })).body.status).toBe('success');
    const range = { start, end };
    const names = await post('/api/v1/labels', {
      ...range,
      'match[]': '{__name__="requests_total"}',
      limit: '40000',
    });
    expect(names.body.data).toEqual(['__name__', 'http.route', 'job']);
    const values = await get('/api/v1/label/__name__/values', { ...range, limit: '40000' });
    expect(values.body.data).toContain('requests_total');
    const jobs = await get('/api/v1/label/job/values', { ...range, 'match[]': 'requests_total', limit: '1' });
    expect(jobs.body).toMatchObject({ data: ['a'], warnings: ['results truncated due to limit'] });
    // Names beyond the old alphabet come escaped in paths.
    const routes = await get('/api/v1/label/U__http_2e_route/values', {
      ...range,
      'match[]': 'requests_total',
    });
    expect(routes.body.data).toEqual(['/x']);
    const series = await post('/api/v1/series', { ...range, 'match[]': 'requests_total{job="b"}' });
    expect(series.body.data).toEqual([{ __name__: 'requests_total', job: 'b', 'http.route': '/x' }]);
    expect((await get('/api/v1/series', { ...range, 'match[]': 'requests_total' })).body.data).toHaveLength(
      2,
    );
  });

  it('answers panels: ranges with steps in seconds, instants, by POST and by GET where POST is not allowed', async () => {
    const query = 'sum by (job) (rate(requests_total[1m]))';
    const range = { query, start: `${start}.5`, end: `${end}.5`, step: '15' };
    const posted = await post('/api/v1/query_range', range);
    expect(posted.body.data.resultType).toBe('matrix');
    expect(posted.body.data.result.map(({ metric }: { metric: object }) => metric)).toEqual([
      { job: 'a' },
      { job: 'b' },
    ]);
    const [[at, value]] = posted.body.data.result[0].values;
    expect([typeof at, typeof value]).toEqual(['number', 'string']);
    expect(await get('/api/v1/query_range', range)).toEqual(posted);
    const instant = await post('/api/v1/query', {
      query: '{"requests_total", "http.route"="/x"}',
      time: end,
    });
    expect(instant.body.data.result).toHaveLength(2);
    const exemplars = await post('/api/v1/query_exemplars', { query: 'requests_total', start, end });
    expect(exemplars.body).toEqual({ status: 'success', data: [] });
  });

  it('says what is wrong in the envelope that the panel shows', async () => {
    const parse = await post('/api/v1/query_range', { query: 'sum(', start, end, step: '15' });
    expect([parse.status, parse.body.status, parse.body.errorType]).toEqual([400, 'error', 'bad_data']);
    expect(parse.body.error).toMatch(/^invalid parameter "query": 1:\d+: parse error: /);
    const fine = await post('/api/v1/query_range', { query: 'up', start: '0', end, step: '1' });
    expect(fine.body.error).toContain('exceeded maximum resolution of 11,000 points per timeseries');
    const execution = await post('/api/v1/query', {
      query: 'requests_total + on () requests_total',
      time: end,
    });
    expect([execution.status, execution.body.errorType]).toEqual([422, 'execution']);
    expect(await get('/api/v1/nothing')).toMatchObject({
      status: 404,
      type: expect.not.stringContaining('html'),
    });
  });

  it('gets remarks beside the data', async () => {
    const { body } = await post('/api/v1/query', {
      query: 'histogram_quantile(2, requests_total)',
      time: end,
    });
    expect(body.status).toBe('success');
    expect(body.warnings.join()).toContain('quantile value should be between 0 and 1');
  });

  it('lists rules and alerts for the alerting pages, a few groups at a time', async () => {
    const all = await get('/api/v1/rules');
    const groups: { name: string; rules: { type: string }[] }[] = all.body.data.groups;
    const shop = groups.find(({ name }) => name === 'shop');
    expect(shop?.rules.map(({ type }) => type)).toEqual(['recording', 'alerting']);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page: Answer = await get('/api/v1/rules', {
        group_limit: '1',
        exclude_alerts: 'true',
        ...(token === undefined ? {} : { group_next_token: token }),
      });
      seen.push(...page.body.data.groups.map(({ name }: { name: string }) => name));
      token = page.body.data.groupNextToken;
    } while (token !== undefined);
    expect(seen.sort()).toEqual(groups.map(({ name }) => name).sort());
    expect((await get('/api/v1/rules', { type: 'alert' })).body.status).toBe('success');
    expect(Array.isArray((await get('/api/v1/alerts')).body.data.alerts)).toBe(true);
  });
});

describe('the Alertmanager data source', () => {
  it('is a plain Alertmanager, not one of Mimir', async () => {
    const mimir = await get('/alertmanager/api/v2/status');
    expect([mimir.status, mimir.type]).toEqual([404, expect.not.stringContaining('html')]);
    expect((await get('/api/v1/alerts/config')).status).toBe(404);
    const { status, body } = await get('/api/v2/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      cluster: expect.anything(),
      versionInfo: { version: expect.any(String) },
      config: { original: expect.any(String) },
    });
  });

  it('lists alerts and their groups, by state and filter', async () => {
    const alerts = await get('/api/v2/alerts', [
      ['silenced', 'true'],
      ['active', 'true'],
      ['inhibited', 'false'],
      ['filter', 'alertname="ShopDown"'],
    ]);
    expect([alerts.status, alerts.body]).toEqual([200, []]);
    const groups = await get('/api/v2/alerts/groups', {
      silenced: 'true',
      active: 'true',
      inhibited: 'true',
    });
    expect([groups.status, Array.isArray(groups.body)]).toEqual([200, true]);
    expect(Array.isArray((await get('/api/v2/receivers')).body)).toBe(true);
  });

  it('makes a silence, lists it, and ends it', async () => {
    const silence = {
      matchers: [{ name: 'alertname', value: 'ShopDown', isRegex: false, isEqual: true }],
      startsAt: new Date(nowMs).toISOString(),
      endsAt: new Date(nowMs + 3_600_000).toISOString(),
      createdBy: 'admin',
      comment: 'made by a test',
    };
    const made = await read(
      await fetch(`${base}/api/v2/silences`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(silence),
      }),
    );
    expect(made.status).toBe(200);
    const { silenceID: id } = made.body;
    const listed = (await get('/api/v2/silences')).body;
    expect(listed).toContainEqual(
      expect.objectContaining({ id, status: { state: 'active' }, comment: 'made by a test' }),
    );
    expect((await get(`/api/v2/silence/${id}`)).body.matchers).toEqual(silence.matchers);
    expect((await fetch(`${base}/api/v2/silence/${id}`, { method: 'DELETE' })).status).toBe(200);
    const ended = (await get('/api/v2/silences')).body.find((one: { id: string }) => one.id === id);
    expect(ended.status.state).toBe('expired');
  });
});
