import type { BucketSpan, CounterReset, FloatHistogram } from '../model/float-histogram.ts';
import { customBucketsSchema, hasWholeCounts } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import { staleNaNBits } from '../model/sample.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { DamageError } from './damage.ts';
import type { HistogramValue } from './histogram/histogram-chunk.ts';
import type { Exemplar, SeriesMetadata } from './reading.ts';
import { compareTexts } from './text-order.ts';

/**
 * The records of the write-ahead log: numbers are big-endian, counts base 128, differences zigzag.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/wal.md and tsdb/record
 */
export const recordTypes = {
  series: 1,
  samples: 2,
  tombstones: 3,
  exemplars: 4,
  mmapMarkers: 5,
  metadata: 6,
  histograms: 7,
  floatHistograms: 8,
  customHistograms: 9,
  customFloatHistograms: 10,
} as const;

const resets: readonly CounterReset[] = ['unknown', 'reset', 'not-reset', 'gauge'];

const metricTypes: readonly SeriesMetadata['type'][] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** More elements than a record can have must not make us take memory for them. */
const maxElements = 100_000;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** Builds one record at a time, of one type, in memory that is used again. */
export class RecordBuilder {
  readonly #out = new ByteWriter(1 << 16);
  #baseRef = 0;
  #baseMs = 0;
  #newestMs = Number.NEGATIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#out.length === 0;
  }

  get length(): number {
    return this.#out.length;
  }

  /** Of the samples, histograms or exemplars in it. */
  get newestMs(): number {
    return this.#newestMs;
  }

  clear(): void {
    this.#out.clear();
    this.#newestMs = Number.NEGATIVE_INFINITY;
  }

  /** Valid until the next change. */
  bytes(): Uint8Array {
    return this.#out.bytes();
  }

  addSeries(ref: number, labels: Labels): void {
    this.#type(recordTypes.series);
    this.#out.word64(ref);
    this.#labels(labels);
  }

  /** Adds those of a record of series whose numbers are wanted, as they are. @throws {DamageError} */
  copySeries(record: Buffer, isWanted: (ref: number) => boolean): void {
    const reader = new ByteReader(record);
    reader.byte();
    while (reader.hasMore) {
      const from = reader.at;
      const ref = reader.word64();
      for (let left = reader.unsigned() * 2; left > 0; left--) reader.skipText();
      if (!isWanted(ref)) continue;
      this.#type(recordTypes.series);
      this.#out.raw(record.subarray(from, reader.at));
    }
  }

  addSample(ref: number, atMs: number, high: number, low: number): void {
    this.#base(recordTypes.samples, ref, atMs);
    this.#out.words(high, low);
  }

  addTombstone(ref: number, minMs: number, maxMs: number): void {
    this.#type(recordTypes.tombstones);
    this.#out.word64(ref);
    this.#out.signed(minMs);
    this.#out.signed(maxMs);
  }

  addExemplar(ref: number, { labels, atMs, value }: Exemplar): void {
    this.#base(recordTypes.exemplars, ref, atMs);
    this.#out.double(value);
    this.#labels(labels);
  }

  addMetadata(ref: number, { type, unit, help }: SeriesMetadata): void {
    this.#type(recordTypes.metadata);
    this.#out.unsigned(ref);
    this.#out.byte(Math.max(0, metricTypes.indexOf(type)));
    this.#out.unsigned(2);
    for (const text of ['UNIT', unit, 'HELP', help]) this.#out.text(text);
  }

  /** All histograms of a record are of the type of {@link histogramRecord}. */
  addHistogram(type: number, ref: number, atMs: number, value: HistogramValue): void {
    this.#base(type, ref, atMs);
    const isFloat = type === recordTypes.floatHistograms || type === recordTypes.customFloatHistograms;
    const one = value === 'stale' ? emptyHistogram : value;
    const out = this.#out;
    out.byte(resets.indexOf(one.counterReset));
    out.signed(one.schema);
    out.double(one.zeroThreshold);
    if (isFloat) {
      out.double(one.zeroCount);
      out.double(one.count);
    } else {
      out.unsigned(one.zeroCount);
      out.unsigned(one.count);
    }
    if (value === 'stale') out.words(staleNaNBits.high, staleNaNBits.low);
    else out.double(one.sum);
    for (const spans of [one.positiveSpans, one.negativeSpans]) {
      out.unsigned(spans.length);
      for (const { offset, length } of spans) {
        out.signed(offset);
        out.unsigned(length);
      }
    }
    for (const buckets of [one.positiveBuckets, one.negativeBuckets]) {
      out.unsigned(buckets.length);
      let before = 0;
      for (const count of buckets) {
        if (isFloat) out.double(count);
        else out.signed(count - before);
        before = count;
      }
    }
    if (one.schema !== customBucketsSchema) return;
    const bounds = one.customValues ?? [];
    out.unsigned(bounds.length);
    for (const bound of bounds) out.double(bound);
  }

  #type(type: number): void {
    if (this.#out.length === 0) this.#out.byte(type);
  }

  /** Series and time are differences to those of the first element. */
  #base(type: number, ref: number, atMs: number): void {
    if (this.#out.length === 0) {
      this.#out.byte(type);
      this.#baseRef = ref;
      this.#baseMs = atMs;
      this.#out.word64(ref);
      this.#out.word64(atMs);
    }
    if (atMs > this.#newestMs) this.#newestMs = atMs;
    this.#out.signed(ref - this.#baseRef);
    this.#out.signed(atMs - this.#baseMs);
  }

  #labels(labels: Labels): void {
    const names = Object.keys(labels)
      .filter((name) => labels[name] !== '')
      .sort(compareTexts);
    this.#out.unsigned(names.length);
    for (const name of names) {
      this.#out.text(name);
      this.#out.text(labels[name] ?? '');
    }
  }
}

