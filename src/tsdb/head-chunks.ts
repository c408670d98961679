import { SlabPool } from './slab-pool.ts';
import { appendXor, decodeXor, maxSampleBytes, newCursor, openChunk, sampleCount } from './xor-chunk.ts';

/**
 * In front of a chunk in its block: the reference of the chunk before it (32 bits), its size class (32 bits), and its
 * first and last time (doubles).
 */
const headerBytes = 24;

const samplesPerChunk = 120;

/** Chunks end where Prometheus' blocks do, so that each belongs to one block. */
const rangeMs = 7_200_000;

/** What {@link HeadChunks.append} says of a sample. */
export type Appended = 'ok' | 'same' | 'outOfOrder' | 'duplicate';

/** The samples of all series by slot: a chain of chunks each, the newest of which is being written. */
export class HeadChunks {
  readonly #pool = new SlabPool();
  readonly #cursor = newCursor();
  #capacity = 256;
  /** The chunk being written; 0 is none. */
  #open = new Uint32Array(256);
  #bit = new Uint16Array(256);
  #count = new Uint8Array(256);
  #leading = new Uint8Array(256);
  #trailing = new Uint8Array(256);
  #lastMs = new Float64Array(256);
  #lastDeltaMs = new Float64Array(256);
  #lastHigh = new Uint32Array(256);
  #lastLow = new Uint32Array(256);
  #chunks = 0;

  /** Number of chunks. */
  get chunks(): number {
    return this.#chunks;
  }

  /** Memory held from the system. */
  get bytes(): number {
    return this.#pool.bytes;
  }

  get usedBytes(): number {
    return this.#pool.usedBytes;
  }

  isEmpty(slot: number): boolean {
    return slot >= this.#capacity || this.#open[slot] === 0;
  }

  /** Of the newest sample; only of a slot that is not empty. */
  lastMs(slot: number): number {
    return this.#lastMs[slot] as number;
  }

