import type { Logger } from '../log/logger.ts';
import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { staleNaNBits } from '../model/sample.ts';
import type { RawChunk } from './block/block-writer.ts';
import { blockRangeMs, encodings } from './block/format.ts';
import { addInterval, type Interval } from './block/tombstones.ts';
import { ExemplarRing } from './exemplar-ring.ts';
import type { HeadChunkFiles } from './head-chunk-files.ts';
import { HeadChunks } from './head-chunks.ts';
import { HeadHistograms } from './head-histograms.ts';
import type { HistogramValue } from './histogram/histogram-chunk.ts';
import { LateSamples } from './late-samples.ts';
import type { Pace } from './pace.ts';
import type { AppendResult, Exemplar, SeriesMetadata } from './reading.ts';
import type { SampleSink } from './sample-sink.ts';
import { SeriesIndex } from './series-index.ts';
import type { WriteAheadLog } from './write-ahead-log.ts';
import { sampleCount } from './xor-chunk.ts';

const maxLabels = 200;

/** Descriptions of metrics that are known to be the same; beyond it some are held twice. */
const maxShared = 10_000;

/** A millisecond's work or so. */
const chunksAtOnce = 256;
/** A handle is a slot and, above its 32 bits, how often the slot had another series before. */
const slotFactor = 2 ** 32;
const noHandle = -1;
const noIntervals: readonly Interval[] = [];

export interface HeadOptions {
  readonly log: Logger;
  readonly maxSeries: number;
  readonly maxExemplars: number;
  /** How much older than the newest sample of all one may be that comes out of order. */
  readonly lateWindowMs: number;
  readonly wal: WriteAheadLog | undefined;
  /** The log of samples that came out of order. */
  readonly lateLog: WriteAheadLog | undefined;
  readonly files: HeadChunkFiles | undefined;
}

/** What became of one sample. */
export type Outcome = keyof AppendResult;

/**
 * What has not been written to a block yet: series, the chunks being written, chunks in `chunks_head`, and what came late.
 * Logs what it takes; the caller commits the logs.
 */
export class Head {
  readonly index = new SeriesIndex();
  readonly chunks: HeadChunks;
  readonly histograms: HeadHistograms;
  readonly exemplars: ExemplarRing;
  readonly metadata = new Map<number, SeriesMetadata>();
  /** Late samples; those of before while they are written to blocks. */
  late = new LateSamples();
  lateBefore: LateSamples | undefined;
  /** Older samples are not taken in order any more: they are in blocks, or about to be. */
  minValidMs = Number.NEGATIVE_INFINITY;
  minMs = Number.POSITIVE_INFINITY;
  maxMs = Number.NEGATIVE_INFINITY;
  readonly #options: HeadOptions;
  readonly #wal: WriteAheadLog | undefined;
  readonly #shared = new Map<string, SeriesMetadata>();
  readonly #tombstones = new Map<number, readonly Interval[]>();
  /**
   * By slot: the number of the series in the log, never used twice; the log's generation that names it; the handle, which is another
   * one for the slot's next series.
   */
  #refs = new Float64Array(256);
  #logged = new Uint8Array(256);
  #handles = new Float64Array(256).fill(noHandle);
  #nextRef = 1;

  constructor(options: HeadOptions) {
    this.#options = options;
    this.#wal = options.wal;
    this.chunks = new HeadChunks(options.files);
    this.histograms = new HeadHistograms(options.files);
    this.exemplars = new ExemplarRing(options.maxExemplars);
  }

