import {
  type BucketSpan,
  type CounterReset,
  coarsestSchema,
  customBucketsSchema,
  type FloatHistogram,
  finestSchema,
  hasWholeCounts,
} from '../model/float-histogram.ts';
import { staleNaNBits } from '../model/sample.ts';
import { bad, type ProtoReader } from './proto-reader.ts';
import type { ProtoWriter } from './proto-writer.ts';

/** A histogram with its time; `'stale'` ends the series. */
export interface TimedHistogram {
  readonly atMs: number;
  readonly value: FloatHistogram | 'stale';
}

/** No histogram has more buckets, spans or bounds. */
const mostBuckets = 100_000;

const resets: readonly CounterReset[] = ['unknown', 'reset', 'not-reset', 'gauge'];

/**
 * Writes a `Histogram` message, which is the same in both versions of remote write and in remote read: with whole counts as
 * differences, with others as floats.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/prompb/types.proto
 */
export function writeHistogram(out: ProtoWriter, tag: number, { atMs, value }: TimedHistogram): void {
  const start = out.begin(tag);
  if (value === 'stale') {
    out.doubleBits(0x19, staleNaNBits.high, staleNaNBits.low);
  } else if (hasWholeCounts(value)) {
    out.int64(0x08, value.count);
    writeShape(out, value);
    out.int64(0x30, value.zeroCount);
    writeSide(out, value, 'negative', (counts) => writeDeltas(out, 0x4a, counts));
    writeSide(out, value, 'positive', (counts) => writeDeltas(out, 0x62, counts));
  } else {
    out.double(0x11, value.count);
    writeShape(out, value);
    out.double(0x39, value.zeroCount);
    writeSide(out, value, 'negative', (counts) => writeDoubles(out, 0x52, counts));
    writeSide(out, value, 'positive', (counts) => writeDoubles(out, 0x6a, counts));
  }
  if (value !== 'stale') {
    const reset = resets.indexOf(value.counterReset);
    if (reset > 0) out.uint32(0x70, reset);
  }
  out.int64(0x78, atMs);
  if (value !== 'stale' && value.customValues !== undefined) writeDoubles(out, 0x82, value.customValues);
  out.end(start);
}

function writeShape(out: ProtoWriter, { sum, schema, zeroThreshold }: FloatHistogram): void {
  out.double(0x19, sum);
  out.sint64(0x20, schema);
  out.double(0x29, zeroThreshold);
}

function writeSide(
  out: ProtoWriter,
  value: FloatHistogram,
  side: 'positive' | 'negative',
  writeCounts: (counts: Float64Array) => void,
): void {
  for (const { offset, length } of value[`${side}Spans`]) {
    const start = out.begin(side === 'negative' ? 0x42 : 0x5a);
    out.sint64(0x08, offset);
    out.uint32(0x10, length);
    out.end(start);
  }
  writeCounts(value[`${side}Buckets`]);
}

function writeDeltas(out: ProtoWriter, tag: number, counts: Float64Array): void {
  if (counts.length === 0) return;
  const start = out.begin(tag);
  let before = 0;
  for (const count of counts) {
    out.zigzag(count - before);
    before = count;
  }
  out.end(start);
}

function writeDoubles(out: ProtoWriter, tag: number, values: ArrayLike<number>): void {
  if (values.length === 0) return;
  const start = out.begin(tag);
  for (let i = 0; i < values.length; i++) out.rawDouble(values[i] as number);
  out.end(start);
}

interface Side {
  readonly spans: BucketSpan[];
  readonly deltas: number[];
  readonly counts: number[];
}