const emptyHistogram: FloatHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positiveSpans: [],
  negativeSpans: [],
  positiveBuckets: new Float64Array(0),
  negativeBuckets: new Float64Array(0),
  counterReset: 'unknown',
};

/** The type of record that a histogram belongs in. */
export function histogramRecord(value: HistogramValue): number {
  if (value === 'stale') return recordTypes.histograms;
  if (value.schema === customBucketsSchema)
    return hasWholeCounts(value) ? recordTypes.customHistograms : recordTypes.customFloatHistograms;
  return hasWholeCounts(value) ? recordTypes.histograms : recordTypes.floatHistograms;
}

/** What a reader of the log does with the records. */
export interface RecordVisitor {
  series(ref: number, labels: Labels): void;
  /** The value as the high and low words of its double. */
  sample(ref: number, atMs: number, high: number, low: number): void;
  histogram?(ref: number, atMs: number, value: HistogramValue): void;
  tombstone?(ref: number, minMs: number, maxMs: number): void;
  exemplar?(ref: number, exemplar: Exemplar): void;
  metadata?(ref: number, metadata: SeriesMetadata): void;
  /** A record of a type that we do not keep. */
  other(type: number): void;
}

export function isSeriesRecord(record: Uint8Array): boolean {
  return record[0] === recordTypes.series;
}

/** Whether a record holds samples or histograms and nothing else. */
export function isSampleRecord(record: Uint8Array): boolean {
  return sampleTypes.has(record[0] as number);
}

const sampleTypes: ReadonlySet<number> = new Set([
  recordTypes.samples,
  recordTypes.histograms,
  recordTypes.floatHistograms,
  recordTypes.customHistograms,
  recordTypes.customFloatHistograms,
]);

/**
 * Reads one record. Gives the time of the newest sample, histogram or exemplar in it; −∞ when there is none.
 *
 * @throws {DamageError} when it is not what its type says.
 */
