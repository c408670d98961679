import type { RawChunk } from './block/block-writer.ts';
import { encodings } from './block/format.ts';
import { rawHistograms } from './encode-samples.ts';
import type { HeadChunkFiles } from './head-chunk-files.ts';
import type { HistogramValue } from './histogram/histogram-chunk.ts';
import { HistogramAppender, type SealedHistograms } from './histogram/histogram-series.ts';

/** A chunk that is done: in memory, or in a file. */
interface DoneChunk {
  readonly minMs: number;
  readonly maxMs: number;
  readonly samples: number;
  readonly isFloat: boolean;
  bytes: Uint8Array | undefined;
  file: number;
  offset: number;
}

interface SlotHistograms {
  readonly appender: HistogramAppender;
  done: DoneChunk[];
  lastMs: number;
}

/** Native histograms of the head, by slot. */
export class HeadHistograms {
  readonly #slots = new Map<number, SlotHistograms>();
  readonly #files: HeadChunkFiles | undefined;
  #sealed: { readonly slot: number; readonly chunk: DoneChunk }[] = [];

  constructor(files?: HeadChunkFiles) {
    this.#files = files;
  }

  get sealed(): number {
    return this.#sealed.length;
  }

  has(slot: number): boolean {
    // Asked of every float, when there are none mostly.
    return this.#slots.size > 0 && this.#slots.has(slot);
  }

  /** Of the newest sample; −∞ when there is none. */
  lastMs(slot: number): number {
    return this.#slots.get(slot)?.lastMs ?? Number.NEGATIVE_INFINITY;
  }

  /** The newest value that was appended since the start. */
  last(slot: number): HistogramValue | undefined {
    const series = this.#slots.get(slot);
    return series === undefined || series.appender.lastMs !== series.lastMs
      ? undefined
      : series.appender.last;
  }

  /** Appends a value that is newer than {@link lastMs}. Chunks end where blocks do, which `cut` says. */
  append(slot: number, atMs: number, value: HistogramValue, cut: boolean): void {
    const series = this.#of(slot);
    if (cut) this.cut(slot);
    const done = series.appender.append(atMs, value);
    if (done !== undefined) this.#add(slot, series, done);
    series.lastMs = atMs;
  }

  /** First time of the chunk being written. */
  openMinMs(slot: number): number | undefined {
    return this.#slots.get(slot)?.appender.openMinMs;
  }

  /** Ends the chunk being written. */
  cut(slot: number): void {
    const series = this.#slots.get(slot);
    const done = series?.appender.cut();
    if (series !== undefined && done !== undefined) this.#add(slot, series, done);
  }

  /** Takes over a chunk that is in a file. */
  attach(
    slot: number,
    chunk: {
      readonly minMs: number;
      readonly maxMs: number;
      readonly samples: number;
      readonly encoding: number;
      readonly file: number;
      readonly offset: number;
    },
  ): void {
    const series = this.#of(slot);
    const { minMs, maxMs, samples, file, offset } = chunk;
    const isFloat = chunk.encoding === encodings.floatHistogram;
    series.done.push({ minMs, maxMs, samples, isFloat, bytes: undefined, file, offset });
    series.lastMs = Math.max(series.lastMs, maxMs);
  }

  /** Calls `visit` with each chunk that overlaps `fromMs … toMs`, oldest first; its bytes are valid until the next. */
  eachChunk(slot: number, fromMs: number, toMs: number, visit: (chunk: RawChunk) => void): void {
    const series = this.#slots.get(slot);
    if (series === undefined) return;
    for (const chunk of series.done) {
      if (chunk.minMs > toMs || chunk.maxMs < fromMs) continue;
      const { minMs, maxMs, samples, isFloat, bytes } = chunk;
      const encoding = isFloat ? encodings.floatHistogram : encodings.histogram;
      if (bytes !== undefined) visit({ encoding, bytes, from: 0, to: bytes.length, minMs, maxMs, samples });
      else if (this.#files !== undefined)
        visit({ ...this.#files.read(chunk.file, chunk.offset), encoding, minMs, maxMs, samples });
    }
    const open = series.appender.peek();
    if (open !== undefined && open.minMs <= toMs && open.maxMs >= fromMs) visit(rawHistograms(open));
  }

  hasSamples(slot: number, fromMs: number, toMs: number): boolean {
    const series = this.#slots.get(slot);
    if (series === undefined) return false;
    const open = series.appender.peek();
    return [...series.done, ...(open === undefined ? [] : [open])].some(
      ({ minMs, maxMs }) => minMs <= toMs && maxMs >= fromMs,
    );
  }

  minMs(slot: number): number {
    const series = this.#slots.get(slot);
    if (series === undefined) return Number.POSITIVE_INFINITY;
    return series.done[0]?.minMs ?? series.appender.openMinMs ?? Number.POSITIVE_INFINITY;
  }

  /** Frees chunks that ended before `floorMs`. Returns true when the slot has none left. */
  dropBefore(slot: number, floorMs: number): boolean {
    const series = this.#slots.get(slot);
    if (series === undefined) return true;
    series.done = series.done.filter(({ maxMs }) => maxMs >= floorMs);
    if (series.done.length > 0 || series.lastMs >= floorMs) return false;
    this.#slots.delete(slot);
    if (this.#sealed.length > 0) this.#sealed = this.#sealed.filter((one) => one.slot !== slot);
    return true;
  }

  /** Moves chunks that are done to files. @throws when they cannot be written. */
  mapSealed(refOf: (slot: number) => number): void {
    const files = this.#files;
    if (files === undefined || this.#sealed.length === 0) return;
    const places: { readonly file: number; readonly offset: number }[] = [];
    files.batch(() => {
      for (const { slot, chunk } of this.#sealed) {
        const bytes = chunk.bytes ?? new Uint8Array(0);
        const encoding = chunk.isFloat ? encodings.floatHistogram : encodings.histogram;
        const { minMs, maxMs } = chunk;
        places.push(
          files.write({ ref: refOf(slot), minMs, maxMs, encoding, bytes, from: 0, to: bytes.length }),
        );
      }
    });
    for (const [i, { chunk }] of this.#sealed.entries()) {
      const { file = 0, offset = 0 } = places[i] ?? {};
      chunk.file = file;
      chunk.offset = offset;
      chunk.bytes = undefined;
    }
    this.#sealed = [];
  }

  #add(
    slot: number,
    series: SlotHistograms,
    { minMs, maxMs, samples, isFloat, bytes }: SealedHistograms,
  ): void {
    const chunk = { minMs, maxMs, samples, isFloat, bytes, file: 0, offset: 0 };
    series.done.push(chunk);
    if (this.#files !== undefined) this.#sealed.push({ slot, chunk });
  }

  #of(slot: number): SlotHistograms {
    let series = this.#slots.get(slot);
    if (series === undefined) {
      series = { appender: new HistogramAppender(), done: [], lastMs: Number.NEGATIVE_INFINITY };
      this.#slots.set(slot, series);
    }
    return series;
  }
}
