import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { type SeriesSamples, staleNaNBits } from '../model/sample.ts';
import { HeadChunks } from './head-chunks.ts';
import type { AppendResult, Cardinality, Reading, StoreStats } from './reading.ts';
import { SeriesIndex } from './series-index.ts';
import type { RecordVisitor } from './wal-records.ts';
import { type SeriesRecord, WriteAheadLog } from './write-ahead-log.ts';

export interface StoreOptions {
  /** The data directory (`wal/` within); without it everything is in memory only. */
  readonly dir?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long samples are kept; a day when left out. */
  readonly retentionMs?: number;
  /** Bound on the write-ahead log and, apart from it, on memory for samples; the oldest go first. 512 MiB when left out. */
  readonly retentionBytes?: number;
  /** Series held at most; 500,000 when left out. */
  readonly maxSeries?: number;
}

export interface TimeSelection {
  readonly matchers: readonly Matcher[];
  readonly fromMs: number;
  readonly toMs: number;
}

const dayMs = 86_400_000;
const retentionEveryMs = 60_000;
const slotsPerTurn = 20_000;
const maxLabels = 200;

/** A full store says so in the log no more often than this. */
const complainEveryMs = 60_000;

type Refusal = Exclude<keyof AppendResult, 'appended'>;

/**
 * Samples of the recent past, in memory and in a write-ahead log of Prometheus' format. What {@link append} took has been
 * handed to the operating system when it returns, so a killed process loses nothing of it. The constructor reads the log.
 */
export class TimeSeriesStore implements Component {
  readonly name = 'tsdb';
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #retentionMs: number;
  readonly #retentionBytes: number;
  readonly #maxSeries: number;
  readonly #index = new SeriesIndex();
  readonly #chunks = new HeadChunks();
  readonly #wal: WriteAheadLog | undefined;
  /** By slot: the number of the series in the log, never used twice; and the log's generation that names it. */
  #refs = new Float64Array(256);
  #logged = new Uint8Array(256);
  #nextRef = 1;
  #floorMs = Number.NEGATIVE_INFINITY;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;
  #appended = 0;
  readonly #refused = { outOfOrder: 0, duplicate: 0, tooOld: 0, overLimit: 0, invalid: 0 };
  #complainedAtMs = Number.NEGATIVE_INFINITY;
  readonly #double = new Float64Array(1);
  readonly #words = new Uint32Array(this.#double.buffer);

