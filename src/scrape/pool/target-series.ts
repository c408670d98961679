import type { FloatHistogram } from '../../model/float-histogram.ts';
import { type Labels, labelsKey, metricName } from '../../model/labels.ts';
import { setStaleAt } from '../../model/sample.ts';
import { classicToNhcb, isPartOf } from '../native/classic-to-nhcb.ts';
import { limitResolution } from '../native/limit-resolution.ts';
import { type BodyFormat, BodyReader, dropped, none, SampleRows, ScrapeError } from '../read/body-reader.ts';
import { LineCache } from '../read/line-cache.ts';
import { type MetricMetadata, readMetadata } from '../read/metadata.ts';
import { type NativeSample, readProtobuf } from '../read/protobuf.ts';
import type { Answer } from './fetch-body.ts';
import type { PoolConfig } from './pool-config.ts';
import type { ScrapeCounts } from './scrape-counts.ts';
import { describedTypes, type ScrapeStore } from './scrape-store.ts';
import type { SeriesCompleter } from './series-completer.ts';
import { seriesLabels } from './series-labels.ts';

/** What one scrape says of itself, as series. */
export interface Report {
  readonly isUp: boolean;
  readonly seconds: number;
  readonly scraped: number;
  readonly kept: number;
  readonly added: number;
  readonly bodyBytes: number;
}

/** What was read; `warning` is '' when there is nothing odd. */
export interface Taken {
  readonly scraped: number;
  readonly kept: number;
  readonly added: number;
  readonly warning: string;
}

/** Samples of the future are refused beyond this. */
const mostAheadMs = 10 * 60_000;
/** Lines read before others get their turn. */
const slice = 10_000;
/** Rows of lines that were not seen for so many scrapes are forgotten. */
const keptRounds = 2;

/** What names of samples have that the name of their family has not. */
const partOfFamily = /_(?:total|bucket|sum|count|created|info|gsum|gcount)$/;

const spare: SampleRows[] = [];

export interface TargetSeriesParts {
  readonly store: ScrapeStore;
  readonly counts: ScrapeCounts;
  readonly completer?: SeriesCompleter;
}

/** All series of one target: what its lines were, which of them are live, and the series about the scrape itself. */
export class TargetSeries {
  readonly #labels: Labels;
  readonly #store: ScrapeStore;
  readonly #counts: ScrapeCounts;
  #config: PoolConfig;
  readonly #cache = new LineCache();
  #round = 0;
  /** Live series of before the settings changed. */
  #retired: number[] = [];
  readonly #native = new Map<string, { readonly labels: Labels; round: number }>();
  readonly #reports = new Map<string, number>();
  #undescribed: { readonly name: string; readonly handle: number }[] = [];
  #failedBefore = false;
  /** Families of classic histograms in the answer that is being read, where they become native ones. */
  #convertedFamilies: ReadonlySet<string> = new Set();

  readonly #completer: SeriesCompleter | undefined;
  /** What would have to be known to complete labels of series that are here. */
  readonly #waitsFor = new Set<string>();

  constructor(labels: Labels, config: PoolConfig, { store, counts, completer }: TargetSeriesParts) {
    this.#labels = labels;
    this.#config = config;
    this.#store = store;
    this.#counts = counts;
    this.#completer = completer;
  }

  /** How many lines are kept. */
  get size(): number {
    return this.#cache.size;
  }

