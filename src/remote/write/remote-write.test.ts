import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startWriteReceiver, type WriteReceiver } from '../../../test/support/write-receiver.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import { TimeSeriesStore } from '../../tsdb/store.ts';
import { remoteWriteSchema } from '../config/remote-write-config.ts';
import { RemoteWrite } from './remote-write.ts';

const quick = { batch_send_deadline: '20ms', min_backoff: '10ms', max_backoff: '50ms' };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'remote-write-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function openStore(dir: string): TimeSeriesStore {
  return new TimeSeriesStore({ dir: join(dir, 'tsdb'), clock: systemClock, log: silentLogger });
}

interface Sender {
  readonly remote: RemoteWrite;
  stop(): Promise<void>;
}

function send(dir: string, written: readonly Record<string, unknown>[], external = {}): Sender {
  const remote = new RemoteWrite({
    clock: systemClock,
    log: silentLogger,
    tsdbDir: join(dir, 'tsdb'),
    dir: join(dir, 'remote-write'),
    retentionMs: 86_400_000,
    metadata: () => [{ name: 'n', type: 'counter', help: 'What it counts.', unit: 'seconds' }],
  });
  const stop = new AbortController();
  remote.load(configs(written), external);
  const run = remote.run(stop.signal);
  let isStopped = false;
  const end = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    stop.abort();
    await run;
  };
  onTestFinished(end);
  return { remote, stop: end };
}

function configs(written: readonly Record<string, unknown>[]) {
  return written.map((one) => remoteWriteSchema.parse({ queue_config: quick, ...one }));
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1500 && !condition(); i++) await pause(20);
  expect(condition()).toBe(true);
}

async function receiver(...given: Parameters<typeof startWriteReceiver>): Promise<WriteReceiver> {
  const started = await startWriteReceiver(...given);
  onTestFinished(() => started.close());
  return started;
}

const total = (from: WriteReceiver): number =>
  [...from.samples().values()].reduce((sum, values) => sum + values.size, 0);

const startMs = Date.now() - 60_000;

/** Ten series, a second apart. */
function append(store: TimeSeriesStore, from: number, to: number): void {
  for (let at = from; at < to; at++)
    store.append(
      Array.from({ length: 10 }, (_, i) => ({
        labels: { __name__: 'n', i: String(i) },
        atMs: startMs + at,
        value: at * 10 + i,
      })),
    );
}

const histogram: FloatHistogram = {
  schema: 1,
  zeroThreshold: 0.001,
  zeroCount: 1,
  count: 6,
  sum: 12.5,
  positiveSpans: [{ offset: 0, length: 2 }],
  negativeSpans: [],
  positiveBuckets: Float64Array.of(2, 3),
  negativeBuckets: new Float64Array(0),
  counterReset: 'unknown',
};

it.each(['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'])(
  'sends floats, markers, histograms and exemplars with external labels, relabelled, as %s',
  async (message) => {
    const dir = folder();
    const store = openStore(dir);
    onTestFinished(() => store.close());
    const to = await receiver();
    send(
      dir,
      [
        {
          url: to.url,
          name: 'there',
          protobuf_message: message,
          send_exemplars: true,
          send_native_histograms: true,
          headers: { 'X-Tenant': 'a' },
          basic_auth: { username: 'u', password: 'p' },
          write_relabel_configs: [
            { source_labels: ['__name__'], regex: 'secret_.*', action: 'drop' },
            { source_labels: ['i'], target_label: 'copy' },
          ],
        },
      ],
      { cluster: 'eu', i: 'external' },
    );
    await pause(50);
    store.append([
      { labels: { __name__: 'n', i: '1' }, atMs: startMs, value: 1.5 },
      { labels: { __name__: 'secret_n' }, atMs: startMs, value: 1 },
      { labels: { __name__: 'h' }, atMs: startMs, value: histogram },
      { labels: { __name__: 'ü"\n', i: '2' }, atMs: startMs, value: Number.NaN },
    ]);
    store.appendExemplars([
      {
        series: { __name__: 'n', i: '1' },
        exemplar: { labels: { trace_id: 't' }, value: 3, atMs: startMs },
      },
    ]);
    store.append([{ labels: { __name__: 'n', i: '1' }, atMs: startMs + 1, value: 'stale' }]);
    const all = () => to.taken.flatMap(({ series }) => series);
    await until(() => all().length >= 5);
    const own = all().filter(({ labels }) => labels['__name__'] === 'n');
    expect(own.every(({ labels }) => labels['cluster'] === 'eu' && labels['copy'] === '1')).toBe(true);
    expect(own.flatMap(({ samples }) => samples)).toEqual([
      { atMs: startMs, value: 1.5, isStale: false },
      { atMs: startMs + 1, value: Number.NaN, isStale: true },
    ]);
    expect(own.flatMap(({ exemplars }) => exemplars)).toEqual([
      { labels: { trace_id: 't' }, value: 3, atMs: startMs },
    ]);
    const others = all().filter(({ labels }) => labels['__name__'] !== 'n');
    expect(others.map(({ labels }) => labels)).toEqual([
      { __name__: 'ü"\n', cluster: 'eu', i: '2', copy: '2' },
      { __name__: 'h', cluster: 'eu', i: 'external', copy: 'external' },
    ]);
    expect(others[1]?.histograms).toEqual([{ atMs: startMs, value: histogram }]);
    const [request] = to.requests;
    expect(request?.headers).toMatchObject({
      'content-encoding': 'snappy',
      'x-tenant': 'a',
      authorization: 'Basic dTpw',
      'x-prometheus-remote-write-version': message === 'prometheus.WriteRequest' ? '0.1.0' : '2.0.0',
    });
    if (message !== 'prometheus.WriteRequest')
      expect(own[0]?.metadata).toEqual({ type: 'counter', help: 'What it counts.', unit: 'seconds' });
  },
);

