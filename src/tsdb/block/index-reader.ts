import { compileMatcher, literalsOf } from '../../kit/compile-matcher.ts';
import type { Matcher } from '../../model/matcher.ts';
import { ByteReader } from '../byte-reader.ts';
import { crc32c } from '../crc32c.ts';
import { CorruptionError, DamageError, inFile } from '../damage.ts';
import { CachedFile, type PageCache } from '../page-cache.ts';
import { compareTexts } from '../text-order.ts';
import { indexMagic, indexVersion, tocBytes } from './format.ts';
import type { ChunkMeta } from './index-writer.ts';
import { intersect, subtract, union } from './postings-lists.ts';

/** Of so many entries of a table one is kept in memory. */
const sampling = 32;

/** Entries of a table that are read at one go. */
const stepEntries = 1024;

/** Texts kept of the symbols asked for last; all are forgotten when there are more. */
const cachedSymbols = 4096;

/** A series as the index has it. */
export interface SeriesEntry {
  /** Name, value, name, value, … sorted by name. */
  readonly pairs: readonly string[];
  readonly chunks: readonly ChunkMeta[];
}

/** Where a label's values are in the table of postings. */
interface NameEntry {
  /** Every 32nd value and its place in the file. */
  readonly values: string[];
  readonly offsets: number[];
  /** Where the last entry ends. */
  end: number;
  count: number;
}

/**
 * An `index` file, of which little is kept in memory: every 32nd symbol's and label value's place. The rest is read when it is
 * asked for. What is read is checked.
 */
export class IndexReader {
  readonly #file: CachedFile;
  readonly #cache: PageCache;
  #symbolCount = 0;
  #symbolOffsets = new Float64Array(0);
  #symbolsEnd = 0;
  #symbols = new Map<number, string>();
  readonly #names = new Map<string, NameEntry>();
  #allPostings = 0;

  /** Nothing can be asked before {@link load} has come to its end. */
  constructor(path: string, cache: PageCache) {
    this.#file = new CachedFile(path);
    this.#cache = cache;
  }

  /** Reads the tables that find the rest, in steps: a label with many values makes a long one. @throws {CorruptionError} */
  *load(): Generator<void> {
    const { path, size } = this.#file;
    if (size < 5 + tocBytes) throw new CorruptionError(path, 0, 'it is too short for an index');
    const header = this.#cache.copy(this.#file, 0, 5);
    if (header.readUInt32BE(0) !== indexMagic) throw new CorruptionError(path, 0, 'it is no index');
    if (header[4] !== indexVersion)
      throw new CorruptionError(path, 4, `its version is ${header[4]}; only ${indexVersion} is read`);
    const tocAt = size - tocBytes;
    const toc = this.#cache.copy(this.#file, tocAt, tocBytes);
    if (crc32c(toc, 0, tocBytes - 4) !== toc.readUInt32BE(tocBytes - 4))
      throw new CorruptionError(path, tocAt, 'the checksum of the table of contents does not match');
    const reader = new ByteReader(toc);
    const symbols = reader.word64();
    reader.skip(4 * 8);
    const postingOffsets = reader.word64();
    yield* this.#inSteps(symbols, this.#readSymbols(symbols));
    yield* this.#inSteps(postingOffsets, this.#readPostingOffsets(postingOffsets));
  }

  get size(): number {
    return this.#file.size;
  }

  close(): void {
    this.#cache.drop(this.#file);
    this.#file.close();
  }