  metadata(): MetricMetadata[] {
    return readMetadata(this.#cache, Math.max(1, this.#round - keptRounds));
  }

  /** Other rules from now on: every line is looked at anew. */
  configure(config: PoolConfig): void {
    this.#config = config;
    const cache = this.#cache;
    for (let row = 0; row < cache.size; row++)
      if (cache.tracked[row] === 1 && (cache.handles[row] as number) >= 0)
        this.#retired.push(cache.handles[row] as number);
    cache.clear();
  }

  /**
   * Stores what an answer holds, and ends series that are no longer in it.
   *
   * @throws {ScrapeError} when it is no good; nothing of it is stored then.
   */
  async take(answer: Answer, scrapeMs: number, nowMs: number): Promise<Taken> {
    const config = this.#config;
    this.#round++;
    if (this.#failedBefore) this.#dropDeadHandles();
    this.#lookAgain();
    const protobuf =
      answer.format === 'protobuf'
        ? readProtobuf(answer.body, {
            native: config.scrape_native_histograms,
            alwaysClassic: config.always_scrape_classic_histograms,
          })
        : undefined;
    const format: BodyFormat = answer.format === 'text' ? 'text' : 'openmetrics';
    const converted = this.#converted(protobuf?.text ?? answer.body, format, protobuf?.native ?? []);
    const rows = spare.pop() ?? new SampleRows();
    rows.length = 0;
    try {
      const reader = new BodyReader(protobuf?.text ?? answer.body, this.#cache, rows, {
        format,
        scrapeMs,
        latestMs: nowMs + mostAheadMs,
        honorTimestamps: config.honor_timestamps,
        trackTimestamps: config.track_timestamps_staleness,
        sampleLimit: config.sample_limit,
        round: this.#round,
        resolve: (labels) => this.#resolve(labels),
        isKept: (labels) => this.#ownLabels(labels) !== undefined,
      });
      try {
        while (!reader.read(slice)) await new Promise((resolve) => setImmediate(resolve));
      } catch (error) {
        // The counts are part of the report, whatever went wrong.
        if (error instanceof ScrapeError)
          Object.assign(error, { scraped: reader.scraped, kept: reader.kept });
        throw error;
      }
      const native = this.#ownHistograms([...(protobuf?.native ?? []), ...converted], scrapeMs);
      this.#endVanished(rows, scrapeMs);
      this.#describeNew();
      const result = this.#store.appendColumns(rows);
      const newNative = this.#storeNative(native, scrapeMs);
      this.#storeExemplars(reader);
      this.#cache.forgetBefore(this.#round - keptRounds);
      this.#failedBefore = false;
      this.#counts.samples += reader.kept;
      this.#counts.repeated += reader.repeated + result.duplicate;
      this.#counts.outOfOrder += result.outOfOrder;
      this.#counts.outOfBounds += result.tooOld;
      const repeated = reader.repeated + result.duplicate;
      return {
        scraped: reader.scraped + native.length,
        kept: reader.kept + native.length,
        added: reader.added + newNative,
        warning: warningOf(repeated, result.outOfOrder, result.tooOld, reader.overLimit),
      };
    } finally {
      if (rows.values.length <= 1_000_000 && spare.length < 4) spare.push(rows);
    }
  }

  /** Classic histograms as native ones, where that is wanted; those that are native already stay as they are. */
  #converted(body: Buffer, format: BodyFormat, native: readonly NativeSample[]): readonly NativeSample[] {
    if (!this.#config.convert_classic_histograms_to_nhcb) return [];
    const { samples, families } = classicToNhcb(body, format);
    this.#convertedFamilies = families;
    const known = new Set(native.map(({ labels }) => labelsKey(labels)));
    return samples.filter(({ labels }) => !known.has(labelsKey(labels)));
  }

  #ownHistograms(native: readonly NativeSample[], scrapeMs: number) {
    const config = this.#config;
    const limits = {
      bucketLimit: config.native_histogram_bucket_limit,
      minBucketFactor: config.native_histogram_min_bucket_factor,
    };
    return native.flatMap(({ labels, histogram, atMs }) => {
      const own = this.#ownLabels(labels);
      const at = config.honor_timestamps && atMs !== undefined ? atMs : scrapeMs;
      return own === undefined ? [] : [{ labels: own, atMs: at, value: limitResolution(histogram, limits) }];
    });
  }

  /** Ends all series of the target's own: it failed, or has gone. */
  end(atMs: number): void {
    this.#round++;
    this.#failedBefore = true;
    const rows = spare.pop() ?? new SampleRows();
    rows.length = 0;
    this.#endVanished(rows, atMs);
    this.#store.appendColumns(rows);
    this.#storeNative([], atMs);
    spare.push(rows);
  }

  /** Writes the series about a scrape. */
  report({ isUp, seconds, scraped, kept, added, bodyBytes }: Report, atMs: number, timeoutMs: number): void {
    const values: [string, number][] = [
      ['up', isUp ? 1 : 0],
      ['scrape_duration_seconds', seconds],
      ['scrape_samples_scraped', scraped],
      ['scrape_samples_post_metric_relabeling', kept],
      ['scrape_series_added', added],
    ];
    if (this.#config.extra_scrape_metrics)
      values.push(
        ['scrape_timeout_seconds', timeoutMs / 1000],
        ['scrape_sample_limit', this.#config.sample_limit],
        ['scrape_body_size_bytes', bodyBytes],
      );
    this.#writeReports(atMs, (rows) => {
      for (const [name, value] of values) {
        const handle = this.#reportHandle(name);
        if (handle >= 0) rows.push(handle, atMs, value);
      }
    });
  }

  /** Ends the series about scrapes, too: the target has gone. */
  endReports(atMs: number): void {
    this.#writeReports(atMs, (rows) => {
      for (const handle of this.#reports.values())
        if (this.#store.isHandle(handle)) setStaleAt(rows.values, rows.push(handle, atMs, 0));
    });
  }

