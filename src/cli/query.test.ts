import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApi } from '../../test/support/prometheus-api.ts';
import { type CliRun, runCli } from '../../test/support/run-cli.ts';
import { queryCommand } from './query.ts';

const nowMs = Date.parse('2026-03-01T12:00:00.5Z');
const now = String(nowMs / 1000);
const api = openApi({ nowMs });
let url: string;

beforeAll(async () => {
  for (const [job, value] of [
    ['a', 1],
    ['b', 2.5e-9],
  ] as const)
    for (const atMs of [nowMs - 1000, nowMs])
      api.store.append([{ labels: { job, __name__: 'up', instance: 'i"1' }, atMs, value }]);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
});
afterAll(() => api.app.close());

function query(...args: string[]): Promise<CliRun> {
  return runCli(queryCommand, ['query', ...args], '/');
}

it.each([
  [
    'up',
    'up{instance="i\\"1", job="a"} => 1 @[1772366400.5]\nup{instance="i\\"1", job="b"} => 0.0000000025 @[1772366400.5]\n',
  ],
  ['1+1', 'scalar: 2 @[1772366400.5]\n'],
  ['"x"', 'x\n'],
  ['nothing', '\n'],
  ['sum(up{job="a"})', '{} => 1 @[1772366400.5]\n'],
  ['up{job="a"}[5s]', 'up{instance="i\\"1", job="a"} =>\n1 @[1772366399.5]\n1 @[1772366400.5]\n'],
])('prints the answer to %s as promtool does', async (text, out) => {
  expect(await query('instant', url, text, '--time', now)).toEqual({ exitCode: 0, out, err: '' });
});

it('takes the server as a flag, too, and time as RFC 3339', async () => {
  const run = await query(
    'instant',
    '--url',
    url.replace('http://', ''),
    'up{job="a"}',
    '--time',
    '2026-03-01T12:00:00.5Z',
    '-o',
    'json',
  );
  expect(run.exitCode).toBe(0);
  expect(JSON.parse(run.out)).toEqual([
    { metric: { __name__: 'up', instance: 'i"1', job: 'a' }, value: [nowMs / 1000, '1'] },
  ]);
});

it('asks for a range', async () => {
  const run = await query('range', url, 'up{job="a"}', '--start', String(nowMs / 1000 - 2), '--end', now);
  expect(run).toEqual({
    exitCode: 0,
    out: 'up{instance="i\\"1", job="a"} =>\n1 @[1772366399.5]\n1 @[1772366400.5]\n',
    err: '',
  });
  expect((await query('range', url, 'up{job="c"}', '--step', '2m', '-o', 'json')).out).toBe('[]\n');
});

it('tells series and values of labels', async () => {
  expect((await query('series', url, '--match', 'up{job="a"}', '--match', 'up{job="b"}')).out).toBe(
    '{__name__="up", instance="i\\"1", job="a"}\n{__name__="up", instance="i\\"1", job="b"}\n',
  );
  expect((await query('labels', url, 'job')).out).toBe('a\nb\n');
  expect((await query('labels', url, 'job', '--match', 'up{job!="a"}', '--format', 'json')).out).toBe(
    '["b"]\n',
  );
});

it('tells remarks on standard error', async () => {
  const { exitCode, err } = await query('instant', url, 'rate(up[5m])', '--time', now);
  expect([exitCode, err]).toEqual([0, expect.stringContaining('metric might not be a counter')]);
});

it.each([
  [['instant', 'URL', 'sum('], 'query error: bad_data: invalid parameter "query": 1:5: parse error: '],
  [
    ['instant', 'URL', 'up', '--time', 'zz'],
    'error parsing evaluation time: cannot parse "zz" to a valid timestamp',
  ],
  [['instant', 'http://127.0.0.1:1', 'up'], 'query error: nobody answers at http://127.0.0.1:1'],
  [['instant', 'URL', 'a', 'b'], 'expected one expression, got 2'],
  [['instant', 'URL', 'up', '-o', 'xml'], '--format: expected promql or json'],
  [['range', 'URL', 'up', '--start', '10', '--end', '5'], 'start time is not before end time'],
  [['range', 'URL', 'up', '--step', 'x'], '--step: expected a duration'],
  [['labels', 'URL/wrong', 'job'], 'query error: GET /wrong/api/v1/label/job/values: there is nothing here'],
])('exits 1 for %o', async (args, words) => {
  const { exitCode, out, err } = await query(...args.map((arg) => arg.replace('URL', url)));
  expect([exitCode, out]).toEqual([1, '']);
  expect(err).toContain(words);
});