it('tries again while the receiver is away, waits as long as it says, and loses nothing', async () => {
  const dir = folder();
  const store = openStore(dir);
  onTestFinished(() => store.close());
  const timesMs: number[] = [];
  const to = await receiver((_request, count) => {
    timesMs.push(performance.now());
    if (count <= 2) return { status: 503, body: 'not now' };
    if (count === 3) return { status: 429, headers: { 'retry-after': '1' } };
    return { status: 204 };
  });
  const { remote } = send(dir, [{ url: to.url, queue_config: { ...quick, retry_on_http_429: true } }]);
  await pause(50);
  append(store, 0, 50);
  await until(() => total(to) === 500);
  expect((timesMs[3] ?? 0) - (timesMs[2] ?? 0)).toBeGreaterThanOrEqual(900);
  expect(to.requests[1]?.headers['retry-attempt']).toBe('1');
  await until(() => remote.status()[0]?.state === 'ok' && remote.status()[0]?.pending === 0);
  expect(remote.status()[0]).toMatchObject({ sent: 500, failed: 0 });
  expect(remote.status()[0]?.retried).toBeGreaterThan(0);
  await until(() => remote.status()[0]?.waitingBytes === 0);
});

it('gives up what is refused, counts it, and goes on', async () => {
  const dir = folder();
  const store = openStore(dir);
  onTestFinished(() => store.close());
  const to = await receiver((_request, count) =>
    count === 1 ? { status: 400, body: 'no such tenant' } : { status: 204 },
  );
  const { remote } = send(dir, [{ url: to.url }]);
  await pause(50);
  append(store, 0, 1);
  await until(() => remote.status()[0]?.failed === 10);
  expect(remote.status()[0]).toMatchObject({ state: 'failing', problem: 'HTTP 400: no such tenant' });
  append(store, 1, 2);
  await until(() => total(to) === 10);
  const families = remote.metrics();
  const value = (name: string) =>
    families.find((family) => family.name === `prometheus_remote_storage_${name}`)?.samples[0]?.value;
  expect(value('samples_failed_total')).toBe(10);
  expect(value('samples_total')).toBe(20);
});

it('refuses to believe a receiver of version 1 that version 2 was written', async () => {
  const dir = folder();
  const store = openStore(dir);
  onTestFinished(() => store.close());
  const to = await receiver(() => ({
    status: 204,
    headers: {
      'x-prometheus-remote-write-samples-written': '',
    },
  }));
  const { remote } = send(dir, [{ url: to.url, protobuf_message: 'io.prometheus.write.v2.Request' }]);
  await pause(50);
  append(store, 0, 1);
  await until(() => remote.status()[0]?.failed === 10);
});

