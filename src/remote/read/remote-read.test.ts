import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openApi } from '../../../test/support/prometheus-api.ts';
import { startWebhookServer } from '../../../test/support/webhook-server.ts';
import { systemClock, VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import { Engine } from '../../promql/engine.ts';
import { TimeSeriesStore } from '../../tsdb/store.ts';
import { remoteReadSchema } from '../config/remote-read-config.ts';
import { RemoteRead } from './remote-read.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const never = new AbortController().signal;

/** Our own API, as another system, on a port. `form` decides what it has to offer. */
async function system(form: 'chunks' | 'samples', externalLabels = {}) {
  const api = openApi({
    nowMs,
    source: { externalLabels },
    ...(form === 'samples' ? { store: { crc32c: undefined as never } } : {}),
  });
  const asked: string[] = [];
  api.app.addHook('onRequest', async (request) => void asked.push(request.url));
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => api.app.close());
  const { port } = api.app.server.address() as AddressInfo;
  return { store: api.store, url: `http://127.0.0.1:${port}/api/v1/read`, asked };
}

function open(
  written: readonly Record<string, unknown>[],
  more: { oldestMs?: number; externalLabels?: Record<string, string>; rules?: string[] } = {},
) {
  const remote = new RemoteRead({
    clock: systemClock,
    log: silentLogger,
    oldestMs: () => more.oldestMs,
    ruleExpressions: () => more.rules ?? [],
    externalLabels: more.externalLabels ?? {},
  });
  remote.load(written.map((one) => remoteReadSchema.parse(one)));
  return remote;
}

function localStore(): TimeSeriesStore {
  return new TimeSeriesStore({ clock: new VirtualClock(nowMs), log: silentLogger });
}

const histogram: FloatHistogram = {
  schema: 0,
  zeroThreshold: 0.001,
  zeroCount: 1,
  count: 3,
  sum: 2,
  positiveSpans: [{ offset: 0, length: 1 }],
  negativeSpans: [],
  positiveBuckets: Float64Array.of(2),
  negativeBuckets: new Float64Array(0),
  counterReset: 'unknown',
};

it.each(['chunks', 'samples'] as const)(
  'puts series of another system, as %s, beside our own',
  async (form) => {
    const there = await system(form);
    const here = localStore();
    for (let i = 0; i < 300; i++) {
      const atMs = nowMs - (299 - i) * 1000;
      there.store.append([
        { labels: { __name__: 'n', at: 'both' }, atMs, value: i },
        { labels: { __name__: 'n', at: 'there' }, atMs, value: i },
        { labels: { __name__: 'h' }, atMs, value: histogram },
      ]);
      if (i >= 200) here.append([{ labels: { __name__: 'n', at: 'both' }, atMs, value: i * 10 }]);
    }
    here.append([{ labels: { __name__: 'n', at: 'here' }, atMs: nowMs, value: 7 }]);
    const remote = open([{ url: there.url, read_recent: true }]);
    const ask = async (query: string) => {
      const { queryable, warnings } = await remote.open(here, query, { startMs: nowMs, endMs: nowMs }, never);
      expect(warnings).toEqual([]);
      const result = new Engine().instant(queryable, query, nowMs);
      return result.type === 'vector'
        ? Object.fromEntries(result.samples.map(({ labels, value }) => [labels['at'] ?? '', value]))
        : result;
    };
    expect(await ask('count_over_time(n[300s])')).toEqual({ both: 300, there: 300, here: 1 });
    expect(await ask('n')).toEqual({ both: 2990, there: 299, here: 7 });
    expect(await ask('histogram_count(h)')).toEqual({ '': 3 });
    expect(await ask('n offset 150s')).toEqual({ both: 149, there: 149 });
    expect(await ask(`n @ ${(nowMs - 150_000) / 1000}`)).toEqual({ both: 149, there: 149 });
  },
);

