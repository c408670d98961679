import type { BucketSpan, FloatHistogram } from '../../../model/float-histogram.ts';
import { ProtoWriter } from '../../../wire/proto-writer.ts';
import type { Federated } from './federated.ts';

const pieceBytes = 64 * 1024;

/** Types of families by their numbers. */
const types = { untyped: 3, histogram: 4, gaugehistogram: 5 } as const;

/**
 * Delimited `io.prometheus.client.MetricFamily` messages, in pieces. A name that has floats and histograms makes a family for each run,
 * as in Prometheus.
 *
 * Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
export function* federatedProtobuf(samples: readonly Federated[]): Generator<Buffer> {
  const out = new ProtoWriter();
  const family = new ProtoWriter();
  let last = '';
  for (const sample of samples) {
    const type = typeOf(sample);
    const key = `${type} ${sample.name}`;
    if (key !== last) {
      endFamily(out, family);
      if (out.length >= pieceBytes) {
        yield Buffer.from(out.written());
        out.clear();
      }
      family.text(0x0a, sample.name);
      family.uint32(0x18, type);
    }
    last = key;
    writeMetric(family, sample);
  }
  endFamily(out, family);
  if (out.length > 0) yield Buffer.from(out.written());
}

function typeOf({ histogram }: Federated): number {
  if (histogram === undefined) return types.untyped;
  return histogram.counterReset === 'gauge' ? types.gaugehistogram : types.histogram;
}

function endFamily(out: ProtoWriter, family: ProtoWriter): void {
  if (family.length === 0) return;
  out.plain(family.length);
  out.append(family.written());
  family.clear();
}

function writeMetric(out: ProtoWriter, { labels, atMs, value, histogram }: Federated): void {
  const start = out.begin(0x22);
  for (const [name, own] of labels) {
    const pair = out.begin(0x0a);
    out.text(0x0a, name);
    out.text(0x12, own);
    out.end(pair);
  }
  if (histogram === undefined) {
    const untyped = out.begin(0x2a);
    out.double(0x09, value);
    out.end(untyped);
  }
  out.int64(0x30, atMs);
  if (histogram !== undefined) writeHistogram(out, histogram);
  out.end(start);
}

function writeHistogram(out: ProtoWriter, histogram: FloatHistogram): void {
  const start = out.begin(0x3a);
  out.double(0x11, histogram.sum);
  out.double(0x21, histogram.count);
  out.sint64(0x28, histogram.schema);
  out.double(0x31, histogram.zeroThreshold);
  out.double(0x41, histogram.zeroCount);
  for (const span of histogram.negativeSpans) writeSpan(out, 0x4a, span);
  writeCounts(out, 0x5a, histogram.negativeBuckets);
  for (const span of histogram.positiveSpans) writeSpan(out, 0x62, span);
  writeCounts(out, 0x72, histogram.positiveBuckets);
  out.end(start);
}

function writeSpan(out: ProtoWriter, tag: number, { offset, length }: BucketSpan): void {
  const start = out.begin(tag);
  out.sint64(0x08, offset);
  out.uint32(0x10, length);
  out.end(start);
}

function writeCounts(out: ProtoWriter, tag: number, counts: Float64Array): void {
  if (counts.length === 0) return;
  const start = out.begin(tag);
  for (const count of counts) out.rawDouble(count);
  out.end(start);
}
