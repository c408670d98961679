import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApi } from '../../../test/support/prometheus-api.ts';
import { VirtualClock } from '../../kit/clock.ts';
import type { GroupState } from './rules.ts';
import type { PrometheusSource, StatusSource } from './source.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');

function group(file: string, name: string): GroupState {
  const spec = { kind: 'recording', name: `${name}:up`, expr: 'up', labels: {} } as const;
  const rule = { spec, health: 'ok', evaluationSeconds: 0, state: '', alerts: [] } as const;
  return { file, spec: { name, limit: 0 }, intervalMs: 1000, evaluationSeconds: 0, rules: [rule] };
}

const status: StatusSource = {
  version: '1.2.3',
  startedAtMs: nowMs,
  flags: () => ({}),
  configText: () => '',
  reload: () => ({ atMs: nowMs, ok: true }),
  store: () => ({
    ...{ series: 0, labelPairs: 0, chunks: 0, minMs: undefined, maxMs: undefined },
    ...{ seriesByMetric: [], valuesByLabel: [], seriesByPair: [] },
  }),
};

function open(source: Partial<PrometheusSource> = {}) {
  const api = openApi({ nowMs, source: { status, ...source } });
  for (const name of ['http_requests_total', 'http_request_seconds', 'up', 'node_cpu_seconds_total'])
    api.store.append([
      { labels: { __name__: name, job: 'a', instance: `${name}:1` }, atMs: nowMs, value: 1 },
    ]);
  return api;
}

