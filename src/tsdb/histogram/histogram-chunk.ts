import type { CounterReset, FloatHistogram } from '../../model/float-histogram.ts';
import { staleNaNBits } from '../../model/sample.ts';
import { BitReader, BitWriter } from '../bits.ts';
import { DamageError } from '../damage.ts';
import { countBuckets, type HistogramLayout, readLayout, writeLayout } from './layout.ts';
import { XorFields } from './xor-fields.ts';

/** A histogram, or the marker that its series ended. */
export type HistogramValue = FloatHistogram | 'stale';

/** The two bits in a chunk's third byte that tell of a counter reset before it. */
const resetBits = { unknown: 0b0000_0000, 'not-reset': 0b0100_0000, reset: 0b1000_0000, gauge: 0b1100_0000 };
const resetMask = 0b1100_0000;

const headerBytes = 3;
const count = 0;
const zeroCount = 1;
const sum = 2;
/** Of the first bucket among the fields of a float histogram. */
const buckets = 3;

/**
 * Writes one chunk of histograms of one layout, integer or float: sample by sample, as Prometheus lays them out.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md
 */
export class HistogramChunkWriter {
  readonly layout: HistogramLayout;
  readonly isFloat: boolean;
  readonly reset: CounterReset;
  readonly #out = new BitWriter();
  readonly #fields: XorFields;
  readonly #bucketCount: number;
  /** Of integer histograms: the last value of each number, and its last difference. */
  readonly #last: Float64Array;
  readonly #lastDelta: Float64Array;
  #samples = 0;
  #minMs = 0;
  #lastMs = 0;
  #lastDeltaMs = 0;

  constructor(layout: HistogramLayout, isFloat: boolean, reset: CounterReset) {
    this.layout = layout;
    this.isFloat = isFloat;
    this.reset = reset;
    this.#bucketCount = countBuckets(layout.positiveSpans) + countBuckets(layout.negativeSpans);
    this.#fields = new XorFields(isFloat ? buckets + this.#bucketCount : buckets);
    this.#last = new Float64Array(isFloat ? 0 : 2 + this.#bucketCount);
    this.#lastDelta = new Float64Array(this.#last.length);
    this.#out.bits(0, 16);
    this.#out.bits(resetBits[reset], 8);
    writeLayout(this.#out, layout);
  }

  get samples(): number {
    return this.#samples;
  }

  get byteLength(): number {
    return this.#out.byteLength;
  }

  get minMs(): number {
    return this.#minMs;
  }

  /** Valid until the next sample. */
  bytes(): Uint8Array {
    return this.#out.bytes();
  }

  /** Appends a histogram that has exactly the chunk's layout. After a marker only markers may follow. */
  append(atMs: number, value: HistogramValue): void {
    const isFirst = this.#samples === 0;
    const deltaMs = atMs - this.#lastMs;
    if (isFirst) {
      this.#minMs = atMs;
      this.#out.varbitInt(atMs);
    } else {
      // The first difference is written whole, as the difference before it was 0.
      this.#out.varbitInt(deltaMs - this.#lastDeltaMs);
      this.#lastDeltaMs = deltaMs;
    }
    if (this.isFloat) this.#appendFloat(value, isFirst);
    else this.#appendInteger(value, isFirst);
    this.#lastMs = atMs;
    this.#samples++;
    this.#out.setByte(0, this.#samples >>> 8);
    this.#out.setByte(1, this.#samples & 0xff);
  }

  #appendFloat(value: HistogramValue, isFirst: boolean): void {
    const out = this.#out;
    const fields = this.#fields;
    if (value === 'stale') {
      for (const field of [count, zeroCount]) {
        if (isFirst) fields.writeFirst(out, field, 0);
        else fields.writeWords(out, field, fields.high[field] as number, fields.low[field] as number);
      }
      this.#writeStaleSum(isFirst);
      return;
    }
    const write = (field: number, number: number): void => {
      if (isFirst) fields.writeFirst(out, field, number);
      else fields.write(out, field, number);
    };
    write(count, value.count);
    write(zeroCount, value.zeroCount);
    write(sum, value.sum);
    let field = buckets;
    for (const side of [value.positiveBuckets, value.negativeBuckets])
      for (const number of side) write(field++, number);
  }

  #appendInteger(value: HistogramValue, isFirst: boolean): void {
    const out = this.#out;
    if (value === 'stale') {
      out.varbitInt(0);
      out.varbitInt(0);
      this.#writeStaleSum(isFirst);
      return;
    }
    if (isFirst) {
      out.varbitUint(value.count);
      out.varbitUint(value.zeroCount);
      this.#last[count] = value.count;
      this.#last[zeroCount] = value.zeroCount;
      this.#fields.writeFirst(out, sum, value.sum);
    } else {
      this.#writeDelta(count, value.count);
      this.#writeDelta(zeroCount, value.zeroCount);
      this.#fields.write(out, sum, value.sum);
    }
    let field = 2;
    for (const side of [value.positiveBuckets, value.negativeBuckets]) {
      let before = 0;
      for (const number of side) {
        // Buckets are stored as differences to the bucket before.
        const difference = number - before;
        before = number;
        if (isFirst) {
          out.varbitInt(difference);
          this.#last[field] = difference;
        } else this.#writeDelta(field, difference);
        field++;
      }
    }
  }

  #writeDelta(field: number, number: number): void {
    const delta = number - (this.#last[field] as number);
    this.#out.varbitInt(delta - (this.#lastDelta[field] as number));
    this.#last[field] = number;
    this.#lastDelta[field] = delta;
  }

  #writeStaleSum(isFirst: boolean): void {
    const { high, low } = staleNaNBits;
    if (isFirst) this.#fields.writeFirstWords(this.#out, sum, high, low);
    else this.#fields.writeWords(this.#out, sum, high, low);
  }
}

