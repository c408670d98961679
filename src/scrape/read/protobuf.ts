import protobuf from 'protobufjs/minimal.js';
import type { BucketSpan, FloatHistogram } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { ScrapeError } from './body-reader.ts';

const { Reader } = protobuf;
type Reader = protobuf.Reader;

/** A native histogram of an answer. */
export interface NativeSample {
  readonly labels: Labels;
  readonly histogram: FloatHistogram;
  readonly atMs: number | undefined;
}

export interface ReadProtobuf {
  /** All that floats can say, as OpenMetrics text: it is read as any other answer is. */
  readonly text: Buffer;
  readonly native: readonly NativeSample[];
}

export interface ProtobufOptions {
  readonly native: boolean;
  /** Buckets of native histograms are given as classic ones too. */
  readonly alwaysClassic: boolean;
}

/**
 * Delimited `io.prometheus.client.MetricFamily` messages.
 *
 * Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 * @throws {ScrapeError} when the bytes are no such messages.
 */
export function readProtobuf(body: Buffer, options: ProtobufOptions): ReadProtobuf {
  const lines: string[] = [];
  const native: NativeSample[] = [];
  try {
    const reader = Reader.create(body);
    while (reader.pos < reader.len) {
      const end = reader.uint32() + reader.pos;
      if (end > reader.len) throw new ScrapeError('a protobuf message goes beyond the end of the answer');
      readFamily(reader, end, options, lines, native);
    }
  } catch (error) {
    if (error instanceof ScrapeError) throw error;
    throw new ScrapeError('the answer is not protobuf as its content type says', undefined);
  }
  lines.push('# EOF\n');
  return { text: Buffer.from(lines.join('')), native };
}

const types = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'] as const;

type Fields = Record<number, (reader: Reader) => void>;

function each(reader: Reader, end: number, fields: Fields): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const read = fields[tag >>> 3];
    if (read === undefined) reader.skipType(tag & 7);
    else read(reader);
  }
}

function nested<Value>(reader: Reader, read: (reader: Reader, end: number) => Value): Value {
  const end = reader.uint32() + reader.pos;
  return read(reader, end);
}

function readFamily(
  reader: Reader,
  end: number,
  options: ProtobufOptions,
  lines: string[],
  native: NativeSample[],
): void {
  let name = '';
  let help = '';
  let unit = '';
  let type: (typeof types)[number] = 'counter';
  const metrics: { start: number; end: number }[] = [];
  each(reader, end, {
    1: (from) => {
      name = from.string();
    },
    2: (from) => {
      help = from.string();
    },
    3: (from) => {
      type = types[from.int32()] ?? 'unknown';
    },
    4: (from) => {
      const stop = from.uint32() + from.pos;
      metrics.push({ start: from.pos, end: stop });
      from.pos = stop;
    },
    5: (from) => {
      unit = from.string();
    },
  });
  const shown = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : JSON.stringify(name);
  if (help !== '') lines.push(`# HELP ${shown} ${escaped(help)}\n`);
  lines.push(`# TYPE ${shown} ${type}\n`);
  if (unit !== '') lines.push(`# UNIT ${shown} ${unit}\n`);
  for (const metric of metrics) {
    reader.pos = metric.start;
    readMetric(reader, metric.end, { name, type, options, lines, native });
  }
  reader.pos = end;
}

interface Family {
  readonly name: string;
  readonly type: (typeof types)[number];
  readonly options: ProtobufOptions;
  readonly lines: string[];
  readonly native: NativeSample[];
}

interface Exemplar {
  labels: [string, string][];
  value: number;
  atMs: number | undefined;
}

function readMetric(reader: Reader, end: number, family: Family): void {
  const labels: [string, string][] = [];
  let atMs: number | undefined;
  const later: (() => void)[] = [];
  const line = (
    suffix: string,
    value: number,
    more: readonly [string, string][] = [],
    exemplar?: Exemplar,
  ): void =>
    void family.lines.push(lineOf(family.name + suffix, [...labels, ...more], value, atMs, exemplar));
  each(reader, end, {
    1: (from) => labels.push(nested(from, readPair)),
    2: (from) => {
      const value = nested(from, readValue).value;
      later.push(() => line('', value));
    },
    3: (from) => {
      const { value, exemplar } = nested(from, readValue);
      later.push(() => line('', value, [], exemplar));
    },
    4: (from) => {
      const { count, sum, quantiles } = nested(from, readSummary);
      later.push(() => {
        for (const [quantile, value] of quantiles) line('', value, [['quantile', numberText(quantile)]]);
        line('_sum', sum);
        line('_count', count);
      });
    },
    5: (from) => {
      const value = nested(from, readValue).value;
      later.push(() => line('', value));
    },
    6: (from) => {
      atMs = Number(from.int64());
    },
    7: (from) => {
      const histogram = nested(from, readHistogram);
      later.push(() => writeHistogram(histogram, { family, labels, line, atMs }));
    },
  });
  for (const write of later) write();
}

