import protobuf from 'protobufjs/minimal.js';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { Matcher, MatchOp } from '../../model/matcher.ts';
import type { Chunk, SeriesChunks } from './source.ts';

const { Reader, Writer } = protobuf;
type Reader = protobuf.Reader;
type Writer = protobuf.Writer;

/**
 * Messages of remote read, written and read field by field.
 *
 * Source: prompb/remote.proto and prompb/types.proto of Prometheus, https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/
 */
export interface ReadRequest {
  readonly queries: readonly ReadQuery[];
  /** In order of preference. */
  readonly accepted: readonly ResponseType[];
}

export interface ReadQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly matchers: readonly Matcher[];
}

export type ResponseType = 'samples' | 'streamed-xor-chunks';

export interface ReadSeries {
  readonly labels: Labels;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly histograms?: readonly (FloatHistogram | undefined)[];
}

const responseTypes: readonly ResponseType[] = ['samples', 'streamed-xor-chunks'];

/** @throws {RangeError | Error} for bytes that are no such message. */
export function readRequest(bytes: Uint8Array): ReadRequest {
  const queries: ReadQuery[] = [];
  const accepted: ResponseType[] = [];
  fields(Reader.create(bytes), (field, reader, wire) => {
    if (field === 1) queries.push(readQuery(reader));
    else if (field === 2)
      accepted.push(...enumValues(reader, wire).flatMap((type) => responseTypes[type] ?? []));
    else return false;
    return true;
  });
  return { queries, accepted };
}

function readQuery(outer: Reader): ReadQuery {
  let fromMs = 0;
  let toMs = 0;
  const matchers: Matcher[] = [];
  fields(inner(outer), (field, reader) => {
    if (field === 1) fromMs = Number(reader.int64());
    else if (field === 2) toMs = Number(reader.int64());
    else if (field === 3) matchers.push(readMatcher(reader));
    else return false;
    return true;
  });
  return { fromMs, toMs, matchers };
}

const ops: readonly MatchOp[] = ['=', '!=', '=~', '!~'];

function readMatcher(outer: Reader): Matcher {
  let op: MatchOp = '=';
  let name = '';
  let value = '';
  fields(inner(outer), (field, reader) => {
    if (field === 1) {
      const number = reader.uint32();
      const known = ops[number];
      if (known === undefined) throw new RangeError(`there is no matcher of type ${number}`);
      op = known;
    } else if (field === 2) name = reader.string();
    else if (field === 3) value = reader.string();
    else return false;
    return true;
  });
  return { name, op, value };
}

/** `read` tells whether it took the field; others are passed over. */
function fields(reader: Reader, read: (field: number, reader: Reader, wire: number) => boolean): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!read(tag >>> 3, reader, tag & 7)) reader.skipType(tag & 7);
  }
}

function inner(outer: Reader): Reader {
  return Reader.create(outer.bytes());
}

/** Repeated numbers come packed or one by one. */
function enumValues(reader: Reader, wire: number): number[] {
  if (wire !== 2) return [reader.int32()];
  const packed = inner(reader);
  const values: number[] = [];
  while (packed.pos < packed.len) values.push(packed.int32());
  return values;
}

/** A `ReadResponse`: series by query. */
export function samplesResponse(results: readonly (readonly ReadSeries[])[]): Uint8Array {
  const out = Writer.create();
  for (const series of results) {
    out.uint32(0x0a).fork();
    for (const one of series) writeSeries(out, one);
    out.ldelim();
  }
  return out.finish();
}

function writeSeries(out: Writer, { labels, timesMs, values, histograms }: ReadSeries): void {
  out.uint32(0x0a).fork();
  writeLabels(out, labels);
  for (let i = 0; i < timesMs.length; i++) {
    if (histograms?.[i] !== undefined) continue;
    out
      .uint32(0x12)
      .fork()
      .uint32(0x09)
      .double(values[i] as number);
    out.uint32(0x10).int64(timesMs[i] as number);
    out.ldelim();
  }
  for (let i = 0; i < (histograms?.length ?? 0); i++) {
    const histogram = histograms?.[i];
    if (histogram !== undefined) writeHistogram(out.uint32(0x22).fork(), histogram, timesMs[i] as number);
  }
  out.ldelim();
}

/** In order of names, as readers expect. */
function writeLabels(out: Writer, labels: Labels): void {
  for (const name of Object.keys(labels).sort()) {
    out.uint32(0x0a).fork();
    out.uint32(0x0a).string(name);
    out.uint32(0x12).string(labels[name] ?? '');
    out.ldelim();
  }
}

const resets = { unknown: 0, reset: 1, 'not-reset': 2, gauge: 3 } as const;

/** The float form of `prometheus.Histogram`; ends what was begun with `fork`. */
function writeHistogram(out: Writer, histogram: FloatHistogram, atMs: number): void {
  out.uint32(0x11).double(histogram.count);
  out.uint32(0x19).double(histogram.sum);
  out.uint32(0x20).sint32(histogram.schema);
  out.uint32(0x29).double(histogram.zeroThreshold);
  out.uint32(0x39).double(histogram.zeroCount);
  for (const span of histogram.negativeSpans) writeSpan(out.uint32(0x42), span);
  writeDoubles(out, 0x52, histogram.negativeBuckets);
  for (const span of histogram.positiveSpans) writeSpan(out.uint32(0x5a), span);
  writeDoubles(out, 0x6a, histogram.positiveBuckets);
  out.uint32(0x70).int32(resets[histogram.counterReset]);
  out.uint32(0x78).int64(atMs);
  if (histogram.customValues !== undefined) writeDoubles(out, 0x82, histogram.customValues);
  out.ldelim();
}

function writeSpan(
  out: Writer,
  { offset, length }: { readonly offset: number; readonly length: number },
): void {
  out.fork().uint32(0x08).sint32(offset).uint32(0x10).uint32(length).ldelim();
}

function writeDoubles(out: Writer, tag: number, values: ArrayLike<number>): void {
  if (values.length === 0) return;
  // Tags from field 16 on take two bytes.
  out.uint32(tag).fork();
  for (let i = 0; i < values.length; i++) out.double(values[i] as number);
  out.ldelim();
}

const encodings = { xor: 1, histogram: 2, 'float-histogram': 3 } as const;

/** A `ChunkedReadResponse` with some chunks of one series. */
export function chunkedResponse({ labels, chunks }: SeriesChunks, query: number): Uint8Array {
  const out = Writer.create();
  out.uint32(0x0a).fork();
  writeLabels(out, labels);
  for (const chunk of chunks) writeChunk(out, chunk);
  out.ldelim();
  if (query !== 0) out.uint32(0x10).int64(query);
  return out.finish();
}

function writeChunk(out: Writer, { minMs, maxMs, encoding, data }: Chunk): void {
  out.uint32(0x12).fork();
  out.uint32(0x08).int64(minMs);
  out.uint32(0x10).int64(maxMs);
  out.uint32(0x18).int32(encodings[encoding]);
  out.uint32(0x22).bytes(data);
  out.ldelim();
}