  /** @throws {UnavailableError} when the directory cannot be used. */
  constructor(options: StoreOptions) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#retentionMs = options.retentionMs ?? dayMs;
    this.#retentionBytes = options.retentionBytes ?? 512 * 1024 * 1024;
    this.#maxSeries = options.maxSeries ?? 500_000;
    this.#floorMs = this.#clock.now() - this.#retentionMs;
    if (options.dir === undefined) return;
    this.#wal = new WriteAheadLog(options.dir, options.log);
    this.#replay(this.#wal);
  }

  /** Never throws for what is in the batch. */
  append(batch: readonly Reading[]): AppendResult {
    const result = { appended: 0, outOfOrder: 0, duplicate: 0, tooOld: 0, overLimit: 0, invalid: 0 };
    for (const reading of batch) result[this.#appendOne(reading)]++;
    this.#wal?.commit(this.#clock.now());
    this.#appended += result.appended;
    for (const reason of Object.keys(this.#refused) as Refusal[]) this.#refused[reason] += result[reason];
    if (result.overLimit > 0) this.#complain(result.overLimit);
    return result;
  }

  /** Structurally `Queryable.select` of src/promql/queryable.ts. Consume it before the next append. @throws {BadInputError} for a bad pattern. */
  *select({ matchers, fromMs, toMs }: TimeSelection): Generator<SeriesSamples> {
    const from = Math.max(fromMs, this.#floorMs);
    for (const slot of this.#index.select(matchers)) {
      const samples = this.#chunks.read(slot, from, toMs);
      if (samples !== undefined) yield { labels: this.#index.labels(slot), ...samples };
    }
  }

  /** Label sets of the series that match any of the lists (all of its matchers) and have a sample in the time. */
  series(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): Labels[] {
    return [...this.#matching(matchersList, fromMs, toMs)].map((slot) => this.#index.labels(slot));
  }

  /** Sorted; of all series when `matchersList` is empty. */
  labelNames(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): string[] {
    if (matchersList.length === 0) return this.#index.names().sort();
    const names = new Set<string>();
    for (const slot of this.#matching(matchersList, fromMs, toMs)) {
      for (const name of Object.keys(this.#index.labels(slot))) names.add(name);
    }
    return [...names].sort();
  }

  /** Sorted; of all series when `matchersList` is empty. */
  labelValues(
    name: string,
    matchersList: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
  ): string[] {
    if (matchersList.length === 0) return this.#index.values(name).sort();
    const values = new Set<string>();
    for (const slot of this.#matching(matchersList, fromMs, toMs)) {
      const value = this.#index.labels(slot)[name];
      if (value !== undefined) values.add(value);
    }
    return [...values].sort();
  }

  stats(): StoreStats {
    const labels = [...this.#index.cardinalities()];
    const pairs = labels.flatMap(({ name, pairs }) =>
      largest([...pairs()].map(([value, count]) => ({ name: `${name}=${value}`, value: count }))),
    );
    const metrics = labels.find(({ name }) => name === '__name__');
    return {
      series: this.#index.count,
      labelPairs: labels.reduce((total, { values }) => total + values, 0),
      chunks: this.#chunks.chunks,
      chunkBytes: this.#chunks.bytes,
      walBytes: this.#wal?.bytes ?? 0,
      appended: this.#appended,
      refused: { ...this.#refused },
      walFailures: this.#wal?.failures ?? 0,
      minMs: this.#index.count === 0 ? undefined : Math.max(this.#minMs, this.#floorMs),
      maxMs: this.#index.count === 0 ? undefined : this.#maxMs,
      seriesByMetric: largest([...(metrics?.pairs() ?? [])].map(([name, value]) => ({ name, value }))),
      valuesByLabel: largest(labels.map(({ name, values }) => ({ name, value: values }))),
      seriesByPair: largest(pairs),
    };
  }

  /** Makes the log safe from a power cut, too (fsync). */
  flush(): void {
    this.#wal?.sync();
  }

  /** Retention until aborted, then {@link close}. */
  async run(signal: AbortSignal): Promise<void> {
    let cutAtMs = this.#clock.now();
    while (await sleep(retentionEveryMs, signal, this.#clock)) {
      // Segments end often enough that dropping one drops an eighth of what is kept.
      if (this.#clock.now() - cutAtMs >= Math.min(this.#retentionMs / 8, 3_600_000)) {
        this.#wal?.cut();
        cutAtMs = this.#clock.now();
      }
      try {
        await this.enforceRetention();
      } catch (error) {
        this.#log.error({ err: error, problem: messageOf(error) }, 'retention failed; it is tried again');
      }
    }
    this.close();
  }

  close(): void {
    this.#wal?.close();
  }

  /** Drops what is too old or too much now; {@link run} does so every minute. */
  async enforceRetention(): Promise<void> {
    let floorMs = Math.max(this.#floorMs, this.#clock.now() - this.#retentionMs);
    if (this.#chunks.usedBytes > this.#retentionBytes) {
      const minMs = Math.max(this.#minMs, this.#floorMs);
      floorMs = Math.max(floorMs, minMs + (this.#maxMs - minMs) / 10);
    }
    if (this.#wal !== undefined) {
      floorMs = await this.#wal.truncate(floorMs, this.#retentionBytes, this.#seriesRecords());
    }
    this.#floorMs = floorMs;
    for (let slot = 0; slot < this.#index.slotEnd; slot++) {
      if (this.#index.isLive(slot) && this.#chunks.dropBefore(slot, floorMs)) this.#index.remove(slot);
      if ((slot + 1) % slotsPerTurn === 0) await sleep(0, neverAborted);
    }
  }

  *#seriesRecords(): Generator<SeriesRecord> {
    for (let slot = 0; slot < this.#index.slotEnd; slot++) {
      if (this.#index.isLive(slot))
        yield { ref: this.#refs[slot] as number, labels: this.#index.labels(slot) };
    }
  }

  #appendOne({ labels, atMs: exactMs, value }: Reading): keyof AppendResult {
    const atMs = Math.floor(exactMs);
    if (!Number.isSafeInteger(atMs)) return 'invalid';
    if (atMs < this.#floorMs) return 'tooOld';
    const slot = this.#slotOf(labels);
    if (typeof slot !== 'number') return slot;
    if (value === 'stale') {
      this.#words[0] = staleNaNBits.low;
      this.#words[1] = staleNaNBits.high;
    } else this.#double[0] = value;
    const low = this.#words[0] as number;
    const high = this.#words[1] as number;
    const outcome = this.#chunks.append(slot, atMs, high, low);
    if (outcome === 'same') return 'appended';
    if (outcome !== 'ok') return outcome;
    if (atMs > this.#maxMs) this.#maxMs = atMs;
    if (atMs < this.#minMs) this.#minMs = atMs;
    if (this.#wal !== undefined) this.#logSample(this.#wal, slot, labels, atMs, high, low);
    return 'appended';
  }

  #slotOf(labels: Labels): number | 'invalid' | 'overLimit' {
    const known = this.#index.find(labels);
    if (known !== undefined) return known;
    let count = 0;
    for (const name in labels) if (labels[name]) count++;
    if (count === 0 || count > maxLabels) return 'invalid';
    if (this.#index.count >= this.#maxSeries) return 'overLimit';
    return this.#addSeries(labels, this.#nextRef++);
  }

  #addSeries(labels: Labels, ref: number): number {
    const slot = this.#index.add(labels);
    if (slot >= this.#refs.length) {
      const length = slot + (slot >>> 1) + 1;
      const refs = new Float64Array(length);
      refs.set(this.#refs);
      this.#refs = refs;
      const logged = new Uint8Array(length);
      logged.set(this.#logged);
      this.#logged = logged;
    }
    this.#refs[slot] = ref;
    this.#logged[slot] = 0;
    return slot;
  }

  #logSample(
    wal: WriteAheadLog,
    slot: number,
    labels: Labels,
    atMs: number,
    high: number,
    low: number,
  ): void {
    const ref = this.#refs[slot] as number;
    if (this.#logged[slot] !== wal.generation) {
      wal.addSeries(ref, labels);
      this.#logged[slot] = wal.generation;
    }
    wal.addSample(ref, atMs, high, low);
    if (wal.isFull) wal.commit(this.#clock.now());
  }

  #replay(wal: WriteAheadLog): void {
    const startMs = performance.now();
    const slots = new Map<number, number>();
    let samples = 0;
    let unknown = 0;
    let passedOver = 0;
    const visitor: RecordVisitor = {
      series: (ref, labels) => {
        let slot = this.#index.find(labels);
        if (
          slot === undefined &&
          this.#index.count < this.#maxSeries &&
          Object.keys(labels).length <= maxLabels
        ) {
          slot = this.#addSeries(labels, ref);
        }
        if (slot !== undefined) {
          slots.set(ref, slot);
          this.#refs[slot] = ref;
          this.#logged[slot] = wal.generation;
        }
        this.#nextRef = Math.max(this.#nextRef, ref + 1);
      },
      sample: (ref, atMs, high, low) => {
        const slot = slots.get(ref);
        if (slot === undefined) unknown++;
        else if (atMs >= this.#floorMs && this.#chunks.append(slot, atMs, high, low) === 'ok') {
          samples++;
          if (atMs > this.#maxMs) this.#maxMs = atMs;
          if (atMs < this.#minMs) this.#minMs = atMs;
        }
      },
      other: () => {
        passedOver++;
      },
    };
    wal.replay(visitor);
    if (unknown > 0)
      this.#log.warn({ samples: unknown }, 'samples in the log belong to series that it does not name');
    if (passedOver > 0)
      this.#log.warn({ records: passedOver }, 'records of kinds that are not kept were passed over');
    const ms = Math.round(performance.now() - startMs);
    if (samples > 0) this.#log.info({ series: this.#index.count, samples, ms }, 'write-ahead log read');
  }

  *#matching(matchersList: readonly (readonly Matcher[])[], fromMs: number, toMs: number): Generator<number> {
    const seen = matchersList.length > 1 ? new Set<number>() : undefined;
    for (const matchers of matchersList) {
      for (const slot of this.#index.select(matchers)) {
        if (seen?.has(slot)) continue;
        seen?.add(slot);
        if (this.#chunks.hasSamples(slot, Math.max(fromMs, this.#floorMs), toMs)) yield slot;
      }
    }
  }

  #complain(count: number): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#complainedAtMs < complainEveryMs) return;
    this.#complainedAtMs = nowMs;
    this.#log.error(
      { samples: count, maxSeries: this.#maxSeries },
      'new series are refused: the store holds as many as it may; drop labels or raise the limit',
    );
  }
}

const neverAborted = new AbortController().signal;

function largest(of: readonly Cardinality[]): Cardinality[] {
  return of.toSorted((a, b) => b.value - a.value).slice(0, 10);
}