export function readRecord(record: Buffer, visitor: RecordVisitor): number {
  const reader = new ByteReader(record);
  const type = reader.byte();
  switch (type) {
    case recordTypes.series:
      while (reader.hasMore) {
        const ref = reader.word64();
        visitor.series(ref, readLabels(reader));
      }
      break;
    case recordTypes.samples:
      return readBased(reader, (ref, atMs) => {
        const high = reader.word32();
        visitor.sample(ref, atMs, high, reader.word32());
      });
    case recordTypes.tombstones:
      while (reader.hasMore) {
        const ref = reader.word64();
        const minMs = reader.signed();
        visitor.tombstone?.(ref, minMs, reader.signed());
      }
      break;
    case recordTypes.exemplars:
      return readBased(reader, (ref, atMs) => {
        const value = reader.double();
        visitor.exemplar?.(ref, { atMs, value, labels: readLabels(reader) });
      });
    case recordTypes.metadata:
      while (reader.hasMore) readMetadata(reader, visitor);
      break;
    case recordTypes.histograms:
    case recordTypes.customHistograms:
      return readBased(reader, (ref, atMs) => visitor.histogram?.(ref, atMs, readHistogram(reader, false)));
    case recordTypes.floatHistograms:
    case recordTypes.customFloatHistograms:
      return readBased(reader, (ref, atMs) => visitor.histogram?.(ref, atMs, readHistogram(reader, true)));
    case recordTypes.mmapMarkers:
      // Says which out-of-order samples are in files of chunks as well; the log has all of them.
      break;
    default:
      visitor.other(type);
  }
  return Number.NEGATIVE_INFINITY;
}

function readBased(reader: ByteReader, readOne: (ref: number, atMs: number) => void): number {
  let newestMs = Number.NEGATIVE_INFINITY;
  if (!reader.hasMore) return newestMs;
  const baseRef = reader.word64();
  const baseMs = reader.word64();
  while (reader.hasMore) {
    const ref = baseRef + reader.signed();
    const atMs = baseMs + reader.signed();
    if (atMs > newestMs) newestMs = atMs;
    readOne(ref, atMs);
  }
  return newestMs;
}

function readLabels(reader: ByteReader): Labels {
  const labels: Record<string, string> = {};
  for (let left = reader.unsigned(); left > 0; left--) {
    const name = reader.text();
    const value = reader.text();
    if (value !== '') labels[name] = value;
  }
  return labels;
}

function readMetadata(reader: ByteReader, visitor: RecordVisitor): void {
  const ref = reader.unsigned();
  const type = metricTypes[reader.byte()] ?? 'unknown';
  let unit = '';
  let help = '';
  for (let left = reader.unsigned(); left > 0; left--) {
    const name = reader.text();
    const value = reader.text();
    if (name === 'UNIT') unit = value;
    else if (name === 'HELP') help = value;
  }
  visitor.metadata?.(ref, { type, unit, help });
}

function readHistogram(reader: ByteReader, isFloat: boolean): HistogramValue {
  const counterReset = resets[reader.byte()] ?? 'unknown';
  const schema = reader.signed();
  const zeroThreshold = reader.double();
  const zeroCount = isFloat ? reader.double() : reader.unsigned();
  const count = isFloat ? reader.double() : reader.unsigned();
  const high = reader.word32();
  const low = reader.word32();
  words[1] = high;
  words[0] = low;
  const sum = double[0] as number;
  const positiveSpans = readSpans(reader);
  const negativeSpans = readSpans(reader);
  const positiveBuckets = readBuckets(reader, isFloat);
  const negativeBuckets = readBuckets(reader, isFloat);
  const all = { schema, zeroThreshold, zeroCount, count, sum, positiveSpans, negativeSpans, counterReset };
  const customValues =
    schema === customBucketsSchema
      ? Array.from({ length: bounded(reader.unsigned()) }, () => reader.double())
      : undefined;
  if (high === staleNaNBits.high && low === staleNaNBits.low) return 'stale';
  const sides = { positiveBuckets, negativeBuckets };
  return customValues === undefined ? { ...all, ...sides } : { ...all, ...sides, customValues };
}

function readSpans(reader: ByteReader): BucketSpan[] {
  return Array.from({ length: bounded(reader.unsigned()) }, () => {
    const offset = reader.signed();
    return { offset, length: bounded(reader.unsigned()) };
  });
}

function readBuckets(reader: ByteReader, isFloat: boolean): Float64Array {
  const buckets = new Float64Array(bounded(reader.unsigned()));
  let before = 0;
  for (let i = 0; i < buckets.length; i++) {
    before = isFloat ? reader.double() : before + reader.signed();
    buckets[i] = before;
  }
  return buckets;
}

function bounded(count: number): number {
  if (count > maxElements) throw new DamageError(`a histogram has ${count} elements`);
  return count;
}
