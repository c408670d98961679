import { blockRangeMs, encodings, maxChunkBytes, samplesPerChunk } from './block/format.ts';
import type { HeadChunkFiles } from './head-chunk-files.ts';
import type { SampleSink } from './sample-sink.ts';
import { SlabPool } from './slab-pool.ts';
import {
  appendXor,
  bitAt,
  countAt,
  highAt,
  lastMsAt,
  lowAt,
  maxSampleBytes,
  openChunk,
  ownDouble,
  ownWord,
  stateDoubles,
  stateWords,
  XorStates,
} from './xor-appender.ts';

/**
 * In front of a chunk in its block: the reference of the chunk before it (32 bits), what it is (32 bits: its size class and
 * {@link mappedFlag}), and its first and last time (doubles).
 */
const headerBytes = 24;

/** The chunk is in a file; in place of its data stands where: number of the file and place in it, 32 bits each. */
const mappedFlag = 0x100;
const mappedBytes = headerBytes + 8;

/** One chunk as {@link HeadChunks.eachChunk} gives it: valid until the next. */
export interface HeadChunk {
  minMs: number;
  maxMs: number;
  bytes: Uint8Array;
  from: number;
  to: number;
}

/** What stands in a slot's state beside what the bits need: the chunk being written (0 is none). */
const openAt = ownWord;
/** The bit from which on the chunk has no room for a further sample. */
const roomAt = ownWord + 1;
/** Where the block ends that the chunk being written belongs to. */
const endMsAt = ownDouble;

const maxGrownBytes = headerBytes + maxChunkBytes + 2 * maxSampleBytes;

/** What {@link HeadChunks.append} says of a sample. */
export type Appended = 'ok' | 'same' | 'outOfOrder' | 'duplicate';

/** The samples of all series by slot: a chain of chunks each, the newest of which is being written. */
export class HeadChunks {
  readonly #pool = new SlabPool();
  readonly #states = new XorStates(256);
  #chunks = 0;
  /** Slots with chunks that are done and still in memory. */
  #sealed: number[] = [];
  readonly #files: HeadChunkFiles | undefined;

