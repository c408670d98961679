import { ByteWriter } from '../byte-writer.ts';
import { crc32c } from '../crc32c.ts';
import type { Pace } from '../pace.ts';
import { sortInSlices } from '../sort-in-slices.ts';
import { FileWriter } from './file-writer.ts';
import { indexMagic, indexVersion } from './format.ts';

/** Where a chunk of a series is and which time it covers. */
export interface ChunkMeta {
  readonly ref: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** Two numbers in one: of a label's name and value. */
const pairFactor = 2 ** 32;

/** A growing array of 32-bit numbers. */
class Numbers {
  #values = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Uint32Array(this.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }
}

/**
 * Writes an `index` file: symbols first, then series in order of their labels, then everything that finds them.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/index.md
 */
export class IndexWriter {
  readonly #file: FileWriter;
  readonly #pace: Pace;
  readonly #symbols: readonly string[];
  readonly #idOf = new Map<string, number>();
  readonly #pairs = new Map<number, number>();
  readonly #pairKeys: number[] = [];
  /** Of every label of every series: its pair and the series. */
  readonly #entryPairs = new Numbers();
  readonly #entryRefs = new Numbers();
  readonly #refs = new Numbers();
  readonly #toc = { symbols: 0, series: 0, labelIndices: 0, labelOffsets: 0, postings: 0, postingOffsets: 0 };

  private constructor(file: FileWriter, symbols: readonly string[], pace: Pace) {
    this.#file = file;
    this.#symbols = symbols;
    this.#pace = pace;
  }

