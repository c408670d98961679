import { describe, expect, it } from 'vitest';
import { createServer } from '../../http/server.ts';
import { silentLogger } from '../../log/logger.ts';
import { monitoringRoutes } from './monitoring-routes.ts';
import type { MonitorFacts, MonitoringSource, RuleGroupState, ScrapedState } from './monitoring-source.ts';

function target(scrapePool: string, host: string, over: Partial<ScrapedState> = {}): ScrapedState {
  return {
    scrapePool,
    scrapeUrl: `http://${host}/metrics`,
    discoveredLabels: { __address__: host },
    labels: { instance: host, job: scrapePool },
    health: 'up',
    lastError: '',
    warning: '',
    lastScrapeMs: 1000,
    lastScrapeSeconds: 0.01,
    samples: 5,
    intervalMs: 15_000,
    timeoutMs: 10_000,
    ...over,
  };
}

const selected: MonitorFacts = {
  kind: 'ServiceMonitor',
  namespace: 'shop',
  name: 'cart',
  selection: 'selected',
  reason: '',
  jobs: ['cart'],
  ruleFile: undefined,
};

const group: RuleGroupState = {
  file: 'a.yaml',
  spec: { name: 'g', limit: 0 },
  intervalMs: 15_000,
  lastEvaluationMs: 1000,
  evaluationSeconds: 0.1,
  missed: 0,
  rules: [
    {
      spec: { kind: 'alerting', name: 'Down', expr: 'up == 0', labels: {}, forMs: 60_000 },
      health: 'ok',
      evaluationSeconds: 0.01,
      matched: 1,
      state: 'firing',
      alerts: [{ labels: { alertname: 'Down' }, state: 'firing', activeAtMs: 500, value: 0 }],
    },
    {
      spec: { kind: 'recording', name: 'a:b', expr: 'sum(', labels: {} },
      health: 'err',
      lastError: 'parse error',
      evaluationSeconds: 0,
      state: 'inactive',
      alerts: [],
    },
  ],
};

function routes(over: Partial<MonitoringSource> = {}) {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  monitoringRoutes(app, {
    scrape: {
      pools: () => ['node', 'cart', 'empty'],
      active: () => [
        target('node', 'b:1', { health: 'down', lastError: 'refused' }),
        target('node', 'a:1'),
        target('cart', 'c:1', { samples: 9 }),
      ],
      dropped: () => [{ scrapePool: 'cart', discoveredLabels: { __address__: 'd:1' } }],
      droppedCounts: () => ({ node: 0, cart: 7, empty: 0 }),
    },
    discovery: () => [
      { name: 'cart', kind: 'kubernetes', targets: 8, problem: '', isSupported: true },
      { name: 'empty', kind: 'consul', targets: 0, problem: 'not supported', isSupported: false },
    ],
    monitors: {
      isConfigured: true,
      ownNamespace: '',
      list: () => [
        selected,
        { ...selected, name: 'gone', jobs: ['empty'] },
        { ...selected, name: 'bad', selection: 'invalid', reason: 'no port', jobs: [] },
        { ...selected, kind: 'PrometheusRule', name: 'rules', jobs: [], ruleFile: 'a.yaml' },
      ],
      explain: () => undefined,
    },
    configuration: () => ({
      loadedAtMs: 5,
      ok: true,
      message: '',
      documents: [{ name: 'prometheus.yml', path: '/p', text: 'a: 2\n' }],
      before: undefined,
      history: [{ atMs: 5, ok: true, message: '' }],
    }),
    ruleGroups: () => [group],
    externalLabels: {},
    ...over,
  });
  return async (path: string) => {
    const reply = await app.inject(`/api/skopos/v1/${path}`);
    return { status: reply.statusCode, body: JSON.parse(reply.body) };
  };
}

