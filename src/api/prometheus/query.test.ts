import { expect, it } from 'vitest';
import { openApi } from '../../../test/support/prometheus-api.ts';
import { Engine } from '../../promql/engine.ts';
import { QueryCanceledError, QueryTimedOutError } from '../../promql/errors.ts';
import type { QueryEngine } from './source.ts';

const nowMs = Date.parse('2026-03-01T12:00:00.500Z');
const now = nowMs / 1000;

/** The API over a real engine and store. */
function open(engine: QueryEngine = new Engine()) {
  const api = openApi({ engine, nowMs });
  for (const [atMs, value] of [
    [nowMs - 60_000, 1],
    [nowMs, 2.5],
  ] as const)
    api.store.append([
      { labels: { __name__: 'up', job: 'a' }, atMs, value },
      { labels: { __name__: 'up', job: 'b' }, atMs, value: value * 1e-8 },
    ]);
  api.store.append([{ labels: { __name__: 'odd' }, atMs: nowMs, value: Number.POSITIVE_INFINITY }]);
  return api.ask;
}

it.each(['GET', 'POST'] as const)(
  'answers instant queries by %s in the shape of Prometheus',
  async (method) => {
    const ask = open();
    expect((await ask('query', { query: 'up{job=~"a|b"}' }, method)).body).toEqual({
      status: 'success',
      data: {
        resultType: 'vector',
        result: [
          { metric: { __name__: 'up', job: 'a' }, value: [now, '2.5'] },
          { metric: { __name__: 'up', job: 'b' }, value: [now, '2.5e-08'] },
        ],
      },
    });
  },
);

it.each([
  ['1 + 1', { resultType: 'scalar', result: [1, '2'] }],
  ['"text"', { resultType: 'string', result: [1, 'text'] }],
  ['1e21', { resultType: 'scalar', result: [1, '1e+21'] }],
  ['-Inf', { resultType: 'scalar', result: [1, '-Inf'] }],
  ['NaN', { resultType: 'scalar', result: [1, 'NaN'] }],
  ['none', { resultType: 'vector', result: [] }],
])('answers %s at a given time', async (query, data) => {
  expect((await open()('query', { query, time: '1' })).body.data).toEqual(data);
});

it('answers a range vector and an infinite value, and cuts at the limit', async () => {
  const ask = open();
  expect((await ask('query', { query: 'up{job="a"}[5m]' })).body.data.result).toEqual([
    {
      metric: { __name__: 'up', job: 'a' },
      values: [
        [now - 60, '1'],
        [now, '2.5'],
      ],
    },
  ]);
  expect(
    (await ask('query', { query: 'odd', time: '2026-03-01T12:00:00.5Z' })).body.data.result[0].value,
  ).toEqual([now, '+Inf']);
  const { body } = await ask('query', { query: 'up', limit: '1' });
  expect([body.data.result.length, body.warnings]).toEqual([1, ['results truncated due to limit']]);
});

it('answers range queries', async () => {
  const range = { query: 'sum(up{job="a"})', start: String(now - 60), end: String(now), step: '30s' };
  expect((await open()('query_range', range, 'POST')).body.data).toEqual({
    resultType: 'matrix',
    result: [
      {
        metric: {},
        values: [
          [now - 60, '1'],
          [now - 30, '1'],
          [now, '2.5'],
        ],
      },
    ],
  });
});

it.each([
  ['query', {}, 400, 'bad_data', 'invalid parameter "query": '],
  ['query', { query: 'sum(' }, 400, 'bad_data', 'invalid parameter "query": 1:'],
  ['query', { query: 'up', time: 'x' }, 400, 'bad_data', 'invalid parameter "time": cannot parse "x"'],
  ['query', { query: 'up', timeout: 'x' }, 400, 'bad_data', 'invalid parameter "timeout"'],
  ['query', { query: 'up + on() up' }, 422, 'execution', 'many'],
  [
    'query_range',
    { query: 'up', start: '1', end: '0', step: '1' },
    400,
    'bad_data',
    'invalid parameter "end": end timestamp must not be before start time',
  ],
  [
    'query_range',
    { query: 'up', start: '0', end: '1', step: '0' },
    400,
    'bad_data',
    'invalid parameter "step": zero or negative',
  ],
  [
    'query_range',
    { query: 'up', start: '0', end: '11001', step: '1' },
    400,
    'bad_data',
    'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  ],
  [
    'query_range',
    { query: 'up[5m]', start: '0', end: '1', step: '1' },
    400,
    'bad_data',
    'invalid expression type "range vector" for range query',
  ],
  ['series', {}, 400, 'bad_data', 'no match[] parameter provided'],
  ['series', { 'match[]': '{a=""}' }, 400, 'bad_data', 'must contain at least one non-empty matcher'],
  ['labels', { 'match[]': 'up[5m]' }, 400, 'bad_data', 'invalid parameter "match[]"'],
])('refuses %s with %o', async (path, parameters, status, errorType, text) => {
  const { status: got, body } = await open()(path, parameters as Record<string, string>);
  expect([got, body.status, body.errorType]).toEqual([status, 'error', errorType]);
  expect(body.error).toContain(text);
});

it('takes exactly 11,000 steps', async () => {
  const range = { query: '1', start: '0', end: '11000', step: '1' };
  expect((await open()('query_range', range)).body.data.result[0].values).toHaveLength(11_001);
});

it.each([
  [new QueryTimedOutError('query timed out'), 503, 'timeout'],
  [new QueryCanceledError('query was canceled'), 499, 'canceled'],
])('translates %s', async (error, status, errorType) => {
  const fail = () => Promise.reject(error);
  const reply = await open({ instantAsync: fail, rangeAsync: fail })('query', { query: 'up' });
  expect(reply).toEqual({ status, body: { status: 'error', errorType, error: error.message } });
});

it('formats queries', async () => {
  expect((await open()('format_query', { query: 'sum by(a)(up)' })).body.data).toBe('sum by (a) (up)');
});

it('tells series, label names and label values, by match, time and limit', async () => {
  const ask = open();
  const series = await ask('series', [
    ['match[]', 'up{job="a"}'],
    ['match[]', 'odd'],
  ]);
  expect(series.body.data).toHaveLength(2);
  expect(series.body.data).toContainEqual({ __name__: 'up', job: 'a' });
  expect((await ask('series', { 'match[]': 'odd', end: String(now - 30) })).body.data).toEqual([]);
  expect((await ask('labels', {}, 'POST')).body.data).toEqual(['__name__', 'job']);
  expect((await ask('labels', { 'match[]': 'odd' })).body.data).toEqual(['__name__']);
  expect((await ask('label/job/values')).body.data).toEqual(['a', 'b']);
  expect((await ask('label/job/values', { 'match[]': 'up{job!="a"}' })).body.data).toEqual(['b']);
  expect((await ask('label/job/values', { limit: '1' })).body).toEqual({
    status: 'success',
    data: ['a'],
    warnings: ['results truncated due to limit'],
  });
});