describe('rule groups in pages', () => {
  const rules = { groups: () => [group('b.yml', 'x'), group('a.yml', 'z'), group('a.yml', 'y')] };
  const names = (body: { data: { groups: { file: string; name: string }[] } }) =>
    body.data.groups.map(({ file, name }) => `${file}/${name}`);

  it('come in order of file and name, each once', async () => {
    const { ask } = open({ rules });
    const seen: string[] = [];
    let token: string | undefined = '';
    while (token !== undefined) {
      const { body } = await ask('rules', {
        group_limit: '2',
        ...(token === '' ? {} : { group_next_token: token }),
      });
      seen.push(...names(body));
      token = body.data.groupNextToken;
    }
    expect(seen).toEqual(['a.yml/y', 'a.yml/z', 'b.yml/x']);
  });

  it('are all there without a limit', async () => {
    const { body } = await open({ rules }).ask('rules');
    expect(names(body)).toHaveLength(3);
    expect(body.data).not.toHaveProperty('groupNextToken');
  });

  it.each([
    [{ group_next_token: 'x' }, 'group_limit needs to be present in order to paginate over the groups'],
    [{ group_limit: '0' }, 'group_limit needs to be greater than 0'],
    [
      { group_limit: 'x' },
      'group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [{ group_limit: '1', group_next_token: 'x' }, "invalid group_next_token 'x'. were rule groups changed?"],
    [
      { exclude_alerts: 'x' },
      'invalid parameter "exclude_alerts": strconv.ParseBool: parsing "x": invalid syntax',
    ],
  ])('refuse %o', async (parameters, error) => {
    const { status: code, body } = await open({ rules }).ask('rules', parameters as Record<string, string>);
    expect([code, body.errorType, body.error]).toEqual([400, 'bad_data', error]);
  });
});

it('tells the features that there are, and which of them are switched off', async () => {
  const { data } = (await open().ask('features')).body;
  expect(data.promql_functions).toMatchObject({ rate: true, histogram_quantiles: true });
  expect(data.api).toMatchObject({ admin: false, exclude_alerts: true });
  expect((await open({ isAdminEnabled: true }).ask('features')).body.data.api.admin).toBe(true);
});

describe('notifications', () => {
  const failedAtMs = nowMs - 1000;
  const failed = { text: 'Configuration reload has failed.', date: '2026-03-01T11:59:59.000Z', active: true };

  it('are none while all is well, and tell of a reload that failed', async () => {
    expect((await open().ask('notifications')).body.data).toEqual([]);
    const reload = () => ({ atMs: 0, ok: false, failedAtMs });
    expect((await open({ status: { ...status, reload } }).ask('notifications')).body.data).toEqual([failed]);
  });

  it('are told live when they come and when they go, and end with the server', async () => {
    const clock = new VirtualClock(nowMs);
    let ok = true;
    const reload = () => (ok ? { atMs: 0, ok } : { atMs: 0, ok, failedAtMs });
    const { app } = open({ clock, status: { ...status, reload } });
    onTestFinished(() => app.close());
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const request = get({ port, host: '127.0.0.1', path: '/api/v1/notifications/live' });
    const [reply] = await once(request, 'response');
    expect(reply.headers['content-type']).toBe('text/event-stream');
    const told = async (): Promise<unknown> => {
      const [chunk] = await once(reply, 'data');
      return JSON.parse(String(chunk).replace(/^data: /, ''));
    };
    ok = false;
    const first = told();
    await clock.advance(1000);
    expect(await first).toEqual(failed);
    ok = true;
    const second = told();
    await clock.advance(1000);
    expect(await second).toEqual({ ...failed, active: false });
    const end = once(reply, 'end');
    await app.close();
    await end;
  });
});

it('tells its own metrics in the JSON of the protobuf, those that a pattern matches', async () => {
  const families = () => [
    {
      name: 'x_total',
      help: 'X.',
      type: 'counter' as const,
      samples: [{ name: 'x_total', labels: { a: 'b' }, value: 2 }],
    },
    {
      name: 'y_seconds',
      help: 'Y.',
      type: 'histogram' as const,
      samples: [
        { name: 'y_seconds_bucket', labels: { le: '1' }, value: 1 },
        { name: 'y_seconds_bucket', labels: { le: '+Inf' }, value: 3 },
        { name: 'y_seconds_sum', labels: {}, value: 2.5 },
        { name: 'y_seconds_count', labels: {}, value: 3 },
      ],
    },
  ];
  const { ask } = open({ status: { ...status, families } });
  expect((await ask('status/self_metrics', { metric_name_pattern: 'x_.*' })).body.data).toEqual([
    {
      ...{ name: 'x_total', help: 'X.', type: 'COUNTER' },
      metric: [{ label: [{ name: 'a', value: 'b' }], counter: { value: 2 } }],
    },
  ]);
  expect((await ask('status/self_metrics')).body.data[1].metric).toEqual([
    {
      histogram: {
        ...{ sampleCount: '3', sampleSum: 2.5 },
        bucket: [
          { cumulativeCount: '1', upperBound: 1 },
          { cumulativeCount: '3', upperBound: 'Infinity' },
        ],
      },
    },
  ]);
  const bad = await ask('status/self_metrics', { metric_name_pattern: '(' });
  expect([bad.status, bad.body.error]).toEqual([
    400,
    expect.stringContaining('invalid parameter "metric_name_pattern"'),
  ]);
});

it('shows the configuration of a scrape pool', async () => {
  const targets = {
    ...{ active: () => [], dropped: () => [], pools: () => ['a'] },
    poolConfig: (pool: string) => (pool === 'a' ? 'job_name: a\n' : undefined),
  };
  const { ask } = open({ targets });
  expect((await ask('scrape_pools/config', { scrapePool: 'a' })).body.data).toEqual({
    yaml: 'job_name: a\n',
  });
  expect((await ask('scrape_pools/config', { scrapePool: 'b' })).status).toBe(404);
  expect((await ask('scrape_pools/config')).status).toBe(400);
});

describe('search', () => {
  async function search(path: string, parameters: readonly (readonly [string, string])[] = []) {
    const { app } = open({
      metadata: () => [{ name: 'up', type: 'gauge', help: 'Whether it is up.' }],
    });
    const query = new URLSearchParams(
      [...parameters].map(([name, value]): [string, string] => [name, value]),
    );
    const reply = await app.inject(`/api/v1/search/${path}?${query}`);
    expect(reply.headers['content-type']).toContain('application/x-ndjson');
    const lines = reply.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { has_more: hasMore } = lines.at(-1);
    return {
      results: lines.slice(0, -1).flatMap(({ results }) => results),
      hasMore,
      batches: lines.length - 1,
    };
  }

  it('gives all names in order without a search', async () => {
    const { results, hasMore } = await search('metric_names');
    expect(results.map(({ name }) => name)).toEqual([
      ...['http_request_seconds', 'http_requests_total', 'node_cpu_seconds_total', 'up'],
    ]);
    expect(hasMore).toBe(false);
  });

  it('finds letters in their order, the best first', async () => {
    const { results } = await search('metric_names', [
      ['search[]', 'secs'],
      ['sort_by', 'score'],
      ['include_score', 'true'],
    ]);
    expect(results.map(({ name }) => name)).toEqual(['http_request_seconds', 'node_cpu_seconds_total']);
    expect(results.every(({ score }) => score > 0 && score < 1)).toBe(true);
    expect((await search('metric_names', [['search[]', 'UP']])).results).toEqual([]);
    const folded = await search('metric_names', [
      ['search[]', 'UP'],
      ['case_sensitive', 'false'],
      ['include_metadata', 'true'],
    ]);
    expect(folded.results).toEqual([{ name: 'up', type: 'gauge', help: 'Whether it is up.' }]);
  });

  it('finds what resembles it', async () => {
    const parameters = [
      ['search[]', 'htp_requests_totl'],
      ['fuzz_alg', 'jarowinkler'],
      ['fuzz_threshold', '80'],
      ['sort_by', 'score'],
      ['limit', '1'],
    ] as const;
    expect((await search('metric_names', parameters)).results).toEqual([{ name: 'http_requests_total' }]);
  });

  it('keeps to selectors, limit and size of lines', async () => {
    expect(
      (
        await search('label_values', [
          ['label', 'instance'],
          ['match[]', 'up'],
        ])
      ).results,
    ).toEqual([{ value: 'up:1' }]);
    const names = await search('label_names', [
      ['limit', '2'],
      ['batch_size', '1'],
      ['sort_by', 'alpha'],
      ['sort_dir', 'dsc'],
    ]);
    expect(names).toEqual({ results: [{ name: 'job' }, { name: 'instance' }], hasMore: true, batches: 2 });
    expect(await search('metric_names', [['match[]', 'nothing']])).toEqual({
      results: [],
      hasMore: false,
      batches: 1,
    });
  });

  it.each([
    ['label_values', {}, 'missing required parameter "label"'],
    ['label_names', { sort_by: 'cardinality' }, 'invalid sort_by "cardinality": must be one of alpha, score'],
    ['label_names', { sort_by: 'score', sort_dir: 'asc' }, 'sort_dir is only valid with sort_by=alpha'],
    [
      'label_names',
      { fuzz_threshold: '101' },
      'invalid fuzz_threshold "101": must be a whole number, 0 to 100',
    ],
    ['label_names', { limit: '0' }, 'invalid limit "0": must be a whole number, 1 or more'],
  ])('of %s refuses %o', async (path, parameters, error) => {
    const { status: code, body } = await open().ask(`search/${path}`, parameters as Record<string, string>);
    expect([code, body.errorType, body.error]).toEqual([400, 'bad_data', error]);
  });
});
