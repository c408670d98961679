import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { readHistogram } from './native-histogram.ts';
import { ProtoReader } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';

/*
 * Remote read as a client sees it: one query in a request, and both forms of answers.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/ and prompb/remote.proto of Prometheus
 */

export interface RemoteQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly matchers: readonly Matcher[];
}

const ops = { '=': 0, '!=': 1, '=~': 2, '!~': 3 } as const;

/** A `ReadRequest` that takes chunks rather than samples. */
export function readRequestOf({ fromMs, toMs, matchers }: RemoteQuery): Buffer {
  const out = new ProtoWriter();
  const query = out.begin(0x0a);
  out.int64(0x08, fromMs);
  out.int64(0x10, toMs);
  for (const { op, name, value } of matchers) {
    const matcher = out.begin(0x1a);
    out.uint32(0x08, ops[op]);
    out.text(0x12, name);
    out.text(0x1a, value);
    out.end(matcher);
  }
  out.end(query);
  // STREAMED_XOR_CHUNKS before SAMPLES.
  out.uint32(0x10, 1);
  out.uint32(0x10, 0);
  return out.written();
}

export interface SampledSeries {
  readonly labels: Labels;
  readonly timesMs: number[];
  readonly values: number[];
  /** Where there is one, the value means nothing. */
  readonly histograms: (FloatHistogram | 'stale' | undefined)[];
}

/** A `ReadResponse` for a request of one query. @throws {BadInputError} */
export function* sampledSeries(bytes: Uint8Array): Generator<SampledSeries> {
  const reader = new ProtoReader(bytes);
  const found: SampledSeries[] = [];
  reader.fields((field) => {
    if (field !== 1) return false;
    reader.message((inner) => {
      if (inner !== 1) return false;
      found.push(readSeries(reader));
      return true;
    });
    return true;
  });
  yield* found;
}

function readSeries(reader: ProtoReader): SampledSeries {
  const labels: Record<string, string> = {};
  const series: SampledSeries = { labels, timesMs: [], values: [], histograms: [] };
  const add = (atMs: number, value: number, histogram?: FloatHistogram | 'stale'): void => {
    series.timesMs.push(atMs);
    series.values.push(value);
    series.histograms.push(histogram);
  };
  reader.message((field) => {
    if (field === 1) readLabel(reader, labels);
    else if (field === 2) {
      let value = 0;
      let atMs = 0;
      reader.message((inner) => {
        if (inner === 1) value = reader.double();
        else if (inner === 2) atMs = reader.int64();
        else return false;
        return true;
      });
      add(atMs, value);
    } else if (field === 4) {
      const { atMs, value } = readHistogram(reader);
      add(atMs, 0, value);
    } else return false;
    return true;
  });
  return series;
}

export interface EncodedChunk {
  /** As in blocks: 1 for floats, 2 and 3 for histograms with whole and other counts. */
  readonly encoding: number;
  readonly bytes: Uint8Array;
}

export interface ChunkedSeries {
  readonly labels: Labels;
  readonly chunks: readonly EncodedChunk[];
}

/** A `ChunkedReadResponse`. @throws {BadInputError} */
export function chunkedSeries(bytes: Uint8Array): ChunkedSeries[] {
  const reader = new ProtoReader(bytes);
  const found: ChunkedSeries[] = [];
  reader.fields((field) => {
    if (field !== 1) return false;
    const labels: Record<string, string> = {};
    const chunks: EncodedChunk[] = [];
    reader.message((inner) => {
      if (inner === 1) readLabel(reader, labels);
      else if (inner === 2) chunks.push(readChunk(reader));
      else return false;
      return true;
    });
    found.push({ labels, chunks });
    return true;
  });
  return found;
}

function readChunk(reader: ProtoReader): EncodedChunk {
  let encoding = 0;
  let bytes: Uint8Array = new Uint8Array(0);
  reader.message((field) => {
    if (field === 3) encoding = reader.uint32();
    else if (field === 4) bytes = reader.raw();
    else return false;
    return true;
  });
  return { encoding, bytes };
}

function readLabel(reader: ProtoReader, labels: Record<string, string>): void {
  let name = '';
  let value = '';
  reader.message((field) => {
    if (field === 1) name = reader.text();
    else if (field === 2) value = reader.text();
    else return false;
    return true;
  });
  labels[name] = value;
}
