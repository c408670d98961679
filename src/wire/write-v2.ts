import type { FloatHistogram } from '../model/float-histogram.ts';
import { readHistogram, writeHistogram } from './native-histogram.ts';
import { bad, ProtoReader, textOf } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import {
  type Exemplar,
  type MetricMetadata,
  metricTypes,
  type RequestBuilder,
  type RequestReader,
  type RequestVisitor,
  type SentSeries,
} from './write-request.ts';
import { readLeniently, readSample } from './write-v1.ts';

/*
 * `io.prometheus.write.v2.Request`, the message of remote write 2.0: every text stands once, in a table of symbols whose first
 * is empty.
 *
 * Source: https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/ and prompb/io/prometheus/write/v2/types.proto of Prometheus
 */

export class WriteV2Builder implements RequestBuilder {
  readonly #series = new ProtoWriter();
  readonly #out = new ProtoWriter();
  readonly #refs = new Map<string, number>([['', 0]]);
  readonly #metadataOf: (name: string) => MetricMetadata | undefined;

  /** @param metadataOf what is known of a metric, by the name of a series: it is sent with each */
  constructor(metadataOf: (name: string) => MetricMetadata | undefined = () => undefined) {
    this.#metadataOf = metadataOf;
  }

  sample(series: SentSeries, atMs: number, high: number, low: number): void {
    const out = this.#series;
    const start = this.#begin(series);
    const sample = out.begin(0x12);
    out.doubleBits(0x09, high, low);
    out.int64(0x10, atMs);
    out.end(sample);
    this.#end(start, series);
  }

  histogram(series: SentSeries, atMs: number, value: FloatHistogram | 'stale'): void {
    const start = this.#begin(series);
    writeHistogram(this.#series, 0x1a, { atMs, value });
    this.#end(start, series);
  }

  exemplar(series: SentSeries, { labels, value, atMs }: Exemplar): void {
    const out = this.#series;
    const start = this.#begin(series);
    const exemplar = out.begin(0x22);
    this.#labels(
      Object.keys(labels)
        .sort()
        .flatMap((name) => [name, labels[name] ?? '']),
    );
    out.double(0x11, value);
    out.int64(0x18, atMs);
    out.end(exemplar);
    this.#end(start, series);
  }

  finish(): Buffer {
    const out = this.#out;
    out.clear();
    for (const symbol of this.#refs.keys()) out.text(0x22, symbol);
    out.append(this.#series.written());
    this.#series.clear();
    this.#refs.clear();
    this.#refs.set('', 0);
    return out.written();
  }

  #begin({ pairs }: SentSeries): number {
    const start = this.#series.begin(0x2a);
    this.#labels(pairs);
    return start;
  }

  #end(start: number, { name }: SentSeries): void {
    const out = this.#series;
    const metadata = this.#metadataOf(name);
    if (metadata !== undefined) {
      const { type, help, unit } = metadata;
      const at = out.begin(0x2a);
      const number = metricTypes.indexOf(type);
      if (number > 0) out.uint32(0x08, number);
      if (help !== '') out.uint32(0x18, this.#ref(help));
      if (unit !== '') out.uint32(0x20, this.#ref(unit));
      out.end(at);
    }
    out.end(start);
  }

  #labels(pairs: readonly string[]): void {
    const out = this.#series;
    const start = out.begin(0x0a);
    for (const text of pairs) out.plain(this.#ref(text));
    out.end(start);
  }

  #ref(text: string): number {
    const known = this.#refs.get(text);
    if (known !== undefined) return known;
    const ref = this.#refs.size;
    this.#refs.set(text, ref);
    return ref;
  }
}

export class WriteV2Reader implements RequestReader {
  readonly #reader: ProtoReader;
  readonly #visitor: RequestVisitor;
  /** Where each symbol begins and ends. */
  readonly #symbols: number[] = [];
  #labels = Buffer.allocUnsafe(1024);
  readonly #refs: number[] = [];

