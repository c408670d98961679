import { expect, it } from 'vitest';
import { openApi } from '../../../../test/support/prometheus-api.ts';
import type { FloatHistogram } from '../../../model/float-histogram.ts';
import { readProtobuf } from '../../../scrape/read/protobuf.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');

const histogram: FloatHistogram = {
  schema: 1,
  zeroThreshold: 0.25,
  zeroCount: 1,
  count: 6,
  sum: 12.5,
  positiveSpans: [{ offset: -1, length: 2 }],
  negativeSpans: [],
  positiveBuckets: Float64Array.of(2, 3),
  negativeBuckets: new Float64Array(0),
  counterReset: 'unknown',
};

function open(externalLabels = {}) {
  const { app, store } = openApi({ nowMs, source: { externalLabels } });
  const ask = (query: string, headers: Record<string, string> = {}) =>
    app.inject({ url: `/federate${query}`, headers });
  store.append([
    { labels: { __name__: 'b', job: 'x', instance: 'i' }, atMs: nowMs - 1000, value: 1 },
    { labels: { __name__: 'b', job: 'x', instance: 'i' }, atMs: nowMs, value: 2 },
    { labels: { __name__: 'a', text: 'q"u\\o\n' }, atMs: nowMs, value: 1e6 },
    { labels: { __name__: 'old' }, atMs: nowMs - 301_000, value: 1 },
    { labels: { __name__: 'gone' }, atMs: nowMs - 1000, value: 1 },
    { labels: { __name__: 'gone' }, atMs: nowMs, value: 'stale' },
    { labels: { __name__: 'future' }, atMs: nowMs + 1000, value: 1 },
    { labels: { __name__: 'ü.b' }, atMs: nowMs, value: Number.NaN },
    { labels: { __name__: 'h', cluster: 'own' }, atMs: nowMs, value: histogram },
  ]);
  return ask;
}

it('gives the newest samples of what matches as untyped text, with external labels and times', async () => {
  const ask = open({ cluster: 'eu' });
  const reply = await ask('?match[]=b&match[]=%7B__name__!=%22%22%7D');
  expect(reply.headers['content-type']).toBe(
    'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  );
  expect(reply.body).toBe(
    [
      '# TYPE a untyped',
      `a{text="q\\"u\\\\o\\n",cluster="eu",instance=""} 1e+06 ${nowMs}`,
      '# TYPE b untyped',
      `b{instance="i",job="x",cluster="eu"} 2 ${nowMs}`,
      '# TYPE __b untyped',
      `__b{cluster="eu",instance=""} NaN ${nowMs}`,
      '',
    ].join('\n'),
  );
  const quoted = await ask('?match[]=%7B%22%C3%BC.b%22%7D', {
    accept: 'text/plain;version=1.0.0;escaping=allow-utf-8',
  });
  expect(quoted.body).toBe(`# TYPE "ü.b" untyped\n{"ü.b",cluster="eu",instance=""} NaN ${nowMs}\n`);
});

it('gives native histograms to those who take protobuf', async () => {
  const ask = open({ cluster: 'eu' });
  const reply = await ask('?match[]=h&match[]=b', {
    accept:
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;version=0.0.4;q=0.5',
  });
  expect(reply.headers['content-type']).toContain('encoding=delimited');
  const { native, text } = readProtobuf(reply.rawPayload, { native: true, alwaysClassic: false });
  expect(native).toEqual([
    { labels: { __name__: 'h', cluster: 'own', instance: '' }, histogram, atMs: nowMs },
  ]);
  expect(text.toString()).toContain('# TYPE b unknown');
});

it('has nothing to say without a selector, and says what is wrong with one', async () => {
  const ask = open();
  expect((await ask('')).body).toBe('');
  const wrong = await ask('?match[]=%7B');
  expect(wrong.statusCode).toBe(400);
  expect(wrong.headers['content-type']).toContain('text/plain');
});
