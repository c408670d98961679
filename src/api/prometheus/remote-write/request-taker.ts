import { BadInputError } from '../../../kit/app-error.ts';
import type { FloatHistogram } from '../../../model/float-histogram.ts';
import { formatLabels, type Labels } from '../../../model/labels.ts';
import {
  type Exemplar,
  type FamilyMetadata,
  type MetricMetadata,
  type RequestVisitor,
  readLabels,
} from '../../../wire/write-request.ts';
import type { ReceivedMetadata } from './received-metadata.ts';
import type { SeriesTable } from './series-table.ts';
import type { AppendCounts, WriteTarget } from './write-target.ts';

/** Samples of the future are refused beyond this, as in Prometheus. */
const mostAheadMs = 10 * 60_000;
const rows = 4096;

/** Why values were refused, and how many. */
export type Refusals = Record<
  'outOfOrder' | 'duplicate' | 'tooOld' | 'overLimit' | 'invalidLabels' | 'tooFarAhead' | 'badHistogram',
  number
>;

const words: Readonly<Record<keyof Refusals, string>> = {
  outOfOrder: 'out of order',
  duplicate: 'at the time of another sample with another value',
  tooOld: 'older than what is kept',
  overLimit: 'of new series, of which there are as many as may be',
  invalidLabels: 'of series with invalid labels',
  tooFarAhead: 'more than ten minutes in the future',
  badHistogram: 'native histograms that cannot be',
};

/** Takes what a request holds into the store, in columns; what cannot be taken is counted and costs nothing else. */
export class RequestTaker implements RequestVisitor {
  readonly written = { samples: 0, histograms: 0, exemplars: 0 };
  readonly refusals: Refusals = {
    outOfOrder: 0,
    duplicate: 0,
    tooOld: 0,
    overLimit: 0,
    invalidLabels: 0,
    tooFarAhead: 0,
    badHistogram: 0,
  };
  /** The first thing that was wrong, in words. */
  #example = '';
  readonly #target: WriteTarget;
  readonly #table: SeriesTable;
  readonly #metadata: ReceivedMetadata;
  readonly #latestMs: number;
  readonly #handles = new Float64Array(rows);
  readonly #timesMs = new Float64Array(rows);
  readonly #values = new Float64Array(rows);
  readonly #valueWords = new Uint32Array(this.#values.buffer);
  #length = 0;
  #histograms: { labels: Labels; atMs: number; value: FloatHistogram | 'stale' }[] = [];
  #exemplars: { series: Labels; exemplar: Exemplar }[] = [];
  /** Of the series that is being read; negative when it is refused. */
  #handle = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #from = 0;
  #to = 0;
  #labels: Labels | undefined;

  constructor(target: WriteTarget, table: SeriesTable, metadata: ReceivedMetadata, nowMs: number) {
    this.#target = target;
    this.#table = table;
    this.#metadata = metadata;
    this.#latestMs = nowMs + mostAheadMs;
  }

  series(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
    this.#labels = undefined;
    const row = this.#table.find(bytes, from, to);
    if (row >= 0) {
      this.#handle = this.#table.handleAt(row);
      if (this.#target.isHandle(this.#handle)) return;
    }
    this.#handle = this.#newHandle();
    if (this.#handle < 0) return;
    if (row >= 0) this.#table.setHandle(row, this.#handle);
    else this.#table.add(bytes, from, to, this.#handle);
  }

  sample(atMs: number, high: number, low: number): void {
    if (this.#handle < 0 || atMs > this.#latestMs) {
      this.#refuse(atMs);
      return;
    }
    const at = this.#length++;
    this.#handles[at] = this.#handle;
    this.#timesMs[at] = atMs;
    this.#valueWords[at * 2] = low;
    this.#valueWords[at * 2 + 1] = high;
    if (this.#length === rows) this.#flushSamples();
  }

  histogram(atMs: number, value: FloatHistogram | 'stale'): void {
    if (this.#handle < 0 || atMs > this.#latestMs) this.#refuse(atMs);
    else this.#histograms.push({ labels: this.#ownLabels(), atMs, value });
  }

  exemplar(exemplar: Exemplar): void {
    if (this.#handle >= 0) this.#exemplars.push({ series: this.#ownLabels(), exemplar });
  }

  seriesMetadata({ type, help, unit }: MetricMetadata): void {
    if (this.#handle < 0 || (type === 'unknown' && help === '' && unit === '')) return;
    this.#metadata.add({ name: this.#ownLabels()['__name__'] ?? '', type, help, unit });
  }

  familyMetadata(family: FamilyMetadata): void {
    this.#metadata.add(family);
  }

  refused(kind: 'histogram' | 'exemplar', problem: string): void {
    // Exemplars that cannot be are left out without a word, as in Prometheus.
    if (kind === 'histogram') this.#count('badHistogram', 1, problem);
  }

  /** Hands what was gathered to the store. */
  flush(): void {
    this.#flushSamples();
    if (this.#histograms.length > 0) {
      const result = this.#target.append(this.#histograms);
      this.written.histograms += result.appended;
      this.#countAll(result);
      this.#histograms = [];
    }
    if (this.#exemplars.length > 0) this.written.exemplars += this.#target.appendExemplars(this.#exemplars);
    this.#exemplars = [];
  }

  /** What was refused, for the sender; undefined when nothing was. */
  problem(): string | undefined {
    const found = (Object.keys(words) as (keyof Refusals)[]).filter((why) => this.refusals[why] > 0);
    if (found.length === 0) return undefined;
    const refused = found.map((why) => `${this.refusals[why]} ${words[why]}`).join(', ');
    const { samples, histograms } = this.written;
    const example = this.#example === '' ? '' : `; the first: ${this.#example}`;
    return `refused: ${refused}${example}; written: ${samples} samples, ${histograms} histograms`;
  }

  #flushSamples(): void {
    if (this.#length === 0) return;
    const result = this.#target.appendColumns({
      handles: this.#handles,
      timesMs: this.#timesMs,
      values: this.#values,
      length: this.#length,
    });
    this.#length = 0;
    this.written.samples += result.appended;
    this.#countAll(result);
  }

  #countAll(result: AppendCounts): void {
    this.#count('outOfOrder', result.outOfOrder, '');
    this.#count('duplicate', result.duplicate, '');
    this.#count('tooOld', result.tooOld, '');
    this.#count('overLimit', result.overLimit, '');
    this.#count('invalidLabels', result.invalid, '');
  }

  #count(why: keyof Refusals, count: number, example: string): void {
    if (count === 0) return;
    this.refusals[why] += count;
    if (this.#example === '') this.#example = example;
  }

  #refuse(atMs: number): void {
    if (this.#handle === -1) this.#count('overLimit', 1, '');
    else if (this.#handle < 0) this.#count('invalidLabels', 1, '');
    else this.#count('tooFarAhead', 1, `${formatLabels(this.#ownLabels())} at ${atMs} ms`);
  }

  #newHandle(): number {
    try {
      return this.#target.handleOf(this.#ownLabels());
    } catch (error) {
      if (!(error instanceof BadInputError)) throw error;
      if (this.#example === '') this.#example = error.message;
      return -2;
    }
  }

  #ownLabels(): Labels {
    this.#labels ??= readLabels(this.#bytes, this.#from, this.#to);
    return this.#labels;
  }
}