  /** `files`: where chunks go that are done; without it all stay in memory. */
  constructor(files?: HeadChunkFiles) {
    this.#files = files;
  }

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
    return slot >= this.#states.count || this.#open(slot) === 0;
  }

  /** Of the newest sample; only of a slot that is not empty. */
  lastMs(slot: number): number {
    return this.#states.doubles[slot * stateDoubles + lastMsAt] as number;
  }

  /** Takes a sample, its value as the high and low words of its double. */
  append(slot: number, atMs: number, high: number, low: number): Appended {
    const states = this.#states;
    if (slot >= states.count) this.#reserve(slot);
    const { words, doubles } = states;
    const w = slot * stateWords;
    const d = slot * stateDoubles;
    let chunk = words[w + openAt] as number;
    if (chunk !== 0 && atMs <= (doubles[d + lastMsAt] as number)) {
      if (atMs < (doubles[d + lastMsAt] as number)) return 'outOfOrder';
      return words[w + highAt] === (high | 0) && words[w + lowAt] === (low | 0) ? 'same' : 'duplicate';
    }
    if (
      chunk === 0 ||
      (words[w + bitAt] as number) >= (words[w + roomAt] as number) ||
      atMs >= (doubles[d + endMsAt] as number)
    )
      chunk = this.#makeRoom(slot, chunk, atMs);
    appendXor(states, slot, this.#pool.slab(chunk), this.#pool.offset(chunk) + headerBytes, atMs, high, low);
    if ((words[w + countAt] as number) >= samplesPerChunk) words[w + roomAt] = 0;
    return 'ok';
  }

  /** Gives the chunks that overlap `fromMs … toMs` to `sink`, oldest first. @throws {CorruptionError} */
  read(slot: number, fromMs: number, toMs: number, sink: SampleSink): void {
    this.eachChunk(slot, fromMs, toMs, ({ bytes, from, to }) =>
      sink.addChunk(encodings.xor, bytes, from, to),
    );
  }

  /** Calls `visit` with each chunk that overlaps `fromMs … toMs`, oldest first. @throws {CorruptionError} */
  eachChunk(slot: number, fromMs: number, toMs: number, visit: (chunk: HeadChunk) => void): void {
    if (this.isEmpty(slot)) return;
    const chosen: number[] = [];
    for (let chunk = this.#open(slot); chunk !== 0; chunk = this.#previous(chunk)) {
      const minMs = this.#minMs(chunk);
      if (minMs > toMs) continue;
      if (this.#maxMs(slot, chunk) < fromMs) break;
      chosen.push(chunk);
    }
    for (let i = chosen.length - 1; i >= 0; i--) {
      const chunk = chosen[i] as number;
      const minMs = this.#minMs(chunk);
      const maxMs = this.#maxMs(slot, chunk);
      const start = this.#pool.offset(chunk);
      if (this.#isMapped(chunk)) {
        const words = this.#pool.words(chunk);
        const at = (start + headerBytes) >>> 2;
        const { bytes, from, to } = (this.#files as HeadChunkFiles).read(
          words[at] as number,
          words[at + 1] as number,
        );
        visit({ minMs, maxMs, bytes, from, to });
      } else {
        const bytes = this.#pool.slab(chunk);
        const from = start + headerBytes;
        const to = start + (chunk === this.#open(slot) ? this.#openBytes(slot) : this.#usedBytes(chunk));
        visit({ minMs, maxMs, bytes, from, to });
      }
    }
  }

  /** Ends the chunk being written, so that the next sample begins one. */
  cut(slot: number): void {
    if (!this.isEmpty(slot)) this.#close(slot);
  }

  /** Takes over a chunk that is in a file, newer than all there are of the slot. */
  attach(slot: number, minMs: number, maxMs: number, file: number, offset: number): void {
    if (slot >= this.#states.count) this.#reserve(slot);
    this.#setOpen(slot, this.#stub(this.#open(slot), minMs, maxMs, file, offset));
    this.#states.doubles[slot * stateDoubles + lastMsAt] = maxMs;
    this.#close(slot);
    this.#chunks++;
  }

  /** Number of chunks that are done and could be moved to files. */
  get sealed(): number {
    return this.#sealed.length;
  }

  /**
   * Moves chunks that are done to files, those of a number of series at most. `refOf` gives the number of a slot's series. What
   * cannot be written stays in memory.
   *
   * @throws when a file cannot be written.
   */
  mapSealed(refOf: (slot: number) => number, atMost: number): void {
    const files = this.#files;
    if (files === undefined || this.#sealed.length === 0) return;
    const left = Math.max(0, this.#sealed.length - atMost);
    const slots = new Set(this.#sealed.slice(left));
    const places = new Map<number, { readonly file: number; readonly offset: number }>();
    files.batch(() => {
      for (const slot of slots) {
        for (const chunk of this.#unmapped(slot)) {
          const start = this.#pool.offset(chunk);
          const place = files.write({
            ref: refOf(slot),
            minMs: this.#minMs(chunk),
            maxMs: this.#maxMs(slot, chunk),
            encoding: encodings.xor,
            bytes: this.#pool.slab(chunk),
            from: start + headerBytes,
            to: start + this.#usedBytes(chunk),
          });
          places.set(chunk, place);
        }
      }
    });
    // Only now, when all of them are in the file, may memory let go.
    for (const slot of slots) this.#replace(slot, places);
    this.#sealed.length = left;
  }

  /** Chunks of a slot that are done and in memory, oldest first. */
  #unmapped(slot: number): number[] {
    const waiting: number[] = [];
    if (this.isEmpty(slot)) return waiting;
    let chunk = this.#previous(this.#open(slot));
    for (; chunk !== 0 && !this.#isMapped(chunk); chunk = this.#previous(chunk)) waiting.push(chunk);
    return waiting.reverse();
  }

  #replace(
    slot: number,
    places: ReadonlyMap<number, { readonly file: number; readonly offset: number }>,
  ): void {
    const waiting = this.#unmapped(slot);
    const [oldest] = waiting;
    if (oldest === undefined) return;
    let before = this.#previous(oldest);
    for (const chunk of waiting) {
      const { file = 0, offset = 0 } = places.get(chunk) ?? {};
      before = this.#stub(before, this.#minMs(chunk), this.#maxMs(slot, chunk), file, offset);
    }
    const open = this.#open(slot);
    this.#pool.words(open)[this.#pool.offset(open) >>> 2] = before;
    for (const chunk of waiting) this.#pool.release(chunk, this.#sizeClass(chunk));
  }

  #stub(previous: number, minMs: number, maxMs: number, file: number, offset: number): number {
    const sizeClass = this.#pool.classFor(mappedBytes);
    const stub = this.#pool.allocate(sizeClass);
    const at = this.#pool.offset(stub);
    const words = this.#pool.words(stub);
    words[at >>> 2] = previous;
    words[(at >>> 2) + 1] = sizeClass | mappedFlag;
    const doubles = this.#pool.doubles(stub);
    doubles[(at >>> 3) + 1] = minMs;
    doubles[(at >>> 3) + 2] = maxMs;
    words[(at + headerBytes) >>> 2] = file;
    words[((at + headerBytes) >>> 2) + 1] = offset;
    return stub;
  }

  /** Whether a chunk overlaps `fromMs … toMs`; a little too generous, as it does not look into chunks. */
  hasSamples(slot: number, fromMs: number, toMs: number): boolean {
    if (this.isEmpty(slot)) return false;
    for (let chunk = this.#open(slot); chunk !== 0; chunk = this.#previous(chunk)) {
      if (this.#maxMs(slot, chunk) < fromMs) return false;
      if (this.#minMs(chunk) <= toMs) return true;
    }
    return false;
  }

  /** Of the oldest sample of a slot that is not empty. */
  minMs(slot: number): number {
    let oldest = this.#open(slot);
    for (let chunk = oldest; chunk !== 0; chunk = this.#previous(chunk)) oldest = chunk;
    return this.#minMs(oldest);
  }

  /** Frees chunks that ended before `floorMs`. Returns true when the slot has none left. */
  dropBefore(slot: number, floorMs: number): boolean {
    if (this.isEmpty(slot)) return true;
    let keep = 0;
    let chunk = this.#open(slot);
    while (chunk !== 0 && this.#maxMs(slot, chunk) >= floorMs) {
      keep = chunk;
      chunk = this.#previous(chunk);
    }
    while (chunk !== 0) {
      const before = this.#previous(chunk);
      this.#pool.release(chunk, this.#sizeClass(chunk));
      this.#chunks--;
      chunk = before;
    }
    if (keep === 0) {
      this.#setOpen(slot, 0);
    } else this.#pool.words(keep)[this.#pool.offset(keep) >>> 2] = 0;
    return keep === 0;
  }

  /** A chunk that has room for a sample: the open one, moved to a larger block where it must be, or a new one. */
  #makeRoom(slot: number, chunk: number, atMs: number): number {
    if (chunk === 0) return this.#begin(slot, 0, atMs);
    const w = slot * stateWords;
    const { words, doubles } = this.#states;
    const isFull =
      (words[w + countAt] as number) >= samplesPerChunk || (words[w + bitAt] as number) > maxChunkBytes * 8;
    if (isFull || atMs >= (doubles[slot * stateDoubles + endMsAt] as number))
      return this.#begin(slot, this.#seal(slot, chunk), atMs);
    const usedBytes = this.#openBytes(slot);
    // Larger chunks grow in larger steps, as each costs a copy.
    const wanted = Math.max(usedBytes + maxSampleBytes, Math.min(usedBytes * 1.6, maxGrownBytes));
    return this.#move(slot, chunk, usedBytes, this.#pool.classFor(wanted));
  }

  #begin(slot: number, previous: number, atMs: number): number {
    const sizeClass = this.#pool.classFor(headerBytes + 2 + maxSampleBytes);
    const chunk = this.#pool.allocate(sizeClass);
    const at = this.#pool.offset(chunk);
    const words = this.#pool.words(chunk);
    words[at >>> 2] = previous;
    words[(at >>> 2) + 1] = sizeClass;
    this.#pool.doubles(chunk)[(at >>> 3) + 1] = atMs;
    openChunk(this.#states, slot);
    this.#setOpen(slot, chunk, sizeClass);
    this.#states.doubles[slot * stateDoubles + endMsAt] =
      (Math.floor(atMs / blockRangeMs) + 1) * blockRangeMs;
    this.#chunks++;
    return chunk;
  }

  /** Ends the chunk and, where it stays in memory, gives back what it does not need. */
  #seal(slot: number, chunk: number): number {
    if (this.#isMapped(chunk)) return chunk;
    const usedBytes = this.#openBytes(slot);
    this.#pool.doubles(chunk)[(this.#pool.offset(chunk) >>> 3) + 2] = this.lastMs(slot);
    const sizeClass = this.#pool.classFor(usedBytes);
    const isTight = this.#files !== undefined || sizeClass === this.#sizeClass(chunk);
    const done = isTight ? chunk : this.#move(slot, chunk, usedBytes, sizeClass);
    this.#pool.words(done)[(this.#pool.offset(done) >>> 2) + 1] = this.#sizeClass(done) | (usedBytes << 16);
    if (this.#files !== undefined) this.#sealed.push(slot);
    return done;
  }

  #move(slot: number, chunk: number, usedBytes: number, sizeClass: number): number {
    const moved = this.#pool.allocate(sizeClass);
    const from = this.#pool.offset(chunk);
    const to = this.#pool.offset(moved);
    this.#pool.slab(moved).set(this.#pool.slab(chunk).subarray(from, from + usedBytes), to);
    this.#pool.release(chunk, this.#sizeClass(chunk));
    this.#pool.words(moved)[(to >>> 2) + 1] = sizeClass;
    this.#setOpen(slot, moved, sizeClass);
    return moved;
  }

  /** The chunk being written; 0 is none. */
  #open(slot: number): number {
    return this.#states.words[slot * stateWords + openAt] as number;
  }

  #setOpen(slot: number, chunk: number, sizeClass = 0): void {
    const w = slot * stateWords;
    const { words } = this.#states;
    words[w + openAt] = chunk;
    const roomBytes = this.#pool.sizeOf(sizeClass) - headerBytes - maxSampleBytes;
    words[w + roomAt] = Math.min(roomBytes, maxChunkBytes) * 8 + 1;
  }

  /** Nothing is added to the open chunk any more. */
  #close(slot: number): void {
    const w = slot * stateWords;
    this.#states.words[w + roomAt] = 0;
    this.#states.words[w + countAt] = samplesPerChunk;
  }

  /** Of the chunk being written, its header included. */
  #openBytes(slot: number): number {
    return headerBytes + (((this.#states.words[slot * stateWords + bitAt] as number) + 7) >>> 3);
  }

  #previous(chunk: number): number {
    return this.#pool.words(chunk)[this.#pool.offset(chunk) >>> 2] as number;
  }

  #sizeClass(chunk: number): number {
    return (this.#pool.words(chunk)[(this.#pool.offset(chunk) >>> 2) + 1] as number) & 0xff;
  }

  #isMapped(chunk: number): boolean {
    return ((this.#pool.words(chunk)[(this.#pool.offset(chunk) >>> 2) + 1] as number) & mappedFlag) !== 0;
  }

  #minMs(chunk: number): number {
    return this.#pool.doubles(chunk)[(this.#pool.offset(chunk) >>> 3) + 1] as number;
  }

  #maxMs(slot: number, chunk: number): number {
    if (chunk === this.#open(slot)) return this.lastMs(slot);
    return this.#pool.doubles(chunk)[(this.#pool.offset(chunk) >>> 3) + 2] as number;
  }

  /** Of a chunk that is done: header and data, the samples' bytes being kept in the unused half of the word for its class. */
  #usedBytes(chunk: number): number {
    return (this.#pool.words(chunk)[(this.#pool.offset(chunk) >>> 2) + 1] as number) >>> 16;
  }

  #reserve(slot: number): void {
    this.#states.grow(Math.max(slot + 1, this.#states.count + (this.#states.count >>> 1)));
  }
}
