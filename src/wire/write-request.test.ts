import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { readWriteRequest } from '../../test/support/write-receiver.ts';
import { BadInputError } from '../kit/app-error.ts';
import type { FloatHistogram } from '../model/float-histogram.ts';
import { ProtoReader } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import { packSnappy, unpackSnappy } from './snappy.ts';
import { messageOfType } from './write-headers.ts';
import type { SentSeries } from './write-request.ts';
import { WriteV1Builder } from './write-v1.ts';
import { WriteV2Builder } from './write-v2.ts';

/** The messages as their specifications describe them, read by a general reader. */
const histogram = `message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Histogram { oneof c { uint64 count_int = 1; double count_float = 2; } double sum = 3; sint32 schema = 4;
  double zero_threshold = 5; oneof z { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9; repeated double negative_counts = 10;
  repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
  int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16; }`;
const v1 = protobuf.parse(`syntax = "proto3"; package v1; ${histogram}
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3; repeated Histogram histograms = 4; }
message WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }`).root;
const v2 = protobuf.parse(`syntax = "proto3"; package v2; ${histogram}
message Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
message Exemplar { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
message Metadata { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
message TimeSeries { repeated uint32 labels_refs = 1; repeated Sample samples = 2; repeated Histogram histograms = 3; repeated Exemplar exemplars = 4; Metadata metadata = 5; int64 created_timestamp = 6; }
message Request { repeated string symbols = 4; repeated TimeSeries timeseries = 5; }`).root;

// biome-ignore lint/suspicious/noExplicitAny: a general reader gives general objects
function general(root: protobuf.Root, name: string, bytes: Uint8Array): any {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: Number });
}

function encoded(root: protobuf.Root, name: string, value: object): Uint8Array {
  const type = root.lookupType(name);
  return type.encode(type.fromObject(value)).finish();
}

const series: SentSeries = { name: 'n', pairs: ['__name__', 'n', 'job', 'jöb'] };
const native: FloatHistogram = {
  schema: -53,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 7,
  sum: -1.5,
  positiveSpans: [
    { offset: 0, length: 2 },
    { offset: 1, length: 1 },
  ],
  negativeSpans: [],
  positiveBuckets: Float64Array.of(4, 1, 2),
  negativeBuckets: new Float64Array(0),
  customValues: [0.5, 1, 2],
  counterReset: 'gauge',
};

function words(value: number): [high: number, low: number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return [view.getUint32(0), view.getUint32(4)];
}

describe('version 1', () => {
  it('has the fields of its specification', () => {
    const out = new WriteV1Builder();
    out.sample(series, 1_700_000_000_123, ...words(2.5));
    out.sample(series, -5, ...words(-0));
    out.histogram(series, 7, native);
    out.exemplar(series, { labels: { trace_id: 'x' }, value: 1, atMs: 9 });
    out.family({ name: 'n', type: 'summary', help: 'What.', unit: 'bytes' });
    const labels = [
      { name: '__name__', value: 'n' },
      { name: 'job', value: 'jöb' },
    ];
    expect(general(v1, 'v1.WriteRequest', out.finish())).toEqual({
      timeseries: [
        { labels, samples: [{ value: 2.5, timestamp: 1_700_000_000_123 }] },
        { labels, samples: [{ value: -0, timestamp: -5 }] },
        {
          labels,
          histograms: [
            {
              countInt: 7,
              sum: -1.5,
              schema: -53,
              zeroCountInt: 0,
              positiveSpans: [
                // A general reader leaves out zeros, which are not written by others.
                { length: 2 },
                { offset: 1, length: 1 },
              ],
              positiveDeltas: [4, -3, 1],
              resetHint: 3,
              timestamp: 7,
              customValues: [0.5, 1, 2],
            },
          ],
        },
        { labels, exemplars: [{ labels: [{ name: 'trace_id', value: 'x' }], value: 1, timestamp: 9 }] },
      ],
      metadata: [{ type: 5, metricFamilyName: 'n', help: 'What.', unit: 'bytes' }],
    });
    expect(out.finish().length).toBe(0);
  });

  it('is read wherever the labels of a series stand, and whatever else there is', () => {
    const label = (name: string, value: string) => encoded(v1, 'v1.Label', { name, value });
    const out = new ProtoWriter();
    const start = out.begin(0x0a);
    out.raw(0x0a, label('__name__', 'n'));
    out.raw(0x12, encoded(v1, 'v1.Sample', { value: 3, timestamp: 4 }));
    out.raw(0x0a, label('a', 'b'));
    out.uint32(0xf8, 1);
    out.end(start);
    expect(readWriteRequest(out.written(), 'prometheus.WriteRequest').series).toMatchObject([
      { labels: { __name__: 'n', a: 'b' }, samples: [{ atMs: 4, value: 3 }] },
    ]);
  });
});