it('asks for what the store has not alone, where recent samples are not to be read', async () => {
  const there = await system('chunks');
  there.store.append([{ labels: { __name__: 'n' }, atMs: nowMs - 100_000, value: 1 }]);
  const remote = open([{ url: there.url }], { oldestMs: nowMs - 60_000 });
  const time = { startMs: nowMs, endMs: nowMs, lookbackMs: 30_000 };
  await remote.open(localStore(), 'n', time, never);
  expect(there.asked).toEqual([]);
  const { queryable } = await remote.open(localStore(), 'count_over_time(n[2m])', time, never);
  expect(there.asked).toHaveLength(1);
  expect([
    ...queryable.select({ matchers: [{ name: '__name__', op: '=', value: 'n' }], fromMs: 0, toMs: nowMs }),
  ]).toHaveLength(1);
});

it('asks by external labels and takes them off again; and only where required matchers are there', async () => {
  const there = await system('chunks');
  there.store.append([
    { labels: { __name__: 'n', cluster: 'eu' }, atMs: nowMs, value: 1 },
    { labels: { __name__: 'n', cluster: 'us' }, atMs: nowMs, value: 2 },
  ]);
  const externalLabels = { cluster: 'eu' };
  const time = { startMs: nowMs, endMs: nowMs };
  const select = async (remote: RemoteRead, query: string) => {
    const { queryable } = await remote.open(localStore(), query, time, never);
    const result = new Engine().instant(queryable, query, nowMs);
    return result.type === 'vector' ? result.samples.map(({ labels }) => labels) : [];
  };
  const remote = open([{ url: there.url, read_recent: true }], { externalLabels });
  expect(await select(remote, 'n')).toEqual([{ __name__: 'n' }]);
  expect(await select(remote, 'n{cluster="us"}')).toEqual([{ __name__: 'n', cluster: 'us' }]);
  const strict = open([{ url: there.url, read_recent: true, required_matchers: { cluster: 'us' } }]);
  expect(await select(strict, 'n')).toEqual([]);
  expect(await select(strict, 'n{cluster="us"}')).toHaveLength(1);
});

it('warns of a system that does not answer, and gives what the others have', async () => {
  const there = await system('chunks');
  there.store.append([{ labels: { __name__: 'n' }, atMs: nowMs, value: 1 }]);
  const broken = await startWebhookServer({ status: 500, body: 'out of memory' });
  const hanging = await startWebhookServer('hang');
  const garbage = createServer((_request, reply) =>
    reply
      .writeHead(200, { 'content-type': 'application/x-streamed-protobuf' })
      .end(Buffer.of(5, 1, 2, 3, 4, 9, 9, 9, 9, 9)),
  );
  await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    broken.close();
    hanging.close();
    garbage.close();
  });
  const remote = open([
    { url: there.url, read_recent: true },
    { url: broken.url, read_recent: true },
    { url: hanging.url, read_recent: true, remote_timeout: '200ms' },
    { url: `http://127.0.0.1:${(garbage.address() as AddressInfo).port}/`, read_recent: true },
  ]);
  const { queryable, warnings } = await remote.open(
    localStore(),
    'n',
    { startMs: nowMs, endMs: nowMs },
    never,
  );
  expect(warnings.map((text) => text.replace(/.*: /, '')).sort()).toEqual([
    'no answer within the time-out',
    'out of memory',
    'the checksum of a frame does not match',
  ]);
  expect([
    ...queryable.select({ matchers: [{ name: '__name__', op: '=', value: 'n' }], fromMs: 0, toMs: nowMs }),
  ]).toHaveLength(1);
});

it('lets rules see what was read a moment ago', async () => {
  const there = await system('chunks');
  const atMs = Date.now();
  there.store.append([{ labels: { __name__: 'n' }, atMs, value: 1 }]);
  const remote = open([{ url: there.url, read_recent: true }], { rules: ['n > 0'] });
  const stop = new AbortController();
  const run = remote.run(stop.signal);
  const view = remote.rulesView(localStore());
  const selection = {
    matchers: [{ name: '__name__', op: '=' as const, value: 'n' }],
    fromMs: atMs - 1000,
    toMs: atMs + 1000,
  };
  for (let i = 0; i < 500 && [...view.select(selection)].length === 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect([...view.select(selection)]).toHaveLength(1);
  stop.abort();
  await run;
});
