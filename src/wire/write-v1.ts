import { BadInputError } from '../kit/app-error.ts';
import type { FloatHistogram } from '../model/float-histogram.ts';
import { readHistogram, writeHistogram } from './native-histogram.ts';
import { ProtoReader } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import {
  type Exemplar,
  type FamilyMetadata,
  metricTypes,
  type RequestBuilder,
  type RequestReader,
  type RequestVisitor,
  type SentSeries,
} from './write-request.ts';

/*
 * `prometheus.WriteRequest`, the message of remote write 1.0.
 *
 * Source: https://prometheus.io/docs/specs/prw/remote_write_spec/ and prompb/remote.proto, prompb/types.proto of Prometheus
 */

/** A series for each value, in the order given, as Prometheus sends them. */
export class WriteV1Builder implements RequestBuilder {
  readonly #out = new ProtoWriter();
  #isFinished = false;

  sample({ pairs }: SentSeries, atMs: number, high: number, low: number): void {
    const start = this.#series(pairs);
    const out = this.#out;
    const sample = out.begin(0x12);
    out.doubleBits(0x09, high, low);
    out.int64(0x10, atMs);
    out.end(sample);
    out.end(start);
  }

  histogram({ pairs }: SentSeries, atMs: number, value: FloatHistogram | 'stale'): void {
    const start = this.#series(pairs);
    writeHistogram(this.#out, 0x22, { atMs, value });
    this.#out.end(start);
  }

  exemplar({ pairs }: SentSeries, { labels, value, atMs }: Exemplar): void {
    const start = this.#series(pairs);
    const out = this.#out;
    const exemplar = out.begin(0x1a);
    for (const name of Object.keys(labels).sort()) this.#label(name, labels[name] ?? '');
    out.double(0x11, value);
    out.int64(0x18, atMs);
    out.end(exemplar);
    out.end(start);
  }

  family({ name, type, help, unit }: FamilyMetadata): void {
    this.#begin();
    const out = this.#out;
    const start = out.begin(0x1a);
    const number = metricTypes.indexOf(type);
    if (number > 0) out.uint32(0x08, number);
    out.text(0x12, name);
    if (help !== '') out.text(0x22, help);
    if (unit !== '') out.text(0x2a, unit);
    out.end(start);
  }

  finish(): Buffer {
    this.#begin();
    this.#isFinished = true;
    return this.#out.written();
  }

  #series(pairs: readonly string[]): number {
    this.#begin();
    const start = this.#out.begin(0x0a);
    for (let i = 0; i < pairs.length; i += 2) this.#label(pairs[i] as string, pairs[i + 1] as string);
    return start;
  }

  #label(name: string, value: string): void {
    const out = this.#out;
    const start = out.begin(0x0a);
    out.text(0x0a, name);
    out.text(0x12, value);
    out.end(start);
  }

  #begin(): void {
    if (this.#isFinished) this.#out.clear();
    this.#isFinished = false;
  }
}

export class WriteV1Reader implements RequestReader {
  readonly #reader: ProtoReader;
  readonly #visitor: RequestVisitor;

  constructor(bytes: Uint8Array, visitor: RequestVisitor) {
    this.#reader = new ProtoReader(bytes);
    this.#visitor = visitor;
  }

  read(series: number): boolean {
    const reader = this.#reader;
    let left = series;
    while (reader.hasMore) {
      const tag = reader.tag();
      if (tag === 0x0a) {
        if (left-- === 0) {
          reader.at--;
          return false;
        }
        const outer = reader.end;
        reader.end = reader.span();
        this.#series();
        reader.at = reader.end;
        reader.end = outer;
      } else if (tag === 0x1a) {
        this.#visitor.familyMetadata(readFamily(reader));
      } else {
        reader.skip(tag & 7);
      }
    }
    return true;
  }

  #series(): void {
    const reader = this.#reader;
    const start = reader.at;
    // Labels may stand anywhere, though everybody writes them first: where they do not, they are gathered.
    let labelsEnd = -1;
    let isScattered = false;
    while (reader.hasMore) {
      const at = reader.at;
      const tag = reader.tag();
      if (tag === 0x0a) isScattered ||= labelsEnd >= 0;
      else if (labelsEnd < 0) labelsEnd = at;
      reader.skip(tag & 7);
    }
    if (labelsEnd < 0) labelsEnd = reader.end;
    if (isScattered) {
      const labels = this.#gathered(start);
      this.#visitor.series(labels, 0, labels.length);
      reader.at = start;
    } else {
      this.#visitor.series(reader.bytes, start, labelsEnd);
      reader.at = labelsEnd;
    }
    this.#values();
  }

  #gathered(start: number): Uint8Array {
    const reader = this.#reader;
    const parts: Uint8Array[] = [];
    reader.at = start;
    while (reader.hasMore) {
      const at = reader.at;
      const tag = reader.tag();
      reader.skip(tag & 7);
      if (tag === 0x0a) parts.push(reader.bytes.subarray(at, reader.at));
    }
    return Buffer.concat(parts);
  }

  #values(): void {
    const reader = this.#reader;
    const visitor = this.#visitor;
    while (reader.hasMore) {
      const tag = reader.tag();
      if (tag === 0x12) readSample(reader, visitor);
      else if (tag === 0x1a)
        readLeniently(reader, visitor, 'exemplar', () => visitor.exemplar(readExemplar(reader)));
      else if (tag === 0x22) {
        readLeniently(reader, visitor, 'histogram', () => {
          const { atMs, value } = readHistogram(reader);
          visitor.histogram(atMs, value);
        });
      } else reader.skip(tag & 7);
    }
  }
}

/** A `Sample`, in both versions: `double value = 1; int64 timestamp = 2`. */
export function readSample(reader: ProtoReader, visitor: RequestVisitor): void {
  const outer = reader.end;
  reader.end = reader.span();
  let low = 0;
  let high = 0;
  let atMs = 0;
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x09) {
      low = reader.doubleLow();
      high = reader.high;
    } else if (tag === 0x10) atMs = reader.int64();
    else reader.skip(tag & 7);
  }
  reader.end = outer;
  visitor.sample(atMs, high, low);
}

/** What cannot be in a message that is whole otherwise costs itself alone. */
export function readLeniently(
  reader: ProtoReader,
  visitor: RequestVisitor,
  kind: 'histogram' | 'exemplar',
  read: () => void,
): void {
  const outer = reader.end;
  const start = reader.at;
  const end = reader.span();
  reader.at = start;
  try {
    read();
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    visitor.refused(kind, error.message);
  }
  reader.at = end;
  reader.end = outer;
}

function readExemplar(reader: ProtoReader): Exemplar {
  const labels: Record<string, string> = {};
  let value = 0;
  let atMs = 0;
  reader.message((field) => {
    if (field === 1) readPair(reader, labels);
    else if (field === 2) value = reader.double();
    else if (field === 3) atMs = reader.int64();
    else return false;
    return true;
  });
  return { labels, value, atMs };
}

function readPair(reader: ProtoReader, labels: Record<string, string>): void {
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

function readFamily(reader: ProtoReader): FamilyMetadata {
  let type = 0;
  let name = '';
  let help = '';
  let unit = '';
  reader.message((field) => {
    if (field === 1) type = reader.uint32();
    else if (field === 2) name = reader.text();
    else if (field === 4) help = reader.text();
    else if (field === 5) unit = reader.text();
    else return false;
    return true;
  });
  return { name, type: metricTypes[type] ?? 'unknown', help, unit };
}
