import { type BucketSpan, customBucketsSchema, type FloatHistogram } from '../../model/float-histogram.ts';
import { bucketIndexes } from '../../model/float-histogram-buckets.ts';
import type { BitReader, BitWriter } from '../bits.ts';
import { DamageError } from '../damage.ts';

/** What all histograms of a chunk have in common. */
export interface HistogramLayout {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly positiveSpans: readonly BucketSpan[];
  readonly negativeSpans: readonly BucketSpan[];
  readonly customValues?: readonly number[];
}

export const emptyLayout: HistogramLayout = {
  schema: 0,
  zeroThreshold: 0,
  positiveSpans: [],
  negativeSpans: [],
};

/** More buckets than any histogram has; a damaged file must not make us take memory for billions. */
const maxBuckets = 100_000;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

export function countBuckets(spans: readonly BucketSpan[]): number {
  let count = 0;
  for (const { length } of spans) count += length;
  return count;
}

/** Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md (histogram chunk data) */
export function writeLayout(out: BitWriter, layout: HistogramLayout): void {
  writeZeroThreshold(out, layout.zeroThreshold);
  out.varbitInt(layout.schema);
  writeSpans(out, layout.positiveSpans);
  writeSpans(out, layout.negativeSpans);
  if (layout.schema !== customBucketsSchema) return;
  const bounds = layout.customValues ?? [];
  out.varbitUint(bounds.length);
  for (const bound of bounds) writeBound(out, bound);
}

/** @throws {DamageError} */
export function readLayout(from: BitReader): HistogramLayout {
  const zeroThreshold = readZeroThreshold(from);
  const schema = from.varbitInt();
  const positiveSpans = readSpans(from);
  const negativeSpans = readSpans(from);
  if (schema !== customBucketsSchema) {
    if (schema < -4 || schema > 8) throw new DamageError(`there is no histogram schema ${schema}`);
    return { schema, zeroThreshold, positiveSpans, negativeSpans };
  }
  const count = from.varbitUint();
  if (count > maxBuckets) throw new DamageError(`a histogram has ${count} bounds`);
  const customValues = Array.from({ length: count }, () => readBound(from));
  return { schema, zeroThreshold, positiveSpans, negativeSpans, customValues };
}

function writeSpans(out: BitWriter, spans: readonly BucketSpan[]): void {
  out.varbitUint(spans.length);
  for (const { offset, length } of spans) {
    out.varbitUint(length);
    out.varbitInt(offset);
  }
}

function readSpans(from: BitReader): BucketSpan[] {
  const count = from.varbitUint();
  if (count > maxBuckets) throw new DamageError(`a histogram has ${count} spans`);
  const spans: BucketSpan[] = [];
  let buckets = 0;
  for (let i = 0; i < count; i++) {
    const length = from.varbitUint();
    buckets += length;
    if (buckets > maxBuckets) throw new DamageError('a histogram has too many buckets');
    spans.push({ length, offset: from.varbitInt() });
  }
  return spans;
}

/** One byte for 0 and for powers of two from 2^-243 to 2^10, else 255 and the double. */
function writeZeroThreshold(out: BitWriter, threshold: number): void {
  if (threshold === 0) {
    out.bits(0, 8);
    return;
  }
  const exponent = Math.round(Math.log2(threshold));
  if (exponent >= -243 && exponent <= 10 && 2 ** exponent === threshold) {
    out.bits(exponent + 244, 8);
    return;
  }
  double[0] = threshold;
  out.bits(0xff, 8);
  out.word64(words[1] as number, words[0] as number);
}

function readZeroThreshold(from: BitReader): number {
  const byte = from.bits(8);
  if (byte === 0) return 0;
  if (byte !== 0xff) return 2 ** (byte - 244);
  words[1] = from.bits(32);
  words[0] = from.bits(32);
  return double[0] as number;
}

/** Bounds that people chose have few decimals; they take a few bits. */
function writeBound(out: BitWriter, bound: number): void {
  const thousandths = bound * 1000;
  if (thousandths >= 0 && thousandths <= 33_554_430 && Number.isInteger(thousandths)) {
    out.varbitUint(thousandths + 1);
    return;
  }
  double[0] = bound;
  out.bits(0, 1);
  out.word64(words[1] as number, words[0] as number);
}

function readBound(from: BitReader): number {
  const thousandths = from.varbitUint();
  if (thousandths > 0) return (thousandths - 1) / 1000;
  words[1] = from.bits(32);
  words[0] = from.bits(32);
  return double[0] as number;
}

export function sameSpans(a: readonly BucketSpan[], b: readonly BucketSpan[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ offset, length }, i) => offset === b[i]?.offset && length === b[i]?.length)
  );
}

export function sameBounds(a: readonly number[] = [], b: readonly number[] = []): boolean {
  return a.length === b.length && a.every((bound, i) => bound === b[i]);
}

/** Spans that name the buckets of both. */
export function unionSpans(a: readonly BucketSpan[], b: readonly BucketSpan[]): readonly BucketSpan[] {
  if (sameSpans(a, b)) return a;
  const indexes = new Set<number>();
  for (const spans of [a, b])
    for (const index of bucketIndexes(spans, countBuckets(spans))) indexes.add(index);
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of [...indexes].sort((x, y) => x - y)) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return spans;
}

/** Counts as they stand in other spans, which name all buckets of `from`; buckets that are new are 0. */
export function spread(
  buckets: Float64Array,
  from: readonly BucketSpan[],
  to: readonly BucketSpan[],
): Float64Array {
  if (from === to || sameSpans(from, to)) return buckets;
  const indexes = bucketIndexes(from, buckets.length);
  const wanted = bucketIndexes(to, countBuckets(to));
  const out = new Float64Array(wanted.length);
  let at = 0;
  for (let i = 0; i < wanted.length && at < indexes.length; i++) {
    if (wanted[i] === indexes[at]) out[i] = buckets[at++] as number;
  }
  return out;
}

export function layoutOf({
  schema,
  zeroThreshold,
  positiveSpans,
  negativeSpans,
  customValues,
}: FloatHistogram): HistogramLayout {
  const layout = { schema, zeroThreshold, positiveSpans, negativeSpans };
  return schema === customBucketsSchema ? { ...layout, customValues: customValues ?? [] } : layout;
}