  names(): string[] {
    return [...this.#names.keys()];
  }

  valueCount(name: string): number {
    return this.#names.get(name)?.count ?? 0;
  }

  /** Values of a label in order of their bytes. */
  values(name: string): string[] {
    const out: string[] = [];
    this.#scan(name, (value) => void out.push(value));
    return out;
  }

  /** Values with the number of their series. */
  pairCounts(name: string): [string, number][] {
    const out: [string, number, number][] = [];
    this.#scan(name, (value, offset) => void out.push([value, 0, offset]));
    return out.map(([value, , offset]) => {
      this.#cache.locate(this.#file, offset, 8);
      return [value, new ByteReader(this.#cache.bytes, this.#cache.at + 4).word32()];
    });
  }

  /** All symbols in order. */
  *allSymbols(): Generator<string> {
    for (let id = 0; id < this.#symbolCount; id += sampling) {
      const texts = this.#symbolRun(id);
      yield* texts;
    }
  }

  /** Every series, in order of labels. */
  all(): Uint32Array {
    return this.#postings(this.#allPostings);
  }

  /** Series that match all of the matchers, in order of their labels. @throws {BadInputError} for a bad pattern. */
  select(matchers: readonly Matcher[]): Uint32Array {
    let found: Uint32Array | undefined;
    const excluded: Uint32Array[] = [];
    for (const matcher of matchers) {
      const accepts = compileMatcher(matcher);
      if (accepts('')) {
        // Whoever has a value that is not accepted is out; those without the label stay.
        const refused = this.#union(matcher.name, (value) => !accepts(value), undefined);
        if (refused.length > 0) excluded.push(refused);
        continue;
      }
      const literals =
        matcher.op === '=' ? [matcher.value] : matcher.op === '=~' ? literalsOf(matcher.value) : undefined;
      const one = this.#union(matcher.name, accepts, literals);
      found = found === undefined ? one : intersect(found, one);
      if (found.length === 0) return found;
    }
    let left = found ?? this.all();
    for (const one of excluded) left = subtract(left, one);
    return left;
  }

  /** @throws {CorruptionError} */
  series(ref: number): SeriesEntry {
    const offset = ref * 16;
    const body = this.#seriesBody(offset);
    return inFile(this.#file.path, offset, () => {
      const chunkPart = { at: 0 };
      const ids = readSymbolIds(body, chunkPart);
      // Symbols are read through the cache, which the bytes in hand may belong to: so the chunks go first.
      const chunks = readChunkMetas(new ByteReader(body, chunkPart.at));
      return { pairs: ids.map((id) => this.#symbol(id)), chunks };
    });
  }

  *#inSteps(offset: number, steps: Generator<void>): Generator<void> {
    if (offset === 0) return;
    for (;;) {
      const { done } = inFile(this.#file.path, offset, () => steps.next());
      if (done === true) return;
      yield;
    }
  }

  *#readSymbols(offset: number): Generator<void> {
    const section = this.#section(offset);
    const reader = new ByteReader(section);
    this.#symbolCount = reader.word32();
    if (this.#symbolCount > section.length) throw new DamageError('there are more symbols than bytes');
    this.#symbolOffsets = new Float64Array(Math.ceil(this.#symbolCount / sampling));
    for (let i = 0; i < this.#symbolCount; i++) {
      if (i % sampling === 0) this.#symbolOffsets[i / sampling] = offset + 4 + reader.at;
      reader.skipText();
      if (i % stepEntries === stepEntries - 1) yield;
    }
    this.#symbolsEnd = offset + 4 + section.length;
  }

  *#readPostingOffsets(offset: number): Generator<void> {
    const section = this.#section(offset);
    const reader = new ByteReader(section);
    const count = reader.word32();
    let lastName: string | undefined;
    let entry: NameEntry | undefined;
    for (let i = 0; i < count; i++) {
      if (i % stepEntries === stepEntries - 1) yield;
      const at = offset + 4 + reader.at;
      if (reader.byte() !== 2) throw new DamageError('an entry of the table of postings has no two texts');
      const name = reader.text();
      const isSampled = name !== lastName || (entry !== undefined && entry.count % sampling === 0);
      let value = '';
      if (isSampled) value = reader.text();
      else reader.skipText();
      const postings = reader.unsigned();
      if (name === '') {
        this.#allPostings = postings;
        continue;
      }
      if (name !== lastName) {
        entry = { values: [], offsets: [], end: 0, count: 0 };
        this.#names.set(name, entry);
        lastName = name;
      }
      if (entry === undefined) continue;
      if (isSampled) {
        entry.values.push(value);
        entry.offsets.push(at);
      }
      entry.count++;
      entry.end = offset + 4 + reader.at;
    }
  }

  /** The bytes between a section's length and its checksum, which is compared. */
  #section(offset: number): Buffer {
    const { path } = this.#file;
    const length = this.#cache.copy(this.#file, offset, 4).readUInt32BE(0);
    const bytes = this.#cache.copy(this.#file, offset + 4, length + 4);
    if (crc32c(bytes, 0, length) !== bytes.readUInt32BE(length))
      throw new CorruptionError(path, offset, 'the checksum of a section does not match');
    return bytes.subarray(0, length);
  }

  #symbol(id: number): string {
    const known = this.#symbols.get(id);
    if (known !== undefined) return known;
    if (id >= this.#symbolCount) throw new DamageError(`there is no symbol ${id}`);
    const first = id - (id % sampling);
    const texts = this.#symbolRun(first, id - first + 1);
    if (this.#symbols.size >= cachedSymbols) this.#symbols = new Map();
    const text = texts.at(-1) as string;
    this.#symbols.set(id, text);
    return text;
  }

  /** Symbols from one that is a multiple of 32; at most to the next. */
  #symbolRun(first: number, atMost = sampling): string[] {
    const index = first / sampling;
    const offset = this.#symbolOffsets[index] as number;
    const end = this.#symbolOffsets[index + 1] ?? this.#symbolsEnd;
    this.#cache.locate(this.#file, offset, end - offset);
    const reader = new ByteReader(this.#cache.bytes, this.#cache.at, this.#cache.at + end - offset);
    const texts: string[] = [];
    const wanted = Math.min(atMost, this.#symbolCount - first);
    // Only the last one is asked for when there are fewer than all.
    for (let i = 0; i < wanted; i++) {
      if (atMost < sampling && i < wanted - 1) reader.skipText();
      else texts.push(reader.text());
    }
    return texts;
  }

  /** Calls `visit` with each value of a label, in order, and the place of its series. */
  #scan(name: string, visit: (value: string, offset: number) => void): void {
    const entry = this.#names.get(name);
    if (entry === undefined) return;
    for (let i = 0; i < entry.offsets.length; i++) this.#scanRun(entry, i, visit);
  }

  #scanRun(entry: NameEntry, run: number, visit: (value: string, offset: number) => void): void {
    const offset = entry.offsets[run] as number;
    const end = entry.offsets[run + 1] ?? entry.end;
    this.#cache.locate(this.#file, offset, end - offset);
    inFile(this.#file.path, offset, () => {
      const reader = new ByteReader(this.#cache.bytes, this.#cache.at, this.#cache.at + end - offset);
      while (reader.hasMore) {
        reader.skip(1);
        reader.skipText();
        visit(reader.text(), reader.unsigned());
      }
    });
  }

  /** The place of the series with a value. */
  #offsetOf(name: string, value: string): number | undefined {
    const entry = this.#names.get(name);
    if (entry === undefined) return undefined;
    let low = 0;
    let high = entry.values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareTexts(entry.values[middle] as string, value) <= 0) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    let found: number | undefined;
    this.#scanRun(entry, low - 1, (one, offset) => {
      if (one === value) found = offset;
    });
    return found;
  }

  #union(
    name: string,
    accepts: (value: string) => boolean,
    literals: readonly string[] | undefined,
  ): Uint32Array {
    const offsets: number[] = [];
    if (literals !== undefined) {
      for (const value of new Set(literals)) {
        const offset = this.#offsetOf(name, value);
        if (offset !== undefined) offsets.push(offset);
      }
    } else {
      this.#scan(name, (value, offset) => {
        if (accepts(value)) offsets.push(offset);
      });
    }
    return union(offsets.map((offset) => this.#postings(offset)));
  }

  #postings(offset: number): Uint32Array {
    const { path } = this.#file;
    if (offset === 0) return new Uint32Array(0);
    this.#cache.locate(this.#file, offset, 8);
    const head = new ByteReader(this.#cache.bytes, this.#cache.at);
    const length = head.word32();
    const count = head.word32();
    if (count * 4 + 4 !== length)
      throw new CorruptionError(path, offset, `a list of ${count} series has ${length} bytes`);
    this.#cache.locate(this.#file, offset + 4, length + 4);
    const { bytes, at } = this.#cache;
    const reader = new ByteReader(bytes, at + 4);
    const refs = new Uint32Array(count);
    for (let i = 0; i < count; i++) refs[i] = reader.word32();
    if (crc32c(bytes, at, at + length) !== reader.word32())
      throw new CorruptionError(path, offset, 'the checksum of a list of series does not match');
    return refs;
  }

  /** A copy, as reading symbols moves the cache on. */
  #seriesBody(offset: number): Buffer {
    const { path, size } = this.#file;
    this.#cache.locate(this.#file, offset, Math.max(0, Math.min(5, size - offset)));
    const head = new ByteReader(this.#cache.bytes, this.#cache.at, this.#cache.at + 5);
    const start = head.at;
    const length = inFile(path, offset, () => head.unsigned());
    const skip = head.at - start;
    this.#cache.locate(this.#file, offset + skip, length + 4);
    const { bytes, at } = this.#cache;
    const sum = new ByteReader(bytes, at + length).word32();
    if (crc32c(bytes, at, at + length) !== sum)
      throw new CorruptionError(path, offset, 'the checksum of a series does not match');
    if (body.length < length) body = Buffer.allocUnsafeSlow(length * 2);
    body.set(bytes.subarray(at, at + length));
    return body.subarray(0, length);
  }
}

