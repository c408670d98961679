import protobuf from 'protobufjs/minimal.js';
import { expect, it } from 'vitest';
import { ScrapeError } from './body-reader.ts';
import { readProtobuf } from './protobuf.ts';

const { Writer } = protobuf;
type Writer = protobuf.Writer;

/** A field that holds a message. */
function inner(writer: Writer, field: number, fill: (writer: Writer) => void): Writer {
  const sub = Writer.create();
  fill(sub);
  return writer.uint32((field << 3) | 2).bytes(sub.finish());
}

const text = (writer: Writer, field: number, value: string) => writer.uint32((field << 3) | 2).string(value);
const double = (writer: Writer, field: number, value: number) =>
  writer.uint32((field << 3) | 1).double(value);
const whole = (writer: Writer, field: number, value: number) => writer.uint32(field << 3).uint64(value);

function family(name: string, type: number, metrics: readonly ((writer: Writer) => void)[]): Buffer {
  const writer = Writer.create();
  text(writer, 1, name);
  text(writer, 2, 'Help "it"\nhere.');
  writer.uint32(3 << 3).int32(type);
  for (const metric of metrics) inner(writer, 4, metric);
  const bytes = writer.finish();
  return Buffer.concat([Writer.create().uint32(bytes.length).finish(), bytes]);
}

function pair(writer: Writer, name: string, value: string): void {
  inner(writer, 1, (label) => {
    text(label, 1, name);
    text(label, 2, value);
  });
}

const histogram = (writer: Writer): void => {
  pair(writer, 'path', 'a"b');
  inner(writer, 7, (h) => {
    whole(h, 1, 6);
    double(h, 2, 12.5);
    inner(h, 3, (bucket) => {
      whole(bucket, 1, 4);
      double(bucket, 2, 1);
      inner(bucket, 3, (exemplar) => {
        pair(exemplar, 'trace_id', 'x');
        double(exemplar, 2, 0.5);
        inner(exemplar, 3, (time) => whole(time, 1, 1_700_000_000));
      });
    });
    h.uint32(5 << 3).sint32(3);
    double(h, 6, 0.001);
    whole(h, 7, 1);
    inner(h, 12, (span) => {
      span.uint32(1 << 3).sint32(-2);
      span.uint32(2 << 3).uint32(3);
    });
    // Packed: 2, 2 - 1, 1 + 1.
    inner(h, 13, (deltas) => deltas.sint64(2).sint64(-1).sint64(1));
  });
};

it('reads counters, summaries and classic histograms as OpenMetrics text', () => {
  const body = Buffer.concat([
    family('c_total', 0, [
      (m) => (pair(m, 'a', 'b'), inner(m, 3, (v) => double(v, 1, 5)), whole(m, 6, 1500)),
    ]),
    family('s', 2, [
      (m) =>
        inner(m, 4, (s) => {
          whole(s, 1, 3);
          double(s, 2, 1.5);
          inner(s, 3, (q) => double(double(q, 1, 0.5), 2, 0.25));
        }),
    ]),
    family('h', 4, [histogram]),
  ]);
  const { text: read, native } = readProtobuf(body, { native: false, alwaysClassic: false });
  expect(native).toEqual([]);
  expect(read.toString().split('\n')).toEqual([
    '# HELP c_total Help \\"it\\"\\nhere.',
    '# TYPE c_total counter',
    'c_total{a="b"} 5 1.5',
    '# HELP s Help \\"it\\"\\nhere.',
    '# TYPE s summary',
    's{quantile="0.5"} 0.25',
    's_sum 1.5',
    's_count 3',
    '# HELP h Help \\"it\\"\\nhere.',
    '# TYPE h histogram',
    'h_bucket{path="a\\"b",le="1"} 4 # {trace_id="x"} 0.5 1700000000',
    'h_bucket{path="a\\"b",le="+Inf"} 6',
    'h_sum{path="a\\"b"} 12.5',
    'h_count{path="a\\"b"} 6',
    '# EOF',
    '',
  ]);
});

it('reads native histograms, and their buckets too where both are wanted', () => {
  const body = family('h', 4, [histogram]);
  const { text: read, native } = readProtobuf(body, { native: true, alwaysClassic: false });
  expect(read.toString()).not.toContain('h_bucket');
  expect(native).toEqual([
    {
      labels: { __name__: 'h', path: 'a"b' },
      atMs: undefined,
      histogram: {
        schema: 3,
        zeroThreshold: 0.001,
        zeroCount: 1,
        count: 6,
        sum: 12.5,
        positiveSpans: [{ offset: -2, length: 3 }],
        negativeSpans: [],
        positiveBuckets: Float64Array.of(2, 1, 2),
        negativeBuckets: new Float64Array(0),
        counterReset: 'unknown',
      },
    },
  ]);
  const both = readProtobuf(body, { native: true, alwaysClassic: true });
  expect(both.native).toHaveLength(1);
  expect(both.text.toString()).toContain('h_bucket');
});

it('refuses what is cut off or nothing of the kind', () => {
  const body = family('h', 4, [histogram]);
  const options = { native: true, alwaysClassic: false };
  expect(() => readProtobuf(body.subarray(0, body.length - 5), options)).toThrow(ScrapeError);
  expect(() => readProtobuf(Buffer.from('<html>this is no protobuf at all</html>'), options)).toThrow(
    ScrapeError,
  );
});
