import { expect, it } from 'vitest';
import { openApi } from '../../../../test/support/prometheus-api.ts';
import { VirtualClock } from '../../../kit/clock.ts';
import { silentLogger } from '../../../log/logger.ts';
import type { FloatHistogram } from '../../../model/float-histogram.ts';
import { TimeSeriesStore } from '../../../tsdb/store.ts';
import { packSnappy } from '../../../wire/snappy.ts';
import { contentTypes, type WriteMessage, writeMessages } from '../../../wire/write-headers.ts';
import type { RequestBuilder } from '../../../wire/write-request.ts';
import { WriteV1Builder } from '../../../wire/write-v1.ts';
import { WriteV2Builder } from '../../../wire/write-v2.ts';
import { ReceivedMetadata } from './received-metadata.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');

function open(options: { readonly isOff?: boolean; readonly maxSeries?: number } = {}) {
  const clock = new VirtualClock(nowMs);
  const store = new TimeSeriesStore({ clock, log: silentLogger, maxSeries: options.maxSeries ?? 10_000 });
  const metadata = new ReceivedMetadata();
  const target = options.isOff === true ? undefined : store;
  const api = openApi({ nowMs, source: { write: { target, metadata, now: () => clock.now() } } });
  const post = async (body: Buffer, headers: Record<string, string> = {}) =>
    api.app.inject({ method: 'POST', url: '/api/v1/write', payload: body, headers });
  const write = (message: WriteMessage, build: (out: RequestBuilder) => void) => {
    const out = message === 'prometheus.WriteRequest' ? new WriteV1Builder() : new WriteV2Builder(familyOf);
    build(out);
    return post(packSnappy(out.finish()), {
      'content-type': contentTypes[message],
      'content-encoding': 'snappy',
    });
  };
  const all = () =>
    Array.from(
      store.select({ matchers: [], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
      ({ labels, timesMs, values, histograms }) => ({
        labels,
        timesMs: [...timesMs],
        values: [...values],
        ...(histograms === undefined ? {} : { histograms: [...histograms] }),
      }),
    );
  return { post, write, all, metadata, store };
}

const familyOf = () => ({ type: 'counter', help: 'What.', unit: '' });

const named = (name: string, more: readonly string[] = []) => ({ name, pairs: ['__name__', name, ...more] });

function words(value: number): [number, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return [view.getUint32(0), view.getUint32(4)];
}

const histogram: FloatHistogram = {
  schema: -53,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 3,
  sum: 2,
  positiveSpans: [{ offset: 0, length: 2 }],
  negativeSpans: [],
  positiveBuckets: Float64Array.of(1, 2),
  negativeBuckets: new Float64Array(0),
  customValues: [1, 2],
  counterReset: 'unknown',
};

it.each(writeMessages)(
  'takes samples, histograms with custom buckets and exemplars as %s',
  async (message) => {
    const { write, all, store, metadata } = open();
    for (let round = 0; round < 2; round++) {
      const reply = await write(message, (out) => {
        out.sample(named('a', ['job', 'x']), nowMs + round, ...words(round));
        out.sample(named('b'), nowMs + round, ...words(Number.NaN));
        out.histogram(named('h'), nowMs + round, histogram);
        out.exemplar(named('a', ['job', 'x']), { labels: { trace_id: 't' }, value: 1, atMs: nowMs + round });
      });
      expect(reply.statusCode).toBe(204);
      expect(reply.headers).toMatchObject({
        'x-prometheus-remote-write-samples-written': '2',
        'x-prometheus-remote-write-histograms-written': '1',
        'x-prometheus-remote-write-exemplars-written': '1',
      });
    }
    const found = all();
    expect(found.find(({ labels }) => labels['__name__'] === 'a')).toEqual({
      labels: { __name__: 'a', job: 'x' },
      timesMs: [nowMs, nowMs + 1],
      values: [0, 1],
    });
    expect(found.find(({ labels }) => labels['__name__'] === 'h')?.histograms?.[1]).toMatchObject({
      customValues: [1, 2],
      count: 3,
    });
    expect(store.exemplars([[]], 0, nowMs + 10)[0]?.exemplars).toHaveLength(2);
    if (message !== 'prometheus.WriteRequest')
      expect([...metadata].map(({ name }) => name).sort()).toEqual(['a', 'b', 'h']);
  },
);

it('keeps staleness markers', async () => {
  const { write, all, store } = open();
  await write('prometheus.WriteRequest', (out) => out.sample(named('a'), nowMs, 0x7ff00000, 2));
  expect(all()).toHaveLength(1);
  const [series] = store.select({ matchers: [], fromMs: 0, toMs: nowMs });
  const bits = new Uint32Array(
    series?.values.buffer ?? new ArrayBuffer(0),
    series?.values.byteOffset ?? 0,
    2,
  );
  expect([...bits]).toEqual([2, 0x7ff00000]);
});

it.each(writeMessages)('writes what can be written of %s, and says what cannot', async (message) => {
  const { write, all } = open();
  await write(message, (out) => out.sample(named('a'), nowMs, ...words(1)));
  const reply = await write(message, (out) => {
    out.sample(named('a'), nowMs, ...words(2));
    out.sample(named('a'), nowMs - 1, ...words(2));
    out.sample(named('future'), nowMs + 601_000, ...words(2));
    out.sample({ name: '', pairs: ['job', 'x'] }, nowMs, ...words(2));
    out.sample({ name: 'n', pairs: ['__name__', 'n', 'b', '1', 'b', '2'] }, nowMs, ...words(2));
    out.histogram(named('h'), nowMs, { ...histogram, customValues: [2, 1] });
    out.sample(named('good'), nowMs, ...words(3));
  });
  expect(reply.statusCode).toBe(400);
  for (const part of [
    '1 out of order',
    '1 at the time of another sample with another value',
    '1 more than ten minutes in the future',
    '2 of series with invalid labels',
    '1 native histograms that cannot be',
    'written: 1 samples, 0 histograms',
  ])
    expect(reply.body).toContain(part);
  expect(reply.headers['x-prometheus-remote-write-samples-written']).toBe('1');
  expect(all().map(({ labels }) => labels['__name__'])).toContain('good');
});

it('refuses series beyond the limit, and goes on with those that it has', async () => {
  const { write } = open({ maxSeries: 1000 });
  const fill = await write('prometheus.WriteRequest', (out) => {
    for (let i = 0; i < 1005; i++) out.sample(named('n', ['i', String(i)]), nowMs, ...words(i));
  });
  expect(fill.statusCode).toBe(400);
  expect(fill.body).toContain('5 of new series');
  const again = await write('prometheus.WriteRequest', (out) =>
    out.sample(named('n', ['i', '0']), nowMs + 1, ...words(1)),
  );
  expect(again.statusCode).toBe(204);
});

it('takes a request with more series than fit a slice', async () => {
  const { write, all } = open();
  for (const message of writeMessages)
    expect(
      (
        await write(message, (out) => {
          for (let i = 0; i < 9500; i++) out.sample(named('n', ['i', String(i)]), nowMs + 1, ...words(i));
        })
      ).statusCode,
    ).toBe(204);
  expect(all()).toHaveLength(9500);
});

it.each([
  [{ 'content-type': 'application/json' }, Buffer.from('{}'), 415],
  [{ 'content-type': 'application/x-protobuf;proto=nothing' }, Buffer.from('x'), 415],
  [{ 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }, Buffer.from('x'), 415],
  [{ 'content-type': 'application/x-protobuf' }, Buffer.from('not snappy'), 400],
  [{ 'content-type': 'application/x-protobuf' }, packSnappy(Buffer.from('not protobuf')), 400],
  [{ 'content-type': 'application/x-protobuf' }, Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0), 400],
])('answers %j with %j by status %i', async (headers, body, status) => {
  const reply = await open().post(body, headers as unknown as Record<string, string>);
  expect(reply.statusCode).toBe(status);
  expect(reply.headers['content-type']).toContain('text/plain');
});

it('is not there unless it is turned on', async () => {
  const { write } = open({ isOff: true });
  const reply = await write('prometheus.WriteRequest', (out) => out.sample(named('a'), nowMs, ...words(1)));
  expect(reply.statusCode).toBe(404);
  expect(reply.body).toContain('api.remote_write_receiver');
});