function writeHistogram(
  histogram: Histogram,
  {
    family,
    labels,
    line,
    atMs,
  }: {
    readonly family: Family;
    readonly labels: readonly [string, string][];
    readonly line: (
      suffix: string,
      value: number,
      more?: readonly [string, string][],
      exemplar?: Exemplar,
    ) => void;
    readonly atMs: number | undefined;
  },
): void {
  const { options, native, name, type } = family;
  const isNative = options.native && histogram.isNative;
  if (isNative) {
    native.push({
      labels: { ...Object.fromEntries(labels), __name__: name },
      histogram: floatHistogram(histogram, type === 'gaugehistogram'),
      atMs,
    });
    if (!options.alwaysClassic || histogram.buckets.length === 0) return;
  }
  for (const { bound, count, exemplar } of histogram.buckets)
    line('_bucket', count, [['le', numberText(bound)]], exemplar);
  if (histogram.buckets.at(-1)?.bound !== Number.POSITIVE_INFINITY)
    line('_bucket', histogram.count, [['le', '+Inf']]);
  line('_sum', histogram.sum);
  line('_count', histogram.count);
}

function readPair(reader: Reader, end: number): [string, string] {
  const pair: [string, string] = ['', ''];
  each(reader, end, {
    1: (from) => {
      pair[0] = from.string();
    },
    2: (from) => {
      pair[1] = from.string();
    },
  });
  return pair;
}

function readValue(reader: Reader, end: number): { value: number; exemplar?: Exemplar } {
  const found: { value: number; exemplar?: Exemplar } = { value: 0 };
  each(reader, end, {
    1: (from) => {
      found.value = from.double();
    },
    2: (from) => {
      found.exemplar = nested(from, readExemplar);
    },
  });
  return found;
}

function readExemplar(reader: Reader, end: number): Exemplar {
  const exemplar: Exemplar = { labels: [], value: 0, atMs: undefined };
  each(reader, end, {
    1: (from) => exemplar.labels.push(nested(from, readPair)),
    2: (from) => {
      exemplar.value = from.double();
    },
    3: (from) => {
      exemplar.atMs = nested(from, readTime);
    },
  });
  return exemplar;
}

function readTime(reader: Reader, end: number): number {
  let ms = 0;
  each(reader, end, {
    1: (from) => {
      ms += Number(from.int64()) * 1000;
    },
    2: (from) => {
      ms += from.int32() / 1e6;
    },
  });
  return Math.trunc(ms);
}

function readSummary(
  reader: Reader,
  end: number,
): { count: number; sum: number; quantiles: [number, number][] } {
  const summary = { count: 0, sum: 0, quantiles: [] as [number, number][] };
  each(reader, end, {
    1: (from) => {
      summary.count = Number(from.uint64());
    },
    2: (from) => {
      summary.sum = from.double();
    },
    3: (from) => {
      const pair: [number, number] = [0, 0];
      nested(from, (inner, stop) =>
        each(inner, stop, {
          1: (of) => {
            pair[0] = of.double();
          },
          2: (of) => {
            pair[1] = of.double();
          },
        }),
      );
      summary.quantiles.push(pair);
    },
  });
  return summary;
}

interface Side {
  spans: BucketSpan[];
  deltas: number[];
  counts: number[];
}

interface Histogram {
  count: number;
  sum: number;
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  isNative: boolean;
  buckets: { bound: number; count: number; exemplar?: Exemplar }[];
  positive: Side;
  negative: Side;
}

function readHistogram(reader: Reader, end: number): Histogram {
  const h: Histogram = {
    count: 0,
    sum: 0,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    isNative: false,
    buckets: [],
    positive: { spans: [], deltas: [], counts: [] },
    negative: { spans: [], deltas: [], counts: [] },
  };
  const zeroCount = (value: number): void => {
    h.zeroCount = value;
    h.isNative ||= value > 0;
  };
  const set = (key: 'count' | 'sum' | 'schema', value: number): void => {
    h[key] = value;
  };
  const span = (side: Side, from: Reader): void => {
    side.spans.push(nested(from, readSpan));
    h.isNative = true;
  };
  each(reader, end, {
    1: (from) => {
      const count = Number(from.uint64());
      if (h.count === 0) set('count', count);
    },
    2: (from) => set('sum', from.double()),
    3: (from) => h.buckets.push(nested(from, readBucket)),
    4: (from) => {
      const count = from.double();
      if (count > 0) set('count', count);
    },
    5: (from) => set('schema', from.sint32()),
    6: (from) => {
      h.zeroThreshold = from.double();
      h.isNative ||= h.zeroThreshold > 0;
    },
    7: (from) => zeroCount(Number(from.uint64())),
    8: (from) => {
      const count = from.double();
      if (count > 0) zeroCount(count);
    },
    9: (from) => span(h.negative, from),
    10: (from) => numbers(from, h.negative.deltas, (one) => Number(one.sint64())),
    11: (from) => numbers(from, h.negative.counts, (one) => one.double()),
    12: (from) => span(h.positive, from),
    13: (from) => numbers(from, h.positive.deltas, (one) => Number(one.sint64())),
    14: (from) => numbers(from, h.positive.counts, (one) => one.double()),
  });
  return h;
}