/** Reads the message that follows. @throws {BadInputError} when it is none, or cannot be. */
export function readHistogram(reader: ProtoReader): TimedHistogram {
  const negative: Side = { spans: [], deltas: [], counts: [] };
  const positive: Side = { spans: [], deltas: [], counts: [] };
  const customValues: number[] = [];
  const found = { atMs: 0, count: 0, schema: 0, zeroThreshold: 0, zeroCount: 0, reset: 0 };
  let sum = 0;
  let isStale = false;
  reader.message((field, wire) => {
    switch (field) {
      case 1:
        found.count = reader.uint64();
        return true;
      case 2:
        found.count = reader.double();
        return true;
      case 3: {
        const start = reader.at;
        const low = reader.doubleLow();
        isStale = reader.high === staleNaNBits.high && low === staleNaNBits.low;
        reader.at = start;
        sum = reader.double();
        return true;
      }
      case 4:
        found.schema = reader.sint32();
        return true;
      case 5:
        found.zeroThreshold = reader.double();
        return true;
      case 6:
        found.zeroCount = reader.uint64();
        return true;
      case 7:
        found.zeroCount = reader.double();
        return true;
      case 8:
        readSpan(reader, negative.spans);
        return true;
      case 9:
        reader.numbers(wire, () => reader.sint64(), negative.deltas, mostBuckets);
        return true;
      case 10:
        reader.numbers(wire, () => reader.double(), negative.counts, mostBuckets);
        return true;
      case 11:
        readSpan(reader, positive.spans);
        return true;
      case 12:
        reader.numbers(wire, () => reader.sint64(), positive.deltas, mostBuckets);
        return true;
      case 13:
        reader.numbers(wire, () => reader.double(), positive.counts, mostBuckets);
        return true;
      case 14:
        found.reset = reader.uint32();
        return true;
      case 15:
        found.atMs = reader.int64();
        return true;
      case 16:
        reader.numbers(wire, () => reader.double(), customValues, mostBuckets);
        return true;
      default:
        return false;
    }
  });
  const { atMs, count, schema, zeroThreshold, zeroCount, reset } = found;
  if (isStale) return { atMs, value: 'stale' };
  const value: FloatHistogram = {
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positiveSpans: positive.spans,
    negativeSpans: negative.spans,
    positiveBuckets: countsOf(positive),
    negativeBuckets: countsOf(negative),
    counterReset: resets[reset] ?? 'unknown',
    ...(schema === customBucketsSchema ? { customValues } : {}),
  };
  const problem = histogramProblem(value);
  if (problem !== undefined) throw bad(problem);
  return { atMs, value };
}

function readSpan(reader: ProtoReader, to: BucketSpan[]): void {
  let offset = 0;
  let length = 0;
  reader.message((field) => {
    if (field === 1) offset = reader.sint32();
    else if (field === 2) length = reader.uint32();
    else return false;
    return true;
  });
  if (to.length >= mostBuckets) throw bad(`a histogram has more than ${mostBuckets} spans`);
  to.push({ offset, length });
}

function countsOf({ spans, deltas, counts }: Side): Float64Array {
  const length = spans.reduce((all, span) => all + span.length, 0);
  const given = counts.length > 0 ? counts : deltas;
  if (length !== given.length)
    throw bad(`a histogram's spans need ${length} buckets, but there are ${given.length}`);
  const found = new Float64Array(length);
  let now = 0;
  for (const [i, number] of given.entries()) {
    now = given === counts ? number : now + number;
    found[i] = now;
  }
  return found;
}

/**
 * What cannot be in a native histogram; undefined when nothing is wrong.
 *
 * Source: https://prometheus.io/docs/specs/native_histograms/
 */
export function histogramProblem(value: FloatHistogram): string | undefined {
  const { schema, customValues } = value;
  if (schema === customBucketsSchema) {
    const bounds = customValues ?? [];
    for (const [i, bound] of bounds.entries())
      if (!Number.isFinite(bound) || (i > 0 && bound <= (bounds[i - 1] ?? 0)))
        return 'the bounds of a histogram with custom buckets must be finite and rise';
    if (value.negativeBuckets.length > 0 || value.zeroCount !== 0)
      return 'a histogram with custom buckets has no negative buckets and no zero bucket';
    const last = value.positiveSpans.reduce((at, { offset, length }) => at + offset + length, 0);
    if (last > bounds.length + 1) return 'a histogram with custom buckets has more buckets than bounds';
  } else if (schema < coarsestSchema || schema > finestSchema) {
    return `a histogram has the schema ${schema}, which is none`;
  }
  for (const spans of [value.positiveSpans, value.negativeSpans])
    for (const [i, { offset }] of spans.entries())
      if (offset < 0 && (i > 0 || schema === customBucketsSchema)) return 'the spans of a histogram overlap';
  for (const counts of [value.positiveBuckets, value.negativeBuckets])
    if (counts.some((count) => !(count >= 0))) return 'a histogram has a bucket with a negative count';
  if (!(value.zeroCount >= 0) || !(value.count >= 0)) return 'a histogram has a negative count';
  return undefined;
}