export interface HistogramSamples {
  readonly timesMs: number[];
  readonly values: HistogramValue[];
  readonly layout: HistogramLayout;
  readonly reset: CounterReset;
}

/** Reads the whole chunk in `bytes[from … to)`. @throws {DamageError} */
export function readHistogramChunk(
  bytes: Uint8Array,
  from: number,
  to: number,
  isFloat: boolean,
): HistogramSamples {
  if (to - from < headerBytes) throw new DamageError('a histogram chunk is too short');
  const samples = ((bytes[from] as number) << 8) | (bytes[from + 1] as number);
  const flags = (bytes[from + 2] as number) & resetMask;
  const reset =
    (Object.keys(resetBits) as CounterReset[]).find((key) => resetBits[key] === flags) ?? 'unknown';
  const reader = new BitReader(bytes, from + headerBytes, to);
  const layout = readLayout(reader);
  const out: HistogramSamples = { timesMs: [], values: [], layout, reset };
  if (samples === 0) return out;
  const read = isFloat ? floatReader(reader, layout) : integerReader(reader, layout);
  let atMs = 0;
  let deltaMs = 0;
  for (let i = 0; i < samples; i++) {
    if (i === 0) atMs = reader.varbitInt();
    else {
      deltaMs += reader.varbitInt();
      atMs += deltaMs;
    }
    const numbers = read(i === 0);
    out.timesMs.push(atMs);
    // Within a chunk of a counter there are no resets; what was before it is known only where it was one.
    const counterReset =
      reset === 'gauge' ? reset : i > 0 ? 'not-reset' : reset === 'reset' ? reset : 'unknown';
    out.values.push(numbers === undefined ? 'stale' : { ...layout, ...numbers, counterReset });
  }
  return out;
}

type Numbers = Pick<FloatHistogram, 'count' | 'zeroCount' | 'sum' | 'positiveBuckets' | 'negativeBuckets'>;

/** Undefined is a staleness marker, after which no buckets are written. */
type ReadNumbers = (isFirst: boolean) => Numbers | undefined;

function floatReader(reader: BitReader, layout: HistogramLayout): ReadNumbers {
  const positive = countBuckets(layout.positiveSpans);
  const negative = countBuckets(layout.negativeSpans);
  const fields = new XorFields(buckets + positive + negative);
  return (isFirst) => {
    const read = (field: number) => (isFirst ? fields.readFirst(reader, field) : fields.read(reader, field));
    const all = { count: read(count), zeroCount: read(zeroCount), sum: read(sum) };
    if (isStale(fields)) return undefined;
    const positiveBuckets = new Float64Array(positive);
    const negativeBuckets = new Float64Array(negative);
    for (let i = 0; i < positive; i++) positiveBuckets[i] = read(buckets + i);
    for (let i = 0; i < negative; i++) negativeBuckets[i] = read(buckets + positive + i);
    return { ...all, positiveBuckets, negativeBuckets };
  };
}

function integerReader(reader: BitReader, layout: HistogramLayout): ReadNumbers {
  const positive = countBuckets(layout.positiveSpans);
  const negative = countBuckets(layout.negativeSpans);
  const fields = new XorFields(buckets);
  const last = new Float64Array(2 + positive + negative);
  const lastDelta = new Float64Array(last.length);
  const next = (field: number): number => {
    lastDelta[field] = (lastDelta[field] as number) + reader.varbitInt();
    last[field] = (last[field] as number) + (lastDelta[field] as number);
    return last[field] as number;
  };
  const side = (from: number, length: number, isFirst: boolean): Float64Array => {
    const out = new Float64Array(length);
    let before = 0;
    for (let i = 0; i < length; i++) {
      if (isFirst) last[from + i] = reader.varbitInt();
      else next(from + i);
      before += last[from + i] as number;
      out[i] = before;
    }
    return out;
  };
  return (isFirst) => {
    if (isFirst) {
      last[count] = reader.varbitUint();
      last[zeroCount] = reader.varbitUint();
      fields.readFirst(reader, sum);
    } else {
      next(count);
      next(zeroCount);
      fields.read(reader, sum);
    }
    if (isStale(fields)) return undefined;
    const positiveBuckets = side(2, positive, isFirst);
    const negativeBuckets = side(2 + positive, negative, isFirst);
    return {
      count: last[count] as number,
      zeroCount: last[zeroCount] as number,
      sum: fields.value(sum),
      positiveBuckets,
      negativeBuckets,
    };
  };
}

function isStale(fields: XorFields): boolean {
  return fields.high[sum] === staleNaNBits.high && fields.low[sum] === staleNaNBits.low;
}
