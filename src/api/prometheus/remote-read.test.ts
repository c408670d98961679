import protobuf from 'protobufjs';
import snappy from 'snappyjs';
import { expect, it } from 'vitest';
import { openApi } from '../../../test/support/prometheus-api.ts';
import { encodeChunks } from '../../roles/prometheus-source.ts';
import { crc32c } from '../../tsdb/crc32c.ts';

/** The messages as their documents describe them, read by a general reader. */
const schema = protobuf.parse(`syntax = "proto3"; package prometheus;
message LabelMatcher { int32 type = 1; string name = 2; string value = 3; }
message Query { int64 start_timestamp_ms = 1; int64 end_timestamp_ms = 2; repeated LabelMatcher matchers = 3; }
message ReadRequest { repeated Query queries = 1; repeated int32 accepted_response_types = 2; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Histogram { oneof c { uint64 count_int = 1; double count_float = 2; } double sum = 3; sint32 schema = 4;
  double zero_threshold = 5; oneof z { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9; repeated double negative_counts = 10;
  repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
  int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 4; }
message QueryResult { repeated TimeSeries timeseries = 1; }
message ReadResponse { repeated QueryResult results = 1; }
message Chunk { int64 min_time_ms = 1; int64 max_time_ms = 2; int32 type = 3; bytes data = 4; }
message ChunkedSeries { repeated Label labels = 1; repeated Chunk chunks = 2; }
message ChunkedReadResponse { repeated ChunkedSeries chunked_series = 1; int64 query_index = 2; }`).root;

const nowMs = Date.parse('2026-03-01T12:00:00Z');

function bodyOf(request: object): Buffer {
  const type = schema.lookupType('prometheus.ReadRequest');
  return Buffer.from(snappy.compress(type.encode(type.fromObject(request)).finish()));
}

// biome-ignore lint/suspicious/noExplicitAny: a general reader gives general objects
function read(name: string, bytes: Uint8Array): any {
  const type = schema.lookupType(`prometheus.${name}`);
  return type.toObject(type.decode(bytes), { longs: Number, bytes: Uint8Array });
}

function open() {
  const api = openApi({ nowMs, source: { externalLabels: { cluster: 'c1' } } });
  for (let i = 0; i < 150; i++) {
    const atMs = nowMs - (149 - i) * 1000;
    api.store.append([
      { labels: { __name__: 'up', job: 'b' }, atMs, value: i },
      { labels: { __name__: 'up', job: 'a' }, atMs, value: i / 2 },
    ]);
  }
  const ask = (request: object) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/read',
      payload: bodyOf(request),
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    });
  return { ...api, ask };
}

const query = {
  start_timestamp_ms: nowMs - 149_000,
  end_timestamp_ms: nowMs,
  matchers: [
    { type: 0, name: '__name__', value: 'up' },
    { type: 0, name: 'cluster', value: 'c1' },
    { type: 2, name: 'job', value: 'a|b' },
  ],
};
/** `fromObject` takes names in camel case. */
const wire = (one: typeof query) => ({
  startTimestampMs: one.start_timestamp_ms,
  endTimestampMs: one.end_timestamp_ms,
  matchers: one.matchers,
});

it('answers with samples, in order of labels, with the external labels', async () => {
  const { ask } = open();
  const reply = await ask({
    queries: [wire(query), wire({ ...query, matchers: [{ type: 0, name: 'job', value: 'b' }] })],
  });
  expect([reply.statusCode, reply.headers['content-type'], reply.headers['content-encoding']]).toEqual([
    200,
    'application/x-protobuf',
    'snappy',
  ]);
  const { results } = read('ReadResponse', snappy.uncompress(reply.rawPayload));
  expect(results).toHaveLength(2);
  const [first, second] = results[0].timeseries;
  expect(first.labels).toEqual([
    { name: '__name__', value: 'up' },
    { name: 'cluster', value: 'c1' },
    { name: 'job', value: 'a' },
  ]);
  expect(first.samples).toHaveLength(150);
  expect(first.samples[149]).toEqual({ value: 74.5, timestamp: nowMs });
  expect(second.samples[1]).toEqual({ value: 1, timestamp: nowMs - 148_000 });
  expect(results[1].timeseries).toHaveLength(1);
});

it('answers with chunks, framed and with checksums', async () => {
  const { ask } = open();
  const reply = await ask({ queries: [wire(query)], acceptedResponseTypes: [1, 0] });
  expect(reply.headers['content-type']).toBe(
    'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse',
  );
  const frames = [...framesOf(reply.rawPayload)].map((bytes) => read('ChunkedReadResponse', bytes));
  expect(frames).toHaveLength(2);
  const [series] = frames[1].chunkedSeries;
  expect(series.labels.at(-1)).toEqual({ name: 'job', value: 'b' });
  const times = Array.from({ length: 150 }, (_, i) => nowMs - (149 - i) * 1000);
  const made = encodeChunks({
    labels: {},
    timesMs: Float64Array.from(times),
    values: Float64Array.from(times, (_, i) => i),
  });
  expect(
    series.chunks.map(({ type, data }: { type: number; data: Uint8Array }) => ({ type, data: [...data] })),
  ).toEqual(made.map(({ data }) => ({ type: 1, data: [...data] })));
});

function* framesOf(body: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < body.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body[at++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const message = body.subarray(at + 4, at + 4 + length);
    expect(body.readUInt32BE(at)).toBe(crc32c(message) >>> 0);
    yield message;
    at += 4 + length;
  }
}

it('writes native histograms', async () => {
  const { app } = openApi({
    nowMs,
    store: {
      *select() {
        yield {
          labels: { __name__: 'h' },
          timesMs: Float64Array.of(1000, 2000),
          values: Float64Array.of(Number.NaN, 3),
          histograms: [
            {
              schema: -53,
              zeroThreshold: 0,
              zeroCount: 0,
              count: 3,
              sum: 4.5,
              positiveSpans: [{ offset: 0, length: 2 }],
              negativeSpans: [],
              positiveBuckets: Float64Array.of(1, 2),
              negativeBuckets: new Float64Array(0),
              customValues: [1, 5],
              counterReset: 'gauge',
            },
            undefined,
          ],
        };
      },
    },
  });
  const reply = await app.inject({
    method: 'POST',
    url: '/api/v1/read',
    payload: bodyOf({ queries: [wire(query)] }),
  });
  const [series] = read('ReadResponse', snappy.uncompress(reply.rawPayload)).results[0].timeseries;
  expect(series.samples).toEqual([{ value: 3, timestamp: 2000 }]);
  expect(series.histograms).toEqual([
    // The general reader leaves out what is 0.
    {
      countFloat: 3,
      zeroCountFloat: 0,
      sum: 4.5,
      schema: -53,
      positiveSpans: [{ length: 2 }],
      positiveCounts: [1, 2],
      customValues: [1, 5],
      resetHint: 3,
      timestamp: 1000,
    },
  ]);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['what is not snappy', Buffer.from('hello, world')],
  ['what is no message', Buffer.from(snappy.compress(Buffer.from([0x0a, 0xff, 0xff])))],
])('refuses %s', async (_, payload) => {
  const { app } = open();
  const reply = await app.inject({ method: 'POST', url: '/api/v1/read', payload });
  expect([reply.statusCode, reply.json().errorType]).toEqual([400, 'bad_data']);
});