it('goes on where it was after a restart of ours in an outage of theirs, over blocks and checkpoints', async () => {
  const dir = folder();
  const away = await receiver(() => ({ status: 500 }));
  const port = Number(new URL(away.url).port);
  let store = openStore(dir);
  const first = send(dir, [{ url: away.url }]);
  await pause(50);
  append(store, 0, 20);
  await until(() => away.requests.length > 0);
  await first.stop();
  store.close();
  away.close();

  // The store moves on without us: the log's segments are dropped for a checkpoint.
  const time = { nowMs: Date.now() };
  const clock = { now: () => time.nowMs, timer: () => () => {} };
  const ahead = new TimeSeriesStore({ dir: join(dir, 'tsdb'), clock, log: silentLogger });
  const link = send(dir, [{ url: away.url }]);
  await until(() => existsSync(join(dir, 'remote-write', 'wal')));
  time.nowMs += 5 * 3_600_000;
  for (let i = 0; i < 5 * 60; i++)
    ahead.append([{ labels: { __name__: 'later' }, atMs: startMs + 60_000 * (i + 1), value: i }]);
  const newest =
    readdirSync(join(dir, 'tsdb', 'wal'))
      .filter((name) => /^\d+$/.test(name))
      .sort()
      .at(-1) ?? '';
  await until(() => existsSync(join(dir, 'remote-write', 'wal', newest)));
  await ahead.enforceRetention();
  expect(readdirSync(join(dir, 'tsdb', 'wal')).some((name) => name.startsWith('checkpoint'))).toBe(true);
  await link.stop();
  ahead.close();

  store = openStore(dir);
  onTestFinished(() => store.close());
  const back = await receiver(undefined, port);
  const { remote } = send(dir, [{ url: away.url }]);
  await until(() => total(back) === 200 + 300);
  await until(() => remote.status()[0]?.waitingBytes === 0);
  for (const [key, values] of back.samples())
    if (key.includes('"n"'))
      expect([...values.keys()].sort()).toEqual(Array.from({ length: 20 }, (_, i) => startMs + i));
}, 60_000);

it('takes a refused request apart after a restart, so that what was sent before costs only itself', async () => {
  const dir = folder();
  let store = openStore(dir);
  const have = new Map<string, number>();
  /** As Prometheus: all of a request, or nothing where one sample of it is older than what is there. */
  const to = await receiver(({ series }) => {
    const seen = new Map(have);
    for (const { labels, samples } of series) {
      const key = JSON.stringify(labels);
      for (const { atMs } of samples) {
        if (atMs <= (seen.get(key) ?? 0)) return { status: 400, body: 'out of order sample' };
        seen.set(key, atMs);
      }
    }
    for (const [key, atMs] of seen) have.set(key, atMs);
    return { status: 204 };
  });
  const first = send(dir, [{ url: to.url }]);
  await pause(50);
  append(store, 0, 5);
  await until(() => total(to) === 50);
  await first.stop();
  append(store, 5, 8);
  store.close();
  // As if the process had been killed before it could keep its position.
  const file = readdirSync(join(dir, 'remote-write')).find((name) => name.endsWith('.position')) ?? '';
  const { PositionFile } = await import('./position-file.ts');
  const position = new PositionFile(join(dir, 'remote-write', file));
  position.write({ segment: 0, offset: 0 });
  position.close();
  store = openStore(dir);
  onTestFinished(() => store.close());
  send(dir, [{ url: to.url }]);
  await until(() => total(to) === 80);
}, 60_000);

it('changes settings without losing its place, and forgets a queue that is gone', async () => {
  const dir = folder();
  const store = openStore(dir);
  onTestFinished(() => store.close());
  // Nothing of the settings before is taken, whenever it comes.
  const to = await receiver(({ series }) => ({
    status: series.every(({ labels }) => labels['new'] === 'x') ? 204 : 503,
  }));
  const { remote } = send(dir, [{ url: to.url }]);
  await pause(50);
  append(store, 0, 10);
  await until(() => to.requests.length > 0);
  remote.load(
    configs([{ url: to.url, write_relabel_configs: [{ target_label: 'new', replacement: 'x' }] }]),
    {},
  );
  await until(() => total(to) === 100);
  expect([...to.samples().keys()].every((key) => key.includes('"new"'))).toBe(true);
  remote.load([], {});
  expect(remote.status()).toEqual([]);
  expect(readdirSync(join(dir, 'remote-write')).filter((name) => name.endsWith('.position'))).toEqual([]);
});

it('says which ways of signing it has not', () => {
  const remote = send(folder(), [{ url: 'http://127.0.0.1:1', azuread: {} }]).remote;
  expect(remote.status()[0]).toMatchObject({ state: 'stopped', problem: expect.stringContaining('azuread') });
});