  append(slot: number, atMs: number, high: number, low: number): Appended {
    if (slot >= this.#capacity) this.#reserve(slot);
    let chunk = this.#open[slot] as number;
    if (chunk !== 0) {
      const lastMs = this.#lastMs[slot] as number;
      if (atMs < lastMs) return 'outOfOrder';
      if (atMs === lastMs) {
        const same = this.#lastHigh[slot] === high && this.#lastLow[slot] === low;
        return same ? 'same' : 'duplicate';
      }
    }
    if (chunk === 0 || this.#isFull(slot, chunk, atMs)) {
      if (chunk !== 0) chunk = this.#seal(slot, chunk);
      chunk = this.#begin(slot, chunk, atMs);
    } else chunk = this.#makeRoom(slot, chunk);
    this.#write(slot, chunk, atMs, high, low);
    return 'ok';
  }

  /** Times and values of `fromMs ≤ t ≤ toMs`, or undefined when there are none. */
  read(
    slot: number,
    fromMs: number,
    toMs: number,
  ): { timesMs: Float64Array; values: Float64Array } | undefined {
    if (this.isEmpty(slot)) return undefined;
    const chosen: number[] = [];
    let total = 0;
    for (let chunk = this.#open[slot] as number; chunk !== 0; chunk = this.#previous(chunk)) {
      if (this.#times(slot, chunk).maxMs < fromMs) break;
      if (this.#times(slot, chunk).minMs > toMs) continue;
      chosen.push(chunk);
      total += sampleCount(this.#pool.slab(chunk), this.#pool.offset(chunk) + headerBytes);
    }
    if (total === 0) return undefined;
    const timesMs = new Float64Array(total);
    const values = new Float64Array(total);
    const out = { timesMs, words: new Uint32Array(values.buffer) };
    let at = 0;
    for (let i = chosen.length - 1; i >= 0; i--) {
      const chunk = chosen[i] as number;
      at += decodeXor(this.#pool.slab(chunk), this.#pool.offset(chunk) + headerBytes, out, at);
    }
    let first = 0;
    while (first < total && (timesMs[first] as number) < fromMs) first++;
    let end = total;
    while (end > first && (timesMs[end - 1] as number) > toMs) end--;
    if (first === end) return undefined;
    return { timesMs: timesMs.subarray(first, end), values: values.subarray(first, end) };
  }

  /** Whether a chunk overlaps `fromMs … toMs`; a little too generous, as it does not look into chunks. */
  hasSamples(slot: number, fromMs: number, toMs: number): boolean {
    if (this.isEmpty(slot)) return false;
    for (let chunk = this.#open[slot] as number; chunk !== 0; chunk = this.#previous(chunk)) {
      const { minMs, maxMs } = this.#times(slot, chunk);
      if (maxMs < fromMs) return false;
      if (minMs <= toMs) return true;
    }
    return false;
  }

  /** Of the oldest sample of a slot that is not empty. */
  minMs(slot: number): number {
    let oldest = this.#open[slot] as number;
    for (let chunk = oldest; chunk !== 0; chunk = this.#previous(chunk)) oldest = chunk;
    return this.#times(slot, oldest).minMs;
  }

  /** Frees chunks that ended before `floorMs`. Returns true when the slot has none left. */
  dropBefore(slot: number, floorMs: number): boolean {
    if (this.isEmpty(slot)) return true;
    let keep = 0;
    let chunk = this.#open[slot] as number;
    while (chunk !== 0 && this.#times(slot, chunk).maxMs >= floorMs) {
      keep = chunk;
      chunk = this.#previous(chunk);
    }
    while (chunk !== 0) {
      const before = this.#previous(chunk);
      this.#pool.release(chunk, this.#sizeClass(chunk));
      this.#chunks--;
      chunk = before;
    }
    if (keep === 0) this.#open[slot] = 0;
    else this.#pool.words(keep)[this.#pool.offset(keep) >>> 2] = 0;
    return keep === 0;
  }

  #isFull(slot: number, chunk: number, atMs: number): boolean {
    if ((this.#count[slot] as number) >= samplesPerChunk) return true;
    const minMs = this.#pool.doubles(chunk)[(this.#pool.offset(chunk) >>> 3) + 1] as number;
    return Math.floor(minMs / rangeMs) !== Math.floor(atMs / rangeMs);
  }

  #begin(slot: number, previous: number, atMs: number): number {
    const sizeClass = this.#pool.classFor(headerBytes + 2 + maxSampleBytes);
    const chunk = this.#pool.allocate(sizeClass);
    const at = this.#pool.offset(chunk);
    const words = this.#pool.words(chunk);
    words[at >>> 2] = previous;
    words[(at >>> 2) + 1] = sizeClass;
    this.#pool.doubles(chunk)[(at >>> 3) + 1] = atMs;
    openChunk(this.#cursor, this.#pool.slab(chunk), at + headerBytes);
    this.#open[slot] = chunk;
    this.#bit[slot] = this.#cursor.bit;
    this.#count[slot] = 0;
    this.#leading[slot] = this.#cursor.leading;
    this.#lastDeltaMs[slot] = 0;
    this.#chunks++;
    return chunk;
  }

  #write(slot: number, chunk: number, atMs: number, high: number, low: number): void {
    const cursor = this.#cursor;
    cursor.bytes = this.#pool.slab(chunk);
    cursor.base = this.#pool.offset(chunk) + headerBytes;
    cursor.bit = this.#bit[slot] as number;
    cursor.count = this.#count[slot] as number;
    cursor.lastMs = this.#lastMs[slot] as number;
    cursor.lastDeltaMs = this.#lastDeltaMs[slot] as number;
    cursor.lastHigh = this.#lastHigh[slot] as number;
    cursor.lastLow = this.#lastLow[slot] as number;
    cursor.leading = this.#leading[slot] as number;
    cursor.trailing = this.#trailing[slot] as number;
    appendXor(cursor, atMs, high, low);
    this.#bit[slot] = cursor.bit;
    this.#count[slot] = cursor.count;
    this.#lastMs[slot] = atMs;
    this.#lastDeltaMs[slot] = cursor.lastDeltaMs;
    this.#lastHigh[slot] = high;
    this.#lastLow[slot] = low;
    this.#leading[slot] = cursor.leading;
    this.#trailing[slot] = cursor.trailing;
  }

  /** Moves the open chunk to a larger block when the next sample might not fit. */
  #makeRoom(slot: number, chunk: number): number {
    const usedBytes = headerBytes + (((this.#bit[slot] as number) + 7) >>> 3);
    const sizeClass = this.#sizeClass(chunk);
    if (usedBytes + maxSampleBytes <= this.#pool.sizeOf(sizeClass)) return chunk;
    return this.#move(slot, chunk, usedBytes, this.#pool.classFor(usedBytes + maxSampleBytes));
  }

  /** Ends the chunk and gives back what it does not need. */
  #seal(slot: number, chunk: number): number {
    const usedBytes = headerBytes + (((this.#bit[slot] as number) + 7) >>> 3);
    this.#pool.doubles(chunk)[(this.#pool.offset(chunk) >>> 3) + 2] = this.#lastMs[slot] as number;
    const sizeClass = this.#pool.classFor(usedBytes);
    return sizeClass < this.#sizeClass(chunk) ? this.#move(slot, chunk, usedBytes, sizeClass) : chunk;
  }

  #move(slot: number, chunk: number, usedBytes: number, sizeClass: number): number {
    const moved = this.#pool.allocate(sizeClass);
    const from = this.#pool.offset(chunk);
    const to = this.#pool.offset(moved);
    this.#pool.slab(moved).set(this.#pool.slab(chunk).subarray(from, from + usedBytes), to);
    this.#pool.release(chunk, this.#sizeClass(chunk));
    this.#pool.words(moved)[(to >>> 2) + 1] = sizeClass;
    this.#open[slot] = moved;
    return moved;
  }

  #previous(chunk: number): number {
    return this.#pool.words(chunk)[this.#pool.offset(chunk) >>> 2] as number;
  }

  #sizeClass(chunk: number): number {
    return this.#pool.words(chunk)[(this.#pool.offset(chunk) >>> 2) + 1] as number;
  }

  #times(slot: number, chunk: number): { readonly minMs: number; readonly maxMs: number } {
    const doubles = this.#pool.doubles(chunk);
    const at = this.#pool.offset(chunk) >>> 3;
    const maxMs = chunk === this.#open[slot] ? this.#lastMs[slot] : doubles[at + 2];
    return { minMs: doubles[at + 1] as number, maxMs: maxMs as number };
  }

  #reserve(slot: number): void {
    const length = Math.max(slot + 1, this.#capacity + (this.#capacity >>> 1));
    this.#capacity = length;
    this.#open = copyInto(new Uint32Array(length), this.#open);
    this.#bit = copyInto(new Uint16Array(length), this.#bit);
    this.#count = copyInto(new Uint8Array(length), this.#count);
    this.#leading = copyInto(new Uint8Array(length), this.#leading);
    this.#trailing = copyInto(new Uint8Array(length), this.#trailing);
    this.#lastMs = copyInto(new Float64Array(length), this.#lastMs);
    this.#lastDeltaMs = copyInto(new Float64Array(length), this.#lastDeltaMs);
    this.#lastHigh = copyInto(new Uint32Array(length), this.#lastHigh);
    this.#lastLow = copyInto(new Uint32Array(length), this.#lastLow);
  }
}

function copyInto<Values extends { set(from: ArrayLike<number>): void }>(
  to: Values,
  from: ArrayLike<number>,
): Values {
  to.set(from);
  return to;
}
