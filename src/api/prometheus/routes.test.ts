import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openApi } from '../../../test/support/prometheus-api.ts';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import type { GroupState } from './rules.ts';
import type { PrometheusSource } from './source.ts';

const nowMs = Date.parse('2026-03-01T12:00:00.500Z');
const now = nowMs / 1000;

const histogram: FloatHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 1,
  sum: 1,
  positiveSpans: [{ offset: 0, length: 1 }],
  negativeSpans: [],
  positiveBuckets: Float64Array.of(1),
  negativeBuckets: new Float64Array(0),
  counterReset: 'unknown',
};

const group: GroupState = {
  file: '/rules.yaml',
  spec: { name: 'g', limit: 0 },
  intervalMs: 15_000,
  lastEvaluationMs: nowMs,
  evaluationSeconds: 0.001,
  rules: [
    {
      spec: {
        kind: 'alerting',
        name: 'Down',
        expr: 'up == 0',
        labels: { severity: 'critical' },
        annotations: { summary: 's' },
        forMs: 60_000,
        keepFiringForMs: 0,
      },
      health: 'ok',
      lastEvaluationMs: nowMs,
      evaluationSeconds: 0.001,
      state: 'firing',
      alerts: [
        {
          labels: { alertname: 'Down' },
          annotations: {},
          state: 'firing',
          activeAtMs: nowMs - 60_000,
          value: 0,
        },
      ],
    },
    {
      spec: { kind: 'recording', name: 'job:up', expr: 'sum(up)', labels: {} },
      health: 'err',
      lastError: 'no',
      evaluationSeconds: 0,
      state: '',
      alerts: [],
    },
  ],
};

const deleted: unknown[] = [];

function open(source: Partial<PrometheusSource> = {}) {
  const api = openApi({
    nowMs,
    store: {
      *exemplars(matchers) {
        if (matchers[0]?.[0]?.value !== 'up') return;
        yield {
          series: { __name__: 'up', job: 'a' },
          exemplars: [{ labels: { trace_id: 't' }, value: 1.5, atMs: nowMs }],
        };
      },
      deleteSeries: (...all) => void deleted.push(all),
      cleanTombstones: () => void deleted.push('clean'),
      snapshot: ({ skipHead }) => `20260301T120000Z-${skipHead ? 'skipped' : 'whole'}`,
    },
    source: {
      rules: { groups: () => [group] },
      metadata: () => [
        { name: 'up', type: 'gauge', help: 'Whether it is up.' },
        { name: 'up', type: 'gauge', help: 'Another text.' },
        { name: 'x_total', type: 'counter', help: 'X.', unit: 'seconds' },
      ],
      targets: {
        active: () => [
          {
            discoveredLabels: { __address__: 'a:1' },
            labels: { job: 'a', instance: 'a:1' },
            scrapePool: 'a',
            scrapeUrl: 'http://a:1/metrics',
            globalUrl: 'http://a:1/metrics',
            lastError: '',
            lastScrapeMs: nowMs,
            lastScrapeSeconds: 0.01,
            health: 'up',
            intervalMs: 15_000,
            timeoutMs: 10_000,
          },
        ],
        dropped: () => [{ discoveredLabels: { __address__: 'b:1' }, scrapePool: 'b' }],
        pools: () => ['b', 'a'],
        metadata: () => [{ name: 'up', type: 'gauge', help: 'Up.', target: { job: 'a' } }],
      },
      ...source,
    },
  });
  api.store.append([
    { labels: { __name__: 'up', job: 'a' }, atMs: nowMs, value: 1 },
    { labels: { __name__: 'up', 'http.status': 'b' }, atMs: nowMs, value: 1 },
  ]);
  return api;
}

const openapi = join(
  import.meta.dirname,
  '../../../../shared/conformance/prometheus/openapi/openapi_3.2_golden.yaml',
);