let body = Buffer.allocUnsafeSlow(1 << 12);

function readSymbolIds(bytes: Buffer, rest: { at: number }): number[] {
  const reader = new ByteReader(bytes);
  const count = reader.unsigned();
  if (count > bytes.length) throw new DamageError('a series has more labels than bytes');
  const ids: number[] = [];
  for (let i = 0; i < count * 2; i++) ids.push(reader.unsigned());
  rest.at = reader.at;
  return ids;
}

const twoTo63 = 2 ** 63;

function readChunkMetas(reader: ByteReader): ChunkMeta[] {
  const count = reader.unsigned();
  if (count > reader.left) throw new DamageError('a series has more chunks than bytes');
  const chunks: ChunkMeta[] = [];
  let beforeMs = 0;
  let beforeRef = 0;
  for (let i = 0; i < count; i++) {
    let minMs: number;
    if (i === 0) minMs = reader.signed();
    else {
      // A difference that is negative is written as a very large number.
      const gap = reader.unsigned();
      minMs = beforeMs + (gap >= twoTo63 ? gap - 2 * twoTo63 : gap);
    }
    const maxMs = minMs + reader.unsigned();
    const ref = i === 0 ? reader.unsigned() : beforeRef + reader.signed();
    chunks.push({ ref, minMs, maxMs });
    beforeMs = maxMs;
    beforeRef = ref;
  }
  return chunks;
}