  /** `symbols`: every name and value that will occur, each once, in order of their bytes. */
  static async create(path: string, symbols: readonly string[], pace: Pace): Promise<IndexWriter> {
    const writer = new IndexWriter(await FileWriter.create(path), symbols, pace);
    writer.#file.out.word32(indexMagic);
    writer.#file.out.byte(indexVersion);
    writer.#toc.symbols = writer.#file.position;
    await writer.#section(symbols.length, async (out) => {
      for (const [id, text] of symbols.entries()) {
        writer.#idOf.set(text, id);
        out.text(text);
        if (pace.isDue) await pace.rest();
      }
    });
    writer.#toc.series = writer.#file.position;
    return writer;
  }

  get series(): number {
    return this.#refs.length;
  }

  get isFull(): boolean {
    return this.#file.isFull;
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  /** `pairs`: name, value, name, value, … sorted by name. Series come in order of their labels, chunks in order of time. */
  addSeries(pairs: readonly string[], chunks: readonly ChunkMeta[]): void {
    const file = this.#file;
    file.align(16);
    const ref = file.position / 16;
    this.#refs.push(ref);
    const body = scratch;
    body.clear();
    body.unsigned(pairs.length / 2);
    for (let i = 0; i < pairs.length; i += 2) {
      const name = this.#symbol(pairs[i] as string);
      const value = this.#symbol(pairs[i + 1] as string);
      body.unsigned(name);
      body.unsigned(value);
      this.#entryPairs.push(this.#pair(name, value));
      this.#entryRefs.push(ref);
    }
    body.unsigned(chunks.length);
    let beforeMs = 0;
    let beforeRef = 0;
    for (const [i, { ref: chunkRef, minMs, maxMs }] of chunks.entries()) {
      if (i === 0) {
        body.signed(minMs);
        body.unsigned(maxMs - minMs);
        body.unsigned(chunkRef);
      } else {
        // Unsigned differences wrap, should a chunk begin before the one before it ended.
        if (minMs >= beforeMs) body.unsigned(minMs - beforeMs);
        else unsignedWrapped(body, minMs - beforeMs);
        body.unsigned(maxMs - minMs);
        body.signed(chunkRef - beforeRef);
      }
      beforeMs = maxMs;
      beforeRef = chunkRef;
    }
    const bytes = body.bytes();
    file.out.unsigned(bytes.length);
    file.out.raw(bytes);
    file.out.word32(crc32c(bytes));
  }

  /** Writes the rest and hands everything to the disk. */
  async finish(): Promise<number> {
    const file = this.#file;
    const order = await sortInSlices(
      [...this.#pairKeys.keys()],
      (a, b) => (this.#pairKeys[a] as number) - (this.#pairKeys[b] as number),
      this.#pace,
    );
    const names = await this.#valuesByName(order);
    this.#toc.labelIndices = this.#aligned();
    const labelOffsets = await this.#labelIndices(names);
    this.#toc.postings = this.#aligned();
    const postingOffsets = await this.#postings(order);
    this.#toc.labelOffsets = file.position;
    await this.#section(names.size, async (out) => {
      let i = 0;
      for (const name of names.keys()) {
        out.byte(1);
        out.text(this.#symbols[name] as string);
        out.unsigned(labelOffsets[i++] as number);
      }
    });
    this.#toc.postingOffsets = file.position;
    await this.#section(order.length + 1, async (out) => {
      for (let i = -1; i < order.length; i++) {
        const key = i < 0 ? undefined : (this.#pairKeys[order[i] as number] as number);
        out.byte(2);
        out.text(key === undefined ? '' : (this.#symbols[Math.floor(key / pairFactor)] as string));
        out.text(key === undefined ? '' : (this.#symbols[key % pairFactor] as string));
        out.unsigned(postingOffsets[i + 1] as number);
        if (this.#pace.isDue) await this.#pace.rest();
      }
    });
    const toc = this.#toc;
    const start = file.out.length;
    for (const offset of [
      toc.symbols,
      toc.series,
      toc.labelIndices,
      toc.labelOffsets,
      toc.postings,
      toc.postingOffsets,
    ])
      file.out.word64(offset);
    file.out.word32(crc32c(file.out.bytes(), start));
    const size = file.position;
    await file.end();
    return size;
  }

  abandon(): Promise<void> {
    return this.#file.abandon();
  }

  #aligned(): number {
    this.#file.align(4);
    return this.#file.position;
  }

  #symbol(text: string): number {
    const id = this.#idOf.get(text);
    if (id === undefined) throw new Error(`the symbol ${JSON.stringify(text)} was not announced`);
    return id;
  }

  #pair(name: number, value: number): number {
    const key = name * pairFactor + value;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = this.#pairKeys.length;
      this.#pairs.set(key, pair);
      this.#pairKeys.push(key);
    }
    return pair;
  }

  /** Value symbols of every name symbol, both rising. */
  async #valuesByName(order: readonly number[]): Promise<Map<number, number[]>> {
    const names = new Map<number, number[]>();
    await this.#inSlices(order.length, (i) => {
      const key = this.#pairKeys[order[i] as number] as number;
      const name = Math.floor(key / pairFactor);
      const values = names.get(name);
      if (values === undefined) names.set(name, [key % pairFactor]);
      else values.push(key % pairFactor);
    });
    return names;
  }

  async #inSlices(count: number, step: (i: number) => void): Promise<void> {
    for (let i = 0; i < count; i++) {
      step(i);
      if ((i & 0x3ff) === 0x3ff && this.#pace.isOver) await this.#pace.rest();
    }
  }

  /** Nothing reads these any more, but the format has them. */
  async #labelIndices(names: ReadonlyMap<number, readonly number[]>): Promise<number[]> {
    const offsets: number[] = [];
    for (const values of names.values()) {
      offsets.push(this.#aligned());
      await this.#section(1, async (out) => {
        out.word32(values.length);
        await this.#inSlices(values.length, (i) => out.word32(values[i] as number));
      });
      if (this.#file.isFull) await this.#file.drain();
      if (this.#pace.isDue) await this.#pace.rest();
    }
    return offsets;
  }

  /** Series of all, then of each pair in order; gives their offsets. */
  async #postings(order: readonly number[]): Promise<number[]> {
    const offsets: number[] = [this.#aligned()];
    await this.#section(this.#refs.length, async (out) => {
      await this.#inSlices(this.#refs.length, (i) => out.word32(this.#refs.at(i)));
    });
    // Counting sort of the entries by pair; within a pair the series stay in order.
    const starts = new Uint32Array(this.#pairKeys.length + 1);
    await this.#inSlices(this.#entryPairs.length, (i) => {
      const pair = this.#entryPairs.at(i);
      starts[pair + 1] = (starts[pair + 1] as number) + 1;
    });
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    const ends = starts.slice();
    const sorted = new Uint32Array(this.#entryRefs.length);
    await this.#inSlices(this.#entryPairs.length, (i) => {
      const pair = this.#entryPairs.at(i);
      const at = ends[pair] as number;
      sorted[at] = this.#entryRefs.at(i);
      ends[pair] = at + 1;
    });
    for (const pair of order) {
      offsets.push(this.#aligned());
      const from = starts[pair] as number;
      const to = starts[pair + 1] as number;
      await this.#section(to - from, async (out) => {
        await this.#inSlices(to - from, (i) => out.word32(sorted[from + i] as number));
      });
      if (this.#file.isFull) await this.#file.drain();
      if (this.#pace.isDue) await this.#pace.rest();
    }
    return offsets;
  }

  /** A section that begins with its length and a count and ends with a checksum. */
  async #section(count: number, write: (out: ByteWriter) => Promise<void>): Promise<void> {
    const { out } = this.#file;
    const start = out.length;
    out.word32(0);
    out.word32(count);
    await write(out);
    out.setWord32(start, out.length - start - 4);
    out.word32(crc32c(out.bytes(), start + 4));
  }
}

const scratch = new ByteWriter(1 << 12);

/** A negative number as an unsigned one of 64 bits, base 128. */
function unsignedWrapped(out: ByteWriter, value: number): void {
  let left = BigInt.asUintN(64, BigInt(value));
  while (left >= 0x80n) {
    out.byte(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  out.byte(Number(left));
}