/** Requests that are answered, by the path of the OpenAPI document; it is wrong on strings, whose time is no string. */
const good: readonly (readonly [string, string, Record<string, string>])[] = [
  ['/query', 'query', { query: 'up' }],
  ['/query', 'query', { query: 'up[5m]', stats: 'all', limit: '1' }],
  ['/query', 'query', { query: '1', lookback_delta: '1m', timeout: '5s' }],
  ['/query_range', 'query_range', { query: 'up', start: String(now - 60), end: String(now), step: '15s' }],
  ['/query_exemplars', 'query_exemplars', { query: 'up', start: '0', end: String(now) }],
  ['/format_query', 'format_query', { query: 'sum(up)by(job)' }],
  ['/parse_query', 'parse_query', { query: 'sum by (job) (rate(up[5m]))' }],
  ['/labels', 'labels', {}],
  ['/label/{name}/values', 'label/job/values', { limit: '1' }],
  ['/series', 'series', { 'match[]': 'up' }],
  ['/metadata', 'metadata', {}],
  ['/scrape_pools', 'scrape_pools', {}],
  ['/targets', 'targets', {}],
  ['/targets/metadata', 'targets/metadata', {}],
  ['/rules', 'rules', {}],
  ['/alerts', 'alerts', {}],
  ['/alertmanagers', 'alertmanagers', {}],
  ['/status/config', 'status/config', {}],
  ['/status/runtimeinfo', 'status/runtimeinfo', {}],
  ['/status/buildinfo', 'status/buildinfo', {}],
  ['/status/flags', 'status/flags', {}],
  ['/status/tsdb', 'status/tsdb', {}],
  ['/status/tsdb/blocks', 'status/tsdb/blocks', {}],
  ['/status/walreplay', 'status/walreplay', {}],
];

describe.skipIf(!existsSync(openapi))("in the shapes of upstream's own description", () => {
  const document = existsSync(openapi) ? parse(readFileSync(openapi, 'utf8')) : {};
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  if (existsSync(openapi)) ajv.addSchema(document, 'api');

  function fits(path: string, method: string, status: string, body: unknown): void {
    const pointer = ['paths', path, method, 'responses', status, 'content', 'application/json', 'schema']
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.compile({ $ref: `api#/${pointer}` });
    validate(body);
    expect(validate.errors ?? []).toEqual([]);
  }

  it.each(good)('%s answers %s %o', async (path, url, parameters) => {
    const { status, body } = await open().ask(url, parameters);
    expect([status, body.status]).toEqual([200, 'success']);
    fits(path, 'get', '200', body);
  });

  it('native histograms', async () => {
    const answer = { warnings: [], infos: [] };
    const { ask } = open({
      engine: {
        instantAsync: async () => ({
          ...answer,
          type: 'vector',
          samples: [{ labels: {}, atMs: nowMs, value: Number.NaN, histogram }],
        }),
        rangeAsync: async () => ({
          ...answer,
          type: 'matrix',
          series: [
            {
              labels: {},
              timesMs: Float64Array.of(nowMs),
              values: Float64Array.of(0),
              histograms: [histogram],
            },
          ],
        }),
      },
    });
    fits('/query', 'get', '200', (await ask('query', { query: 'h' })).body);
    fits(
      '/query_range',
      'get',
      '200',
      (await ask('query_range', { query: 'h', start: '0', end: '1', step: '1' })).body,
    );
  });

  it('errors', async () => {
    const { ask } = open();
    fits('/query', 'get', 'default', (await ask('query', { query: '(' })).body);
  });

  it('administration', async () => {
    const { ask } = open({ isAdminEnabled: true });
    fits('/admin/tsdb/snapshot', 'post', '200', (await ask('admin/tsdb/snapshot', {}, 'POST')).body);
  });
});

describe('exemplars', () => {
  it('come by series', async () => {
    expect((await open().ask('query_exemplars', { query: 'rate(up[5m]) / up' })).body.data).toEqual([
      {
        seriesLabels: { __name__: 'up', job: 'a' },
        exemplars: [{ labels: { trace_id: 't' }, value: '1.5', timestamp: now }],
      },
    ]);
  });

  it('are none where there are none, and nothing at all where nothing is selected', async () => {
    const { ask } = open();
    expect((await ask('query_exemplars', { query: 'other' })).body).toEqual({ status: 'success', data: [] });
    expect(await ask('query_exemplars', { query: '1' })).toEqual({ status: 204, body: undefined });
  });
});

describe('metadata', () => {
  it('gives every text of a metric', async () => {
    expect((await open().ask('metadata')).body.data).toEqual({
      up: [
        { type: 'gauge', help: 'Whether it is up.', unit: '' },
        { type: 'gauge', help: 'Another text.', unit: '' },
      ],
      x_total: [{ type: 'counter', help: 'X.', unit: 'seconds' }],
    });
  });

  it.each([
    [{ limit: '1' }, ['up'], 2],
    [{ limit: '0' }, [], 0],
    [{ limit_per_metric: '1' }, ['up', 'x_total'], 1],
    [{ metric: 'x_total' }, ['x_total'], 0],
  ])('narrowed by %o gives %o', async (parameters, names, texts) => {
    const { data } = (await open().ask('metadata', parameters as Record<string, string>)).body;
    expect([Object.keys(data), data.up?.length ?? 0]).toEqual([names, texts]);
  });
});