  /** The slot of a series, made if need be. */
  slotOf(labels: Labels): number | 'invalid' | 'overLimit' {
    const known = this.index.find(labels);
    if (known !== undefined) return known;
    let count = 0;
    for (const name in labels) if (labels[name]) count++;
    if (count === 0 || count > maxLabels) return 'invalid';
    if (this.index.count >= this.#options.maxSeries) return 'overLimit';
    return this.addSeries(labels, this.#nextRef);
  }

  /** A series that is not there yet, with the number that the log knows it by. */
  addSeries(labels: Labels, ref: number): number {
    const slot = this.index.add(labels);
    if (slot >= this.#refs.length) this.#widen(slot);
    this.#refs[slot] = ref;
    this.#logged[slot] = 0;
    const left = this.#handles[slot] as number;
    this.#handles[slot] = left === noHandle ? slot : -left;
    this.sawRef(ref);
    return slot;
  }

  /** No new series gets a number that the log has. */
  sawRef(ref: number): void {
    if (ref >= this.#nextRef) this.#nextRef = ref + 1;
  }

  /** The log names this series with this number. */
  setLogged(slot: number, ref: number): void {
    this.#refs[slot] = ref;
    this.#logged[slot] = this.#wal?.generation ?? 0;
  }

  refOf(slot: number): number {
    return this.#refs[slot] as number;
  }

  handleOf(slot: number): number {
    return this.#handles[slot] as number;
  }

  /** The slot of a handle; undefined when its series is no longer there. */
  slotOfHandle(handle: number): number | undefined {
    const slot = handle >>> 0;
    return this.#handles[slot] === handle && handle >= 0 ? slot : undefined;
  }

  /** Takes a float, given as the bits of its double. */
  append(slot: number, atMs: number, high: number, low: number): Outcome {
    if (atMs < this.minValidMs) return this.#appendLate(slot, atMs, high, low, 'tooOld');
    const { histograms } = this;
    if (histograms.has(slot)) {
      if (high === staleNaNBits.high && low === staleNaNBits.low && this.#histogramIsNewest(slot))
        return this.appendHistogram(slot, atMs, 'stale');
      const lastMs = histograms.lastMs(slot);
      if (atMs < lastMs) return this.#appendLate(slot, atMs, high, low, 'outOfOrder');
      if (atMs === lastMs) return 'duplicate';
      histograms.cut(slot);
    }
    const outcome = this.chunks.append(slot, atMs, high, low);
    if (outcome === 'same') return 'appended';
    if (outcome === 'duplicate') return outcome;
    if (outcome === 'outOfOrder') return this.#appendLate(slot, atMs, high, low, 'outOfOrder');
    this.#saw(atMs);
    const wal = this.#wal;
    if (wal !== undefined) {
      if (this.#logged[slot] !== wal.generation) this.#name(slot);
      wal.addSample(this.#refs[slot] as number, atMs, high, low);
    }
    return 'appended';
  }

  appendHistogram(slot: number, atMs: number, value: HistogramValue): Outcome {
    if (atMs < this.minValidMs) return 'tooOld';
    const { histograms, chunks } = this;
    const lastMs = histograms.lastMs(slot);
    const lastFloatMs = chunks.isEmpty(slot) ? Number.NEGATIVE_INFINITY : chunks.lastMs(slot);
    if (atMs < Math.max(lastMs, lastFloatMs)) return 'outOfOrder';
    if (atMs === lastFloatMs) return 'duplicate';
    if (atMs === lastMs) return isSame(histograms.last(slot), value) ? 'appended' : 'duplicate';
    chunks.cut(slot);
    this.#addHistogram(slot, atMs, value);
    if (this.#wal !== undefined) {
      this.#name(slot);
      this.#wal.addHistogram(this.#refs[slot] as number, atMs, value);
    }
    return 'appended';
  }

  /** Takes a histogram from the log; what is not newer than all there is was read already. */
  replayHistogram(slot: number, atMs: number, value: HistogramValue): void {
    const { histograms, chunks } = this;
    chunks.cut(slot);
    if (atMs <= histograms.lastMs(slot)) return;
    this.#addHistogram(slot, atMs, value);
  }

  appendExemplar(slot: number, exemplar: Exemplar): boolean {
    if (this.exemplars.isNewest(slot, exemplar)) return true;
    if (!this.exemplars.add(slot, exemplar)) return false;
    if (this.#wal !== undefined) {
      this.#name(slot);
      this.#wal.addExemplar(this.#refs[slot] as number, exemplar);
    }
    return true;
  }

  setMetadata(slot: number, metadata: SeriesMetadata): void {
    const one = this.sharedMetadata(metadata);
    if (this.metadata.get(slot) === one) return;
    this.metadata.set(slot, one);
    if (this.#wal === undefined) return;
    this.#name(slot);
    this.#wal.addMetadata(this.#refs[slot] as number, metadata);
  }

  /** The same object for the same content, as all series of a metric have one. */
  sharedMetadata(metadata: SeriesMetadata): SeriesMetadata {
    const key = `${metadata.type}\0${metadata.unit}\0${metadata.help}`;
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    if (this.#shared.size >= maxShared) this.#shared.clear();
    this.#shared.set(key, metadata);
    return metadata;
  }

  /** Marks what is there as deleted. Returns how many series were touched. */
  async delete(matchers: readonly Matcher[], fromMs: number, toMs: number, pace: Pace): Promise<number> {
    let touched = 0;
    for (const slot of this.index.select(matchers)) {
      if (pace.isDue) await pace.rest();
      const minMs = Math.max(fromMs, this.#minOf(slot));
      const maxMs = Math.min(toMs, this.#maxOf(slot));
      if (minMs > maxMs) continue;
      this.addTombstone(slot, { minMs, maxMs });
      this.#name(slot);
      this.#wal?.addTombstone(this.#refs[slot] as number, minMs, maxMs);
      touched++;
    }
    return touched;
  }

  addTombstone(slot: number, interval: Interval): void {
    this.#tombstones.set(slot, addInterval(this.deleted(slot), interval));
  }

  deleted(slot: number): readonly Interval[] {
    return this.#tombstones.size === 0 ? noIntervals : (this.#tombstones.get(slot) ?? noIntervals);
  }

  /**
   * Adds the samples of a slot to `sink`; those in order before `inOrderFromMs` are in blocks already and left out.
   *
   * @throws {CorruptionError}
   */
  read(slot: number, fromMs: number, toMs: number, sink: SampleSink, inOrderFromMs: number): void {
    const firstMs = Math.max(fromMs, inOrderFromMs);
    this.chunks.read(slot, firstMs, toMs, sink);
    if (this.histograms.has(slot))
      this.histograms.eachChunk(slot, firstMs, toMs, ({ encoding, bytes, from, to }) =>
        sink.addChunk(encoding, bytes, from, to),
      );
    if (this.late.hasSamples(slot, fromMs, toMs)) this.late.read(slot, sink);
    if (this.lateBefore?.hasSamples(slot, fromMs, toMs)) this.lateBefore.read(slot, sink);
  }

  hasSamples(slot: number, fromMs: number, toMs: number): boolean {
    return (
      this.chunks.hasSamples(slot, fromMs, toMs) ||
      this.histograms.hasSamples(slot, fromMs, toMs) ||
      this.late.hasSamples(slot, fromMs, toMs) ||
      (this.lateBefore?.hasSamples(slot, fromMs, toMs) ?? false)
    );
  }

  /** Chunks in order, late samples left out, in the order of time; bytes are valid until the next. */
  eachChunk(slot: number, fromMs: number, toMs: number, visit: (chunk: RawChunk) => void): void {
    const xor = encodings.xor;
    this.chunks.eachChunk(slot, fromMs, toMs, ({ bytes, from, to, minMs, maxMs }) =>
      visit({ encoding: xor, bytes, from, to, minMs, maxMs, samples: sampleCount(bytes, from) }),
    );
    if (this.histograms.has(slot)) this.histograms.eachChunk(slot, fromMs, toMs, visit);
  }

  /** Moves some chunks that are done to files, when there are many. A failure is told and leaves them in memory. */
  mapSomeChunks(): void {
    if (this.chunks.sealed + this.histograms.sealed >= chunksAtOnce) this.#map();
  }

  /** Moves all chunks that are done to files. */
  async mapAllChunks(pace: Pace): Promise<void> {
    while (this.chunks.sealed + this.histograms.sealed > 0) {
      if (!this.#map()) return;
      await pace.rest();
    }
  }

  #map(): boolean {
    const before = this.chunks.sealed + this.histograms.sealed;
    try {
      this.chunks.mapSealed((slot) => this.refOf(slot), chunksAtOnce);
      this.histograms.mapSealed((slot) => this.refOf(slot));
    } catch (error) {
      this.#options.log.error({ err: error }, 'chunks of the head could not be written; they stay in memory');
    }
    return this.chunks.sealed + this.histograms.sealed < before;
  }

  /** Forgets what is older than `floorMs`, and series that have nothing left. */
  async truncate(floorMs: number, pace: Pace): Promise<void> {
    const { index, chunks, histograms } = this;
    let minMs = Number.POSITIVE_INFINITY;
    // What is appended meanwhile counts from here on.
    this.minMs = minMs;
    for (let slot = 0; slot < index.slotEnd; slot++) {
      if (!index.isLive(slot)) continue;
      const isEmpty = chunks.dropBefore(slot, floorMs);
      const hasNoHistograms = !histograms.has(slot) || histograms.dropBefore(slot, floorMs);
      if (!isEmpty || !hasNoHistograms) minMs = Math.min(minMs, this.#inOrderMin(slot));
      else if (!this.late.has(slot) && !this.lateBefore?.has(slot)) this.#remove(slot);
      const stones = this.#tombstones.get(slot);
      if (stones?.every(({ maxMs }) => maxMs < floorMs)) this.#tombstones.delete(slot);
      if (pace.isDue) await pace.rest();
    }
    this.minMs = Math.min(minMs, this.minMs);
  }

  /** The series' numbers in the log. */
  async liveRefs(pace: Pace): Promise<ReadonlySet<number>> {
    const refs = new Set<number>();
    for (let slot = 0; slot < this.index.slotEnd; slot++) {
      if (this.index.isLive(slot)) refs.add(this.#refs[slot] as number);
      if (pace.isDue) await pace.rest();
    }
    return refs;
  }

  #addHistogram(slot: number, atMs: number, value: HistogramValue): void {
    const openMinMs = this.histograms.openMinMs(slot);
    const crosses =
      openMinMs !== undefined && Math.floor(openMinMs / blockRangeMs) !== Math.floor(atMs / blockRangeMs);
    this.histograms.append(slot, atMs, value, crosses);
    this.#saw(atMs);
  }

  /** The newest sample grew the head. */
  #saw(atMs: number): void {
    if (atMs > this.maxMs) this.maxMs = atMs;
    if (atMs < this.minMs) this.minMs = atMs;
  }

  #appendLate(slot: number, atMs: number, high: number, low: number, refusal: Outcome): Outcome {
    const { lateWindowMs, lateLog } = this.#options;
    if (lateWindowMs === 0) return refusal;
    if (atMs < this.maxMs - lateWindowMs) return 'tooOld';
    if (!this.late.insert(slot, atMs, high, low)) return 'duplicate';
    if (this.#wal !== undefined && lateLog !== undefined) {
      // The series must be named before its sample can be read again.
      this.#name(slot);
      lateLog.addSample(this.#refs[slot] as number, atMs, high, low);
    }
    return 'appended';
  }

  /** Puts the series in the log, if it is not. */
  #name(slot: number): void {
    const wal = this.#wal;
    if (wal === undefined || this.#logged[slot] === wal.generation) return;
    wal.addSeries(this.#refs[slot] as number, this.index.labels(slot));
    const metadata = this.metadata.get(slot);
    if (metadata !== undefined) wal.addMetadata(this.#refs[slot] as number, metadata);
    this.#logged[slot] = wal.generation;
  }

  #histogramIsNewest(slot: number): boolean {
    return this.chunks.isEmpty(slot) || this.histograms.lastMs(slot) > this.chunks.lastMs(slot);
  }

  #inOrderMin(slot: number): number {
    const floats = this.chunks.isEmpty(slot) ? Number.POSITIVE_INFINITY : this.chunks.minMs(slot);
    return Math.min(floats, this.histograms.minMs(slot));
  }

  #minOf(slot: number): number {
    let minMs = this.#inOrderMin(slot);
    for (const late of [this.late, this.lateBefore]) if (late?.has(slot)) minMs = Math.min(minMs, late.minMs);
    return minMs;
  }

  #maxOf(slot: number): number {
    const floats = this.chunks.isEmpty(slot) ? Number.NEGATIVE_INFINITY : this.chunks.lastMs(slot);
    let maxMs = Math.max(floats, this.histograms.lastMs(slot));
    for (const late of [this.late, this.lateBefore]) if (late?.has(slot)) maxMs = Math.max(maxMs, late.maxMs);
    return maxMs;
  }

  #remove(slot: number): void {
    this.index.remove(slot);
    this.exemplars.remove(slot);
    this.metadata.delete(slot);
    this.#tombstones.delete(slot);
    // The next series' handle, negative until there is one.
    this.#handles[slot] = -((this.#handles[slot] as number) + slotFactor);
  }

  #widen(slot: number): void {
    const length = slot + (slot >>> 1) + 1;
    const refs = new Float64Array(length);
    refs.set(this.#refs);
    this.#refs = refs;
    const logged = new Uint8Array(length);
    logged.set(this.#logged);
    this.#logged = logged;
    const handles = new Float64Array(length).fill(noHandle);
    handles.set(this.#handles);
    this.#handles = handles;
  }
}

function isSame(a: HistogramValue | undefined, b: HistogramValue): boolean {
  if (a === undefined || a === 'stale' || b === 'stale') return a === b;
  const sides: readonly (keyof FloatHistogram)[] = ['count', 'sum', 'zeroCount', 'schema', 'zeroThreshold'];
  const same = (x: Float64Array, y: Float64Array): boolean =>
    x.length === y.length && x.every((count, i) => count === y[i]);
  return (
    sides.every((key) => Object.is(a[key], b[key])) &&
    same(a.positiveBuckets, b.positiveBuckets) &&
    same(a.negativeBuckets, b.negativeBuckets)
  );
}
