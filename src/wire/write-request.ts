import { BadInputError } from '../kit/app-error.ts';
import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import { bad, ProtoReader } from './proto-reader.ts';

/** What a metric is, for those who send and those who take it. */
export interface MetricMetadata {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

export interface FamilyMetadata extends MetricMetadata {
  readonly name: string;
}

/** An example behind a sample. */
export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Unix ms. */
  readonly atMs: number;
}

/** A series as it is sent: name, value, name, value, … in order of name, `__name__` included, none empty. */
export interface SentSeries {
  /** The value of `__name__`; '' where there is none. */
  readonly name: string;
  readonly pairs: readonly string[];
}

/** Builds one request after another in the same memory. */
export interface RequestBuilder {
  /** The value as the high and low words of its double, as the bits of a NaN matter. */
  sample(series: SentSeries, atMs: number, high: number, low: number): void;
  histogram(series: SentSeries, atMs: number, value: FloatHistogram | 'stale'): void;
  exemplar(series: SentSeries, exemplar: Exemplar): void;
  /** The message, not packed yet; valid until the next is begun, which is by whatever is added next. */
  finish(): Buffer;
}

/** Told of what a request holds, in its order. What follows {@link series} belongs to it. */
export interface RequestVisitor {
  /**
   * A series begins. Its labels stand in `bytes` as fields of version 1 ({@link readLabels} reads them), valid during the call:
   * the same labels are the same bytes again, so that they can be known by them.
   */
  series(bytes: Uint8Array, from: number, to: number): void;
  /** The value as the high and low words of its double. */
  sample(atMs: number, high: number, low: number): void;
  histogram(atMs: number, value: FloatHistogram | 'stale'): void;
  exemplar(exemplar: Exemplar): void;
  /** Of the series that began last. */
  seriesMetadata(metadata: MetricMetadata): void;
  familyMetadata(metadata: FamilyMetadata): void;
  /** A histogram or exemplar that cannot be; the rest goes on. */
  refused(kind: 'histogram' | 'exemplar', problem: string): void;
}

/** Reads a request in pieces, so that a long one does not keep others waiting. */
export interface RequestReader {
  /**
   * Reads so many series more.
   *
   * @returns whether that was the end.
   * @throws {BadInputError} when the bytes are no such message; what was told before stands.
   */
  read(series: number): boolean;
}

/** Types of metrics by their numbers, the same in both versions. Source: prompb/types.proto of Prometheus */
export const metricTypes: readonly string[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Labels that stand as fields `Label { name = 1; value = 2 }` number 1. @throws {BadInputError} for what cannot be a series. */
export function readLabels(bytes: Uint8Array, from: number, to: number): Labels {
  const labels: Record<string, string> = {};
  const reader = new ProtoReader(bytes, from, to);
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag !== 0x0a) {
      reader.skip(tag & 7);
      continue;
    }
    let name = '';
    let value = '';
    reader.message((field) => {
      if (field === 1) name = strictText(reader);
      else if (field === 2) value = strictText(reader);
      else return false;
      return true;
    });
    if (name === '') throw bad('a label has no name');
    // It cannot be kept as a key of a plain object, and nobody has one.
    if (name === '__proto__') throw bad('a label has the name __proto__');
    if (Object.hasOwn(labels, name)) throw bad(`the label "${name}" is there twice`);
    labels[name] = value;
  }
  if ((labels['__name__'] ?? '') === '') throw bad('a series has no __name__');
  return labels;
}

function strictText(reader: ProtoReader): string {
  const raw = reader.raw();
  try {
    return utf8.decode(raw);
  } catch (error) {
    throw new BadInputError('', 'a label is not UTF-8', { cause: error });
  }
}