describe('targets', () => {
  it.each([
    [{}, 1, 1],
    [{ state: 'active' }, 1, 0],
    [{ state: 'Dropped' }, 0, 1],
    [{ scrapePool: 'b' }, 0, 1],
  ])('narrowed by %o', async (parameters, active, dropped) => {
    const { data } = (await open().ask('targets', parameters as Record<string, string>)).body;
    expect([data.activeTargets.length, data.droppedTargets.length]).toEqual([active, dropped]);
    expect(data.droppedTargetCounts).toEqual({ a: 0, b: 1 });
  });

  it('are none before anything is scraped, in the same shape', async () => {
    const { ask } = openApi({ nowMs });
    expect((await ask('targets')).body.data).toEqual({
      activeTargets: [],
      droppedTargets: [],
      droppedTargetCounts: {},
    });
    expect((await ask('scrape_pools')).body.data).toEqual({ scrapePools: [] });
    expect((await ask('targets/metadata', { match_target: '{job="a"}' })).body.data).toEqual([]);
  });

  it('tell their metadata by target and metric', async () => {
    const { ask } = open();
    expect((await ask('targets/metadata', { match_target: '{job=~"a|b"}', metric: 'up' })).body.data).toEqual(
      [{ target: { job: 'a' }, type: 'gauge', help: 'Up.', unit: '' }],
    );
    expect((await ask('targets/metadata', { match_target: '{job="c"}' })).body.data).toEqual([]);
  });
});

describe('administration', () => {
  it.each(['delete_series', 'clean_tombstones', 'snapshot'])(
    '%s is off unless it is switched on',
    async (name) => {
      const { status, body } = await open().ask(`admin/tsdb/${name}`, { 'match[]': 'up' }, 'POST');
      expect([status, body]).toEqual([
        503,
        { status: 'error', errorType: 'unavailable', error: 'admin APIs disabled' },
      ]);
    },
  );

  it('deletes, cleans and takes snapshots', async () => {
    const { ask } = open({ isAdminEnabled: true });
    deleted.length = 0;
    const parameters = { 'match[]': 'up{job="a"}', start: '1', end: '2' };
    expect(await ask('admin/tsdb/delete_series', parameters, 'PUT')).toEqual({
      status: 204,
      body: undefined,
    });
    expect((await ask('admin/tsdb/clean_tombstones', {}, 'POST')).status).toBe(204);
    expect(deleted).toEqual([
      [
        [
          [
            { name: 'job', op: '=', value: 'a' },
            { name: '__name__', op: '=', value: 'up' },
          ],
        ],
        1000,
        2000,
      ],
      'clean',
    ]);
    expect((await ask('admin/tsdb/snapshot', { skip_head: 'true' }, 'POST')).body.data).toEqual({
      name: '20260301T120000Z-skipped',
    });
  });

  it.each([
    ['delete_series', {}, 'no match[] parameter provided'],
    ['delete_series', { 'match[]': 'up[5m]' }, 'invalid parameter "match[]"'],
    [
      'snapshot',
      { skip_head: 'perhaps' },
      'invalid parameter "skip_head": unable to parse boolean "perhaps"',
    ],
  ])('%s refuses %o', async (name, parameters, text) => {
    const { ask } = open({ isAdminEnabled: true });
    const { status, body } = await ask(`admin/tsdb/${name}`, parameters as Record<string, string>, 'POST');
    expect([status, body.errorType]).toEqual([400, 'bad_data']);
    expect(body.error).toContain(text);
  });

  it('does not read what changes things from a GET', async () => {
    expect((await open({ isAdminEnabled: true }).app.inject('/api/v1/admin/tsdb/snapshot')).statusCode).toBe(
      404,
    );
  });
});

it.each([
  [
    'query',
    { query: 'up', limit: 'x' },
    'invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax',
  ],
  ['query', { query: 'up', limit: '-1' }, 'invalid parameter "limit": limit must be non-negative'],
  [
    'query',
    { query: 'up', lookback_delta: 'x' },
    'error parsing lookback delta duration: cannot parse "x" to a valid duration',
  ],
  [
    'query',
    { query: 'up', time: '2026-03-01T12:00:00' },
    'invalid parameter "time": cannot parse "2026-03-01T12:00:00" to a valid timestamp',
  ],
  [
    'query_exemplars',
    { query: 'up', start: '2', end: '1' },
    'end timestamp must not be before start timestamp',
  ],
  ['metadata', { limit: 'x' }, 'limit must be a number'],
  ['status/tsdb', { limit: '0' }, 'limit must be a positive number'],
  ['status/tsdb', { limit: '10001' }, 'limit must not exceed 10000'],
  [
    'query_range',
    { query: 'up', start: '0', end: '1', step: '1e300' },
    'invalid parameter "step": cannot parse "1e300" to a valid duration. It overflows int64',
  ],
])('refuses %s %o in upstream words', async (path, parameters, error) => {
  const { status, body } = await open().ask(path, parameters as Record<string, string>);
  expect([status, body]).toEqual([400, { status: 'error', errorType: 'bad_data', error }]);
});

