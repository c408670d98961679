import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { otlpExample, otlpProtobuf, otlpResponse } from '../../../../test/support/otlp-schema.ts';
import { openApi } from '../../../../test/support/prometheus-api.ts';
import { otlpSchema } from '../../../config/prometheus/otlp-section.ts';
import { BadInputError } from '../../../kit/app-error.ts';
import { VirtualClock } from '../../../kit/clock.ts';
import { silentLogger } from '../../../log/logger.ts';
import { formatLabels } from '../../../model/labels.ts';
import { isStaleAt } from '../../../model/sample.ts';
import { TimeSeriesStore } from '../../../tsdb/store.ts';
import { readOtlpJson } from '../../../wire/otlp/read-json.ts';
import { readOtlpProtobuf } from '../../../wire/otlp/read-protobuf.ts';
import { ReceivedMetadata } from '../remote-write/received-metadata.ts';
import { labelName, metricName } from './names.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const example = otlpExample(nowMs);

function open(written: Record<string, unknown> = {}, isOff = false) {
  const store = new TimeSeriesStore({ clock: new VirtualClock(nowMs), log: silentLogger });
  const metadata = new ReceivedMetadata();
  const settings = otlpSchema.parse(written);
  const otlp = { target: isOff ? undefined : store, metadata, settings: () => settings, now: () => nowMs };
  const { app } = openApi({ nowMs, source: { otlp } });
  const post = (body: Buffer | string, headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/api/v1/otlp/v1/metrics', payload: body, headers });
  const json = (request: object) => post(JSON.stringify(request), { 'content-type': 'application/json' });
  /** `name{…}` → the newest value. */
  const all = () => {
    const found: Record<string, unknown> = {};
    for (const { labels, values, histograms } of store.select({ matchers: [], fromMs: 0, toMs: nowMs + 1 })) {
      const last = values.length - 1;
      found[formatLabels(labels)] = histograms?.[last] ?? (isStaleAt(values, last) ? 'stale' : values[last]);
    }
    return found;
  };
  return { post, json, all, store, metadata };
}

const identity = 'instance="i-1", job="web/shop"';

it.each(['protobuf', 'json', 'gzip'])('takes every kind of metric as %s', async (form) => {
  const { post, json, all, store, metadata } = open({ promote_resource_attributes: ['k8s.pod.name'] });
  const type = { 'content-type': 'application/x-protobuf' };
  const reply =
    form === 'json'
      ? await json(example)
      : form === 'gzip'
        ? await post(gzipSync(otlpProtobuf(example)), { ...type, 'content-encoding': 'gzip' })
        : await post(otlpProtobuf(example), type);
  expect(reply.statusCode).toBe(200);
  const partial =
    form === 'json' ? reply.json().partialSuccess : otlpResponse(reply.rawPayload).partialSuccess;
  expect(partial).toEqual({
    rejectedDataPoints: form === 'json' ? '1' : 1,
    errorMessage: 'delta has delta temporality; let the sender export cumulative values',
  });
  const pod = 'k8s_pod_name="shop-0"';
  const base = `${identity}, ${pod}`;
  const { [`size{${base}}`]: size, [`fine{${base}}`]: fine, ...rest } = all();
  expect(rest).toEqual({
    [`room_temperature_celsius{${base}, key_1st="x", key_one="y", room_name="b;a"}`]: 21.5,
    [`load_ratio{${base}}`]: -7,
    [`http_requests_total{${base}, list="[\\"x\\",1.5]", ok="true"}`]: 12,
    [`sent_bytes_per_second{${base}}`]: 2,
    [`latency_milliseconds_sum{${base}}`]: 12.5,
    [`latency_milliseconds_count{${base}}`]: 6,
    [`latency_milliseconds_bucket{${base}, le="0.5"}`]: 1,
    [`latency_milliseconds_bucket{${base}, le="10"}`]: 3,
    [`latency_milliseconds_bucket{${base}, le="+Inf"}`]: 6,
    [`old_sum{${base}}`]: 8,
    [`old_count{${base}}`]: 4,
    [`old{${base}, quantile="0.5"}`]: 1,
    [`old{${base}, quantile="0.99"}`]: 3,
    [`gone{${base}}`]: 'stale',
    [`target_info{${identity}, ${pod}, replicas="3"}`]: 1,
  });
  expect(size).toMatchObject({
    schema: 1,
    zeroCount: 1,
    count: 11,
    sum: 100,
    positiveSpans: [
      { offset: 0, length: 2 },
      { offset: 4, length: 1 },
    ],
    positiveBuckets: Float64Array.of(1, 2, 3),
    negativeSpans: [{ offset: 3, length: 1 }],
    negativeBuckets: Float64Array.of(4),
  });
  // Scale 10 becomes 8: four buckets are one.
  expect(fine).toMatchObject({
    schema: 8,
    positiveSpans: [{ offset: 0, length: 2 }],
    positiveBuckets: Float64Array.of(6, 4),
  });
  const exemplars = store
    .exemplars([[]], 0, nowMs)
    .map(({ series, exemplars: [one] }) => [series['__name__'], one]);
  expect(exemplars).toContainEqual([
    'http_requests_total',
    {
      labels: { trace_id: '0102030405060708090a0b0c0d0e0f10', span_id: '0102030405060708', user: 'u' },
      value: 1,
      atMs: nowMs,
    },
  ]);
  expect(exemplars.find(([name]) => name === 'latency_milliseconds_bucket')).toBeDefined();
  expect([...metadata].find(({ name }) => name === 'room_temperature_celsius')).toMatchObject({
    type: 'gauge',
    help: 'How warm.',
  });
});

it('promotes all attributes but some, the scope, and makes histograms with custom buckets', async () => {
  const { json, all } = open({
    promote_all_resource_attributes: true,
    ignore_resource_attributes: ['replicas'],
    promote_scope_metadata: true,
    convert_histograms_to_nhcb: true,
    keep_identifying_resource_attributes: true,
    translation_strategy: 'NoTranslation',
  });
  await json(example);
  const names = Object.keys(all());
  expect(names.some((name) => name.includes('{instance="i-1", job="web/shop"'))).toBe(true);
  const found = Object.entries(all()).find(([name]) => name.startsWith('latency{'));
  expect(found?.[1]).toMatchObject({
    schema: -53,
    customValues: [0.5, 10],
    positiveBuckets: Float64Array.of(1, 2, 3),
  });
  for (const label of [
    'otel_scope_name="lib"',
    'otel_scope_version="1.2"',
    'otel_scope_a.b="c"',
    'k8s.pod.name="shop-0"',
  ])
    expect(found?.[0]).toContain(label);
  expect(found?.[0]).not.toContain('replicas');
  expect(names.find((name) => name.startsWith('target_info'))).toContain('service.name="shop"');
});

describe('names', () => {
  const usual = otlpSchema.parse({});
  const by = (translation_strategy: string) => otlpSchema.parse({ translation_strategy });
  const metric = (name: string, unit = '', kind = '') => ({
    name,
    unit,
    isCounter: kind === 'counter',
    isGauge: kind === 'gauge',
  });

  it.each([
    [metric('a.b__c', 's'), 'a_b_c_seconds'],
    [metric('a_seconds', 's'), 'a_seconds'],
    [metric('a', 'By/s', 'counter'), 'a_bytes_per_second_total'],
    [metric('a_total', '', 'counter'), 'a_total'],
    [metric('total_a', '', 'counter'), 'a_total'],
    [metric('a', '{things}/m'), 'a_per_minute'],
    [metric('a', '1', 'gauge'), 'a_ratio'],
    [metric('2nd', ''), '_2nd'],
    [metric('a:b', ''), 'a:b'],
    [metric('a', 'widgets'), 'a_widgets'],
  ])('of %j', (given, name) => {
    expect(metricName(given, usual)).toBe(name);
  });

  it('by strategy', () => {
    const given = metric('ä.b', 's', 'counter');
    expect(metricName(given, by('NoTranslation'))).toBe('ä.b');
    expect(metricName(given, by('NoUTF8EscapingWithSuffixes'))).toBe('ä.b_seconds_total');
    expect(metricName(metric('a.b..c', 's'), by('UnderscoreEscapingWithoutSuffixes'))).toBe('a_b_c');
  });

  it('of labels', () => {
    expect(['a.b', '1a', '_a', '__a', 'a..b', ''].map((name) => labelName(name, usual))).toEqual([
      'a_b',
      'key_1a',
      'key_a',
      '__a',
      'a__b',
      '',
    ]);
    const other = otlpSchema.parse({
      label_name_underscore_sanitization: false,
      label_name_preserve_multiple_underscores: false,
    });
    expect(['_a', 'a..b'].map((name) => labelName(name, other))).toEqual(['_a', 'a_b']);
    expect(labelName('a.b', by('NoTranslation'))).toBe('a.b');
  });
});

it('says what was refused, and that nothing was taken where that is so', async () => {
  const { json } = open();
  expect((await json(example)).statusCode).toBe(200);
  const changed = JSON.parse(JSON.stringify(example).replaceAll('21.5', '22'));
  const reply = await json(changed);
  expect(reply.json().partialSuccess.errorMessage).toContain('another value');
  const late = await json(otlpExample(nowMs + 3_600_000));
  expect(late.statusCode).toBe(400);
  expect(late.body).toContain('in the future');
  expect((await json({})).statusCode).toBe(200);
});

it.each([
  ['x', { 'content-type': 'text/plain' }, 415],
  ['{', { 'content-type': 'application/json' }, 400],
  ['{"resourceMetrics":{}}', { 'content-type': 'application/json' }, 400],
  ['\n\u007fx', { 'content-type': 'application/x-protobuf' }, 400],
  ['xxxx', { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }, 400],
  ['xxxx', { 'content-type': 'application/x-protobuf', 'content-encoding': 'br' }, 400],
])('answers %j with %j by %i', async (body, headers, status) => {
  const reply = await open().post(body, headers as unknown as Record<string, string>);
  expect(reply.statusCode).toBe(status);
});

it('refuses what would unpack to too much', async () => {
  const bomb = gzipSync(Buffer.alloc(80 << 20));
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  expect((await open().post(bomb, headers)).statusCode).toBe(400);
});

it('is not there unless it is turned on', async () => {
  const reply = await open({}, true).json(example);
  expect(reply.statusCode).toBe(404);
  expect(reply.body).toContain('api.otlp_receiver');
});

it('says what is wrong with any other bytes, and never more', () => {
  const check = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(BadInputError);
    }
  };
  const whole = otlpProtobuf(example);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => check(() => readOtlpProtobuf(bytes))));
  for (let length = 0; length < whole.length; length++)
    check(() => readOtlpProtobuf(whole.subarray(0, length)));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      check(() => readOtlpProtobuf(changed));
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.json(), (text) => check(() => readOtlpJson(text))));
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(
        'resourceMetrics',
        'scopeMetrics',
        'metrics',
        'sum',
        'dataPoints',
        'attributes',
        'value',
      ),
      (value, key) => {
        const text = JSON.stringify(example, (own: string, held: unknown) => (own === key ? value : held));
        check(() => readOtlpJson(text));
      },
    ),
  );
});