  /** @throws {BadInputError} when the bytes are no such message. */
  constructor(bytes: Uint8Array, visitor: RequestVisitor) {
    this.#reader = new ProtoReader(bytes);
    this.#visitor = visitor;
    const reader = this.#reader;
    while (reader.hasMore) {
      const tag = reader.tag();
      if (tag === 0x22) {
        const end = reader.span();
        this.#symbols.push(reader.at, end);
        reader.at = end;
      } else reader.skip(tag & 7);
    }
    if (this.#symbols.length > 0 && this.#symbols[0] !== this.#symbols[1])
      throw bad('the first symbol must be empty');
    reader.at = 0;
  }

  read(series: number): boolean {
    const reader = this.#reader;
    let left = series;
    while (reader.hasMore) {
      const tag = reader.tag();
      if (tag !== 0x2a) {
        reader.skip(tag & 7);
        continue;
      }
      if (left-- === 0) {
        reader.at--;
        return false;
      }
      const outer = reader.end;
      reader.end = reader.span();
      this.#oneSeries();
      reader.at = reader.end;
      reader.end = outer;
    }
    return true;
  }

  #oneSeries(): void {
    const reader = this.#reader;
    const visitor = this.#visitor;
    const start = reader.at;
    const refs = this.#refs;
    refs.length = 0;
    while (reader.hasMore) {
      const tag = reader.tag();
      if (tag >>> 3 === 1) reader.numbers(tag & 7, () => reader.uint32(), refs, 10_000);
      else reader.skip(tag & 7);
    }
    const length = this.#spell(refs);
    visitor.series(this.#labels, 0, length);
    reader.at = start;
    while (reader.hasMore) {
      const tag = reader.tag();
      if (tag === 0x12) readSample(reader, visitor);
      else if (tag === 0x1a) {
        readLeniently(reader, visitor, 'histogram', () => {
          const { atMs, value } = readHistogram(reader);
          visitor.histogram(atMs, value);
        });
      } else if (tag === 0x22)
        readLeniently(reader, visitor, 'exemplar', () => visitor.exemplar(this.#exemplar()));
      else if (tag === 0x2a) visitor.seriesMetadata(this.#metadata());
      else reader.skip(tag & 7);
    }
  }

  /** Writes the labels as version 1 has them, so that they can be known by their bytes whichever way they came. */
  #spell(refs: readonly number[]): number {
    if (refs.length % 2 !== 0) throw bad('the references of labels are not pairs');
    let at = 0;
    for (let i = 0; i < refs.length; i += 2) {
      const [nameFrom, nameTo] = this.#span(refs[i] as number);
      const [valueFrom, valueTo] = this.#span(refs[i + 1] as number);
      const inner =
        2 +
        varintSize(nameTo - nameFrom) +
        (nameTo - nameFrom) +
        varintSize(valueTo - valueFrom) +
        (valueTo - valueFrom);
      this.#room(at + inner + 6);
      const bytes = this.#labels;
      bytes[at++] = 0x0a;
      at = putVarint(bytes, at, inner);
      bytes[at++] = 0x0a;
      at = this.#put(at, nameFrom, nameTo);
      bytes[at++] = 0x12;
      at = this.#put(at, valueFrom, valueTo);
    }
    return at;
  }

  #put(start: number, from: number, to: number): number {
    const source = this.#reader.bytes;
    const bytes = this.#labels;
    let at = putVarint(bytes, start, to - from);
    for (let i = from; i < to; i++) bytes[at++] = source[i] as number;
    return at;
  }

  #room(needed: number): void {
    if (needed <= this.#labels.length) return;
    const larger = Buffer.allocUnsafe(needed * 2);
    this.#labels.copy(larger);
    this.#labels = larger;
  }

  #span(ref: number): [from: number, to: number] {
    const from = this.#symbols[ref * 2];
    const to = this.#symbols[ref * 2 + 1];
    if (from === undefined || to === undefined) throw bad(`there is no symbol ${ref}`);
    return [from, to];
  }

  #text(ref: number): string {
    const [from, to] = this.#span(ref);
    return textOf(this.#reader.bytes, from, to);
  }

  #exemplar(): Exemplar {
    const reader = this.#reader;
    const refs: number[] = [];
    let value = 0;
    let atMs = 0;
    reader.message((field, wire) => {
      if (field === 1) reader.numbers(wire, () => reader.uint32(), refs, 1000);
      else if (field === 2) value = reader.double();
      else if (field === 3) atMs = reader.int64();
      else return false;
      return true;
    });
    if (refs.length % 2 !== 0) throw bad('the references of an exemplar are not pairs');
    const labels: Record<string, string> = {};
    for (let i = 0; i < refs.length; i += 2)
      labels[this.#text(refs[i] as number)] = this.#text(refs[i + 1] as number);
    return { labels, value, atMs };
  }

  #metadata(): MetricMetadata {
    const reader = this.#reader;
    let type = 0;
    let help = 0;
    let unit = 0;
    reader.message((field) => {
      if (field === 1) type = reader.uint32();
      else if (field === 3) help = reader.uint32();
      else if (field === 4) unit = reader.uint32();
      else return false;
      return true;
    });
    return {
      type: metricTypes[type] ?? 'unknown',
      help: help === 0 ? '' : this.#text(help),
      unit: unit === 0 ? '' : this.#text(unit),
    };
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let left = value; left >= 0x80; left >>>= 7) size++;
  return size;
}

function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let left = value;
  while (left >= 0x80) {
    bytes[at++] = (left & 0x7f) | 0x80;
    left >>>= 7;
  }
  bytes[at++] = left;
  return at;
}