  #writeReports(_atMs: number, fill: (rows: SampleRows) => void): void {
    const rows = spare.pop() ?? new SampleRows();
    rows.length = 0;
    fill(rows);
    this.#store.appendColumns(rows);
    spare.push(rows);
  }

  #reportHandle(name: string): number {
    const held = this.#reports.get(name);
    if (held !== undefined && this.#store.isHandle(held)) return held;
    const handle = this.#store.handleOf({ ...this.#labels, [metricName]: name });
    if (handle >= 0) this.#reports.set(name, handle);
    return handle;
  }

  #resolve(given: Labels): number {
    const { convert_classic_histograms_to_nhcb: converts, always_scrape_classic_histograms: keeps } =
      this.#config;
    if (converts && !keeps && isPartOf(given, this.#convertedFamilies)) return dropped;
    const labels = this.#ownLabels(given);
    if (labels === undefined) return dropped;
    const handle = this.#store.handleOf(labels);
    if (handle < 0) return none;
    this.#undescribed.push({ name: given[metricName] ?? '', handle });
    return handle;
  }

  /** The labels that a series is stored under; undefined where relabelling drops it. @throws {ScrapeError} for labels that may not be. */
  #ownLabels(given: Labels): Labels | undefined {
    const completed = this.#completer?.complete(given);
    if (completed?.waitsFor !== undefined) this.#waitsFor.add(completed.waitsFor);
    return seriesLabels(completed?.labels ?? given, this.#labels, this.#config);
  }

  /** Series whose labels were not known in full when they were first seen get them as soon as they are. */
  #lookAgain(): void {
    for (const id of this.#waitsFor) {
      if (this.#completer?.knows(id) !== true) continue;
      this.#waitsFor.clear();
      this.configure(this.#config);
      return;
    }
  }

  /** Tells the store what the metrics are of series that are new to the target. */
  #describeNew(): void {
    const waiting = this.#undescribed;
    if (waiting.length === 0) return;
    this.#undescribed = [];
    const families = new Map(readMetadata(this.#cache, this.#round).map((family) => [family.name, family]));
    if (families.size === 0) return;
    for (const { name, handle } of waiting) {
      const family = families.get(name) ?? families.get(name.replace(partOfFamily, ''));
      if (family === undefined) continue;
      const type = describedTypes.find((one) => one === family.type) ?? 'unknown';
      this.#store.describe(handle, { type, help: family.help, unit: family.unit });
    }
  }

  /** After a pause the store may have dropped series that nothing was written to. */
  #dropDeadHandles(): void {
    const cache = this.#cache;
    for (let row = 0; row < cache.size; row++) {
      const handle = cache.handles[row] as number;
      if (handle >= 0 && !this.#store.isHandle(handle)) cache.handles[row] = none;
    }
  }

  /** Staleness markers for series that were live and are not in this round. */
  #endVanished(rows: SampleRows, atMs: number): void {
    const cache = this.#cache;
    const round = this.#round;
    if (this.#retired.length > 0) {
      const live = new Set(rows.handles.subarray(0, rows.length));
      for (const handle of this.#retired)
        if (!live.has(handle)) setStaleAt(rows.values, rows.push(handle, atMs, 0));
      this.#retired = [];
    }
    const { rounds, tracked, handles } = cache;
    for (let row = 0; row < cache.size; row++) {
      const state = tracked[row];
      if (state === 0) continue;
      if (rounds[row] === round) {
        tracked[row] = 1;
        continue;
      }
      tracked[row] = 0;
      if (state === 1 && (handles[row] as number) >= 0)
        setStaleAt(rows.values, rows.push(handles[row] as number, atMs, 0));
    }
  }

  /** @returns how many were not there before. */
  #storeNative(
    native: readonly { readonly labels: Labels; readonly atMs: number; readonly value: FloatHistogram }[],
    atMs: number,
  ): number {
    if (native.length === 0 && this.#native.size === 0) return 0;
    let added = 0;
    for (const { labels } of native) {
      const key = labelsKey(labels);
      const held = this.#native.get(key);
      if (held === undefined) {
        added++;
        this.#native.set(key, { labels, round: this.#round });
      } else held.round = this.#round;
    }
    const gone: { labels: Labels; atMs: number; value: 'stale' }[] = [];
    for (const [key, { labels, round }] of this.#native) {
      if (round === this.#round) continue;
      this.#native.delete(key);
      gone.push({ labels, atMs, value: 'stale' });
    }
    this.#store.append([...native, ...gone]);
    return added;
  }

  #storeExemplars({ exemplars }: BodyReader): void {
    if (exemplars.length === 0) return;
    this.#store.appendExemplars(
      exemplars.flatMap(({ given, labels, value, atMs }) => {
        const series = this.#ownLabels(given);
        return series === undefined ? [] : [{ series, exemplar: { labels, value, atMs } }];
      }),
    );
  }
}

function warningOf(repeated: number, outOfOrder: number, tooOld: number, overLimit: number): string {
  const parts: string[] = [];
  if (repeated > 0) parts.push(`${repeated} samples repeat a series at the same time`);
  if (outOfOrder > 0) parts.push(`${outOfOrder} samples are older than what their series have`);
  if (tooOld > 0) parts.push(`${tooOld} samples are older than what is kept`);
  if (overLimit > 0) parts.push(`${overLimit} new series found no room in the store`);
  return parts.length === 0 ? '' : `not stored: ${parts.join('; ')}`;
}