it("takes the ends of time as Prometheus' clients write them", async () => {
  const { ask } = open();
  const all = { start: '-292273086-05-16T16:47:06Z', end: '292277025-08-18T07:12:54.999999999Z' };
  expect((await ask('labels', all)).body.data).toEqual(['__name__', 'http.status', 'job']);
});

it('takes names that are no legacy names, escaped or not', async () => {
  const { ask } = open();
  for (const name of ['http.status', 'U__http_2e_status'])
    expect((await ask(`label/${name}/values`)).body.data).toEqual(['b']);
});

it('hands look-back and timeout to the engine, the timeout no longer than its own', async () => {
  const seen: unknown[] = [];
  const answer = { type: 'vector', samples: [], warnings: [], infos: [] } as const;
  const engine = {
    instantAsync: async (_store: unknown, _query: unknown, atMs: number, options: object = {}) => {
      seen.push({ atMs, ...options, signal: undefined, onSlice: undefined });
      return answer;
    },
    rangeAsync: async () => answer,
  };
  const { ask } = open({ engine });
  await ask('query', { query: 'up', time: '1', lookback_delta: '90', timeout: '1m30s' });
  await ask('query', { query: 'up', time: '1', timeout: '1h' });
  expect(seen).toEqual([
    { atMs: 1000, lookbackMs: 90_000, timeoutMs: 90_000 },
    { atMs: 1000, timeoutMs: 120_000 },
  ]);
});

it('tells statistics only when they are asked for', async () => {
  const { ask } = open();
  expect((await ask('query', { query: 'up' })).body.data.stats).toBeUndefined();
  const { stats } = (await ask('query', { query: 'up', stats: 'all' })).body.data;
  expect(stats.samples).toMatchObject({ totalQueryableSamples: 2, samplesRead: 2 });
  expect(stats.timings.execTotalTime).toBeGreaterThan(0);
});

it('explains what each part of a query did', async () => {
  const { app } = open();
  const range = `start=${now - 60}&end=${now}&step=15`;
  const reply = await app.inject(`/api/skopos/v1/explain?query=sum(up)%2B1&${range}`);
  const { plan } = reply.json().data;
  expect(plan).toMatchObject({ expression: 'sum(up) + 1', seriesOut: 1 });
  expect(plan.children[0].children[0]).toMatchObject({ expression: 'up', seriesIn: 2, seriesOut: 2 });
  expect((await app.inject('/api/skopos/v1/explain?query=(')).json()).toMatchObject({
    status: 'error',
    errorType: 'bad_data',
  });
});

describe('what Grafana depends on', () => {
  it('its health check', async () => {
    expect((await open().ask('query', { query: '1+1', time: '4' }, 'POST')).body.data).toEqual({
      resultType: 'scalar',
      result: [4, '2'],
    });
  });

  it('a version, and no features by which it would take us for Mimir', async () => {
    const { data } = (await open().ask('status/buildinfo')).body;
    expect(data.version).toMatch(/^3\.\d+\.\d+$/);
    expect(data).not.toHaveProperty('features');
  });

  it.each([
    '/api/v1/nothing',
    '/alertmanager/api/v2/status',
    '/api/v1/rules/namespace',
    '/config/v1/rules',
    '/api/prom/rules',
  ])('404 and no page at %s', async (url) => {
    const reply = await open().app.inject(url);
    expect([reply.statusCode, String(reply.headers['content-type'])]).toEqual([
      404,
      expect.not.stringContaining('html'),
    ]);
  });

  it.each(['query', 'query_range', 'query_exemplars', 'series', 'labels'])('%s by POST', async (path) => {
    const parameters = { query: 'up', 'match[]': 'up', start: '0', end: '10', step: '5' };
    expect((await open().ask(path, parameters, 'POST')).body.status).toBe('success');
  });

  it('rules and alerts', async () => {
    const { ask } = open();
    expect((await ask('rules', { type: 'record' })).body.data.groups[0].rules).toHaveLength(1);
    expect((await ask('alerts')).body.data.alerts[0].labels).toEqual({ alertname: 'Down' });
    const named = async (match: string) =>
      (await ask('rules', { 'match[]': match })).body.data.groups.flatMap(
        ({ rules }: { rules: { name: string }[] }) => rules.map(({ name }) => name),
      );
    expect(await named('{severity=~"crit.*"}')).toEqual(['Down']);
    expect(await named('{severity="low"}')).toEqual([]);
  });
});