describe('targets', () => {
  it('come in windows, filtered and sorted, with counts of what the filter lets through', async () => {
    const get = routes();
    const all = (await get('targets?limit=2')).body;
    expect(all).toMatchObject({ total: 3, counts: { up: 2, down: 1, unknown: 0 } });
    expect(all.items.map(({ url }: { url: string }) => url)).toEqual([
      'http://c:1/metrics',
      'http://a:1/metrics',
    ]);
    expect(all.jobs).toEqual([
      { job: 'cart', targets: 1, up: 1, dropped: 7 },
      { job: 'empty', targets: 0, up: 0, dropped: 0 },
      { job: 'node', targets: 2, up: 1, dropped: 0 },
    ]);
    const down = (await get('targets?job=node&state=down')).body;
    expect(down).toMatchObject({ total: 1, counts: { up: 1, down: 1 }, items: [{ lastError: 'refused' }] });
    expect((await get('targets?q=instance%3D%22a')).body.total).toBe(1);
    expect((await get('targets?sort=samples&order=desc')).body.items[0].samples).toBe(9);
    expect((await get('targets?sort=colour')).status).toBe(400);
  });
});

describe('discovery', () => {
  it('tells of each job what was found, what became of it, and which object asked for it', async () => {
    const { items } = (await routes()('discovery')).body;
    expect(items).toMatchObject([
      { job: 'cart', discovered: 8, kept: 1, dropped: 7, object: { kind: 'ServiceMonitor', name: 'cart' } },
      { job: 'empty', sections: [{ kind: 'consul', problem: 'not supported' }] },
      { job: 'node', discovered: 0, kept: 2 },
    ]);
  });

  it('lists what was kept and what was dropped', async () => {
    const get = routes();
    expect((await get('discovery/targets?job=cart')).body).toMatchObject({
      total: 2,
      kept: 1,
      dropped: 7,
      items: [{ state: 'kept' }, { state: 'dropped', discoveredLabels: { __address__: 'd:1' } }],
    });
    expect((await get('discovery/targets?job=cart&state=dropped')).body.total).toBe(1);
    expect((await get('discovery/targets?job=none')).status).toBe(404);
    expect((await get('discovery/targets')).status).toBe(400);
  });
});

describe('objects that ask to be watched', () => {
  it('stand with what needs looking at first', async () => {
    const { items, facets } = (await routes()('monitors')).body;
    expect(items).toMatchObject([
      { name: 'bad', state: 'invalid', reason: 'no port' },
      { name: 'rules', state: 'failing', reason: 'a:b: parse error', rules: 2 },
      { name: 'gone', state: 'nothing-found', reason: 'no target was found' },
      { name: 'cart', state: 'working', up: 1, targets: 1, dropped: 7 },
    ]);
    expect(facets.kind).toContainEqual({ value: 'ServiceMonitor', label: 'ServiceMonitor', count: 3 });
  });

  it('say when none is looked at', async () => {
    const reply = await routes({
      monitors: { isConfigured: false, ownNamespace: '', list: () => [], explain: () => undefined },
    })('monitors/ServiceMonitor/shop/cart');
    expect(reply.status).toBe(404);
    expect(reply.body.error).toMatch(/metrics.operator is not set/);
  });
});

it('rules have counts of all, and alerts by the fingerprint of their page', async () => {
  const get = routes({ externalLabels: { cluster: 'a' } });
  const { counts, items } = (await get('rule-groups?state=firing')).body;
  expect(counts).toEqual({ groups: 1, rules: 2, firing: 1, pending: 0, failing: 1 });
  expect(items[0].rules).toMatchObject([
    {
      name: 'Down',
      matched: 1,
      alertCount: 1,
      alerts: [{ fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) }],
    },
  ]);
  expect((await get('rule-groups?kind=recording')).body.items[0].rules[0].lastError).toBe('parse error');
  expect((await get('rule-groups?q=nothing')).body.items).toEqual([]);
});

it('the configuration has a diff once it was reloaded, and names what is not supported', async () => {
  const first = (await routes()('configuration')).body;
  expect(first.documents[0]).not.toHaveProperty('diff');
  expect(first.unsupported).toEqual([{ job: 'empty', kind: 'consul' }]);
  const again = routes({
    configuration: () => ({
      loadedAtMs: 9,
      ok: true,
      message: '',
      documents: [{ name: 'prometheus.yml', path: '/p', text: 'a: 2\n' }],
      before: [{ name: 'prometheus.yml', text: 'a: 1\n' }],
      history: [],
    }),
  });
  expect((await again('configuration')).body.documents[0].diff).toContain('-a: 1\n+a: 2');
});