/** Repeated numbers, packed or one by one: which of them, the tag before says. */
function numbers(reader: Reader, to: number[], one: (reader: Reader) => number): void {
  const isPacked = (previousTag(reader) & 7) === 2;
  if (!isPacked) {
    to.push(one(reader));
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) to.push(one(reader));
}

/** The tag that was just read; tags of these messages take one byte each (numbers below 16). */
function previousTag(reader: Reader): number {
  return reader.buf[reader.pos - 1] ?? 0;
}

function readSpan(reader: Reader, end: number): BucketSpan {
  let offset = 0;
  let length = 0;
  each(reader, end, {
    1: (from) => {
      offset = from.sint32();
    },
    2: (from) => {
      length = from.uint32();
    },
  });
  return { offset, length };
}

function readBucket(reader: Reader, end: number): { bound: number; count: number; exemplar?: Exemplar } {
  const bucket: { bound: number; count: number; exemplar?: Exemplar } = { bound: 0, count: 0 };
  each(reader, end, {
    1: (from) => {
      bucket.count = Number(from.uint64());
    },
    2: (from) => {
      bucket.bound = from.double();
    },
    3: (from) => {
      bucket.exemplar = nested(from, readExemplar);
    },
    4: (from) => {
      const count = from.double();
      if (count > 0) bucket.count = count;
    },
  });
  return bucket;
}

function floatHistogram(h: Histogram, isGauge: boolean): FloatHistogram {
  if (h.schema < -4 || h.schema > 8)
    throw new ScrapeError(`a native histogram has the schema ${h.schema}, which is none`);
  return {
    schema: h.schema,
    zeroThreshold: h.zeroThreshold,
    zeroCount: h.zeroCount,
    count: h.count,
    sum: h.sum,
    positiveSpans: spansOf(h.positive),
    negativeSpans: spansOf(h.negative),
    positiveBuckets: countsOf(h.positive),
    negativeBuckets: countsOf(h.negative),
    counterReset: isGauge ? 'gauge' : 'unknown',
  };
}

/** An empty span says only that the histogram is native. */
function spansOf({ spans }: Side): BucketSpan[] {
  return spans.filter(({ length, offset }, index) => length > 0 || (index > 0 && offset > 0));
}

function countsOf({ spans, deltas, counts }: Side): Float64Array {
  const length = spans.reduce((sum, span) => sum + span.length, 0);
  if (length > 100_000) throw new ScrapeError('a native histogram has more than 100000 buckets');
  const found = new Float64Array(length);
  if (counts.length > 0) {
    if (counts.length !== length)
      throw new ScrapeError('a native histogram whose spans and buckets do not agree');
    found.set(counts);
    return found;
  }
  if (deltas.length !== length)
    throw new ScrapeError('a native histogram whose spans and buckets do not agree');
  let now = 0;
  for (const [i, delta] of deltas.entries()) {
    now += delta;
    found[i] = now;
  }
  return found;
}

function lineOf(
  name: string,
  labels: readonly [string, string][],
  value: number,
  atMs: number | undefined,
  exemplar: Exemplar | undefined,
): string {
  const isPlain = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
  const pairs = labels.map(pairText);
  if (!isPlain) pairs.unshift(`"${escaped(name)}"`);
  const series = `${isPlain ? name : ''}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`}`;
  const time = atMs === undefined ? '' : ` ${atMs / 1000}`;
  if (exemplar === undefined) return `${series} ${numberText(value)}${time}\n`;
  const at = exemplar.atMs === undefined ? '' : ` ${exemplar.atMs / 1000}`;
  const example = ` # {${exemplar.labels.map(pairText).join(',')}} ${numberText(exemplar.value)}${at}`;
  return `${series} ${numberText(value)}${time}${example}\n`;
}

function pairText([name, value]: readonly [string, string]): string {
  return `${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : `"${escaped(name)}"`}="${escaped(value)}"`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** Bounds and quantiles as OpenMetrics writes them are floats: `1.0`. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