describe('version 2', () => {
  it('has the fields of its specification, and each text once', () => {
    const out = new WriteV2Builder((name) => ({ type: 'counter', help: `Help of ${name}.`, unit: '' }));
    out.sample(series, 5, ...words(1));
    out.exemplar(series, { labels: { job: 'n' }, value: 1, atMs: 9 });
    const request = general(v2, 'v2.Request', out.finish());
    expect(request.symbols).toEqual(['', '__name__', 'n', 'job', 'jöb', 'Help of n.']);
    const metadata = { type: 1, helpRef: 5 };
    expect(request.timeseries).toEqual([
      { labelsRefs: [1, 2, 3, 4], samples: [{ value: 1, timestamp: 5 }], metadata },
      { labelsRefs: [1, 2, 3, 4], exemplars: [{ labelsRefs: [3, 2], value: 1, timestamp: 9 }], metadata },
    ]);
  });

  it('is read with start times that we do not keep, and symbols after the series', () => {
    const request = encoded(v2, 'v2.Request', {
      symbols: ['', '__name__', 'n'],
      timeseries: [
        {
          labelsRefs: [1, 2],
          createdTimestamp: 3,
          samples: [{ value: 8, timestamp: 4, startTimestamp: 2 }],
          metadata: { type: 2 },
        },
      ],
    });
    expect(readWriteRequest(request, 'io.prometheus.write.v2.Request').series).toMatchObject([
      { labels: { __name__: 'n' }, samples: [{ atMs: 4, value: 8 }], metadata: { type: 'gauge' } },
    ]);
  });

  it.each([
    [{ symbols: ['x'], timeseries: [] }, 'the first symbol must be empty'],
    [{ symbols: ['', 'a'], timeseries: [{ labelsRefs: [1, 7] }] }, 'there is no symbol 7'],
    [{ symbols: ['', 'a'], timeseries: [{ labelsRefs: [1] }] }, 'not pairs'],
    [{ symbols: ['', 'a'], timeseries: [{ labelsRefs: [1, 1, 1, 1] }] }, 'there twice'],
  ])('refuses %j', (request, problem) => {
    expect(() =>
      readWriteRequest(encoded(v2, 'v2.Request', request), 'io.prometheus.write.v2.Request'),
    ).toThrow(problem);
  });
});

const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter((one) => Buffer.from(one).toString() === one && one !== '__proto__');
const sent = fc
  .dictionary(text, text, { maxKeys: 6 })
  .map((labels): SentSeries & { labels: Record<string, string> } => {
    const all: Record<string, string> = { ...labels, __name__: 'n' };
    return { name: 'n', labels: all, pairs: Object.entries(all).flat() };
  });
const values = fc.array(fc.tuple(sent, fc.double(), fc.integer({ min: -(2 ** 50), max: 2 ** 50 })), {
  maxLength: 20,
});

describe.each([
  ['prometheus.WriteRequest', WriteV1Builder],
  ['io.prometheus.write.v2.Request', WriteV2Builder],
] as const)('%s', (message, Builder) => {
  it('gives what was put in', () => {
    fc.assert(
      fc.property(values, (given) => {
        const out = new Builder();
        for (const [one, value, atMs] of given) out.sample(one, atMs, ...words(value));
        const found = readWriteRequest(out.finish(), message).series;
        expect(found.map(({ labels }) => labels)).toEqual(given.map(([{ labels }]) => labels));
        expect(found.map(({ samples: [sample] }) => [sample?.value, sample?.atMs])).toEqual(
          given.map(([, value, atMs]) => [value, atMs]),
        );
      }),
    );
  });

  it('says what is wrong with any other bytes, and never more', () => {
    const good = (): Buffer => {
      const out = new Builder();
      out.sample(series, 5, ...words(1));
      out.histogram(series, 7, native);
      out.exemplar(series, { labels: { a: 'b' }, value: 1, atMs: 9 });
      return Buffer.from(out.finish());
    };
    const check = (bytes: Uint8Array): void => {
      try {
        readWriteRequest(bytes, message);
      } catch (error) {
        if (!(error instanceof BadInputError) && !/^(?:histogram|exemplar): /.test((error as Error).message))
          throw error;
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), check));
    const whole = good();
    for (let length = 0; length < whole.length; length++) check(whole.subarray(0, length));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const changed = good();
        changed[at] = byte;
        check(changed);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('numbers', () => {
  it('of 64 bits come back, up to what a double holds', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        const out = new ProtoWriter();
        out.int64(0x08, number);
        out.sint64(0x10, number);
        const reader = new ProtoReader(out.written());
        reader.tag();
        expect(reader.int64()).toBe(number);
        reader.tag();
        // Zigzag doubles, and a double has 53 bits.
        if (Math.abs(number) < 2 ** 51) expect(reader.sint64()).toBe(number);
      }),
    );
  });
});

describe('snappy', () => {
  it('is undone, and never unpacks to more than it may', () => {
    const bytes = Buffer.alloc(100_000, 'abc');
    const packed = packSnappy(bytes);
    expect(packed.length).toBeLessThan(10_000);
    expect(unpackSnappy(packed, 100_000).equals(bytes)).toBe(true);
    expect(() => unpackSnappy(packed, 99_999)).toThrow(BadInputError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
        try {
          unpackSnappy(Buffer.from(random), 1000);
        } catch (error) {
          expect(error).toBeInstanceOf(BadInputError);
        }
      }),
    );
  });
});

it.each([
  ['', 'prometheus.WriteRequest'],
  ['application/x-protobuf', 'prometheus.WriteRequest'],
  ['application/x-protobuf;proto=prometheus.WriteRequest', 'prometheus.WriteRequest'],
  ['application/x-protobuf; proto=io.prometheus.write.v2.Request', 'io.prometheus.write.v2.Request'],
  ['application/x-protobuf;proto=other', undefined],
  ['application/json', undefined],
])('takes the content type "%s" for %s', (type, message) => {
  expect(messageOfType(type)).toBe(message);
});
