import type { FloatHistogram } from '../../model/float-histogram.ts';
import type { Exemplar, SentSeries } from '../../wire/write-request.ts';
import type { Ticket } from './send-progress.ts';

export type ValueKind = 'sample' | 'histogram' | 'exemplar';

/** What a value is beside its time: the words of a double, a histogram, or an exemplar. */
export type BatchExtra = FloatHistogram | 'stale' | Exemplar | undefined;

const kinds: readonly ValueKind[] = ['sample', 'histogram', 'exemplar'];

/** How many of each kind. */
export interface KindCounts {
  sample: number;
  histogram: number;
  exemplar: number;
}

export function noCounts(): KindCounts {
  return { sample: 0, histogram: 0, exemplar: 0 };
}

/** What goes in one request: columns of values in the order in which they were logged. */
export class Batch {
  length = 0;
  readonly capacity: number;
  readonly series: SentSeries[] = [];
  readonly tickets: Ticket[] = [];
  readonly timesMs: Float64Array;
  /** High and low words of the doubles. */
  readonly words: Uint32Array;
  readonly extras: BatchExtra[] = [];
  readonly counts = noCounts();
  readonly #kinds: Uint8Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.timesMs = new Float64Array(capacity);
    this.words = new Uint32Array(capacity * 2);
    this.#kinds = new Uint8Array(capacity);
  }

  get isFull(): boolean {
    return this.length === this.capacity;
  }

  get hasResumed(): boolean {
    return this.tickets.some(({ isResumed }) => isResumed);
  }

  hasBefore(atMs: number): boolean {
    for (let i = 0; i < this.length; i++) if ((this.timesMs[i] as number) < atMs) return true;
    return false;
  }

  kindAt(index: number): ValueKind {
    return kinds[this.#kinds[index] as number] as ValueKind;
  }

  /** The value as the high and low words of its double. */
  addSample(series: SentSeries, ticket: Ticket, atMs: number, high: number, low: number): void {
    const at = this.#add(series, ticket, 0, atMs, undefined);
    this.words[at * 2] = high;
    this.words[at * 2 + 1] = low;
    this.counts.sample++;
  }

  addHistogram(series: SentSeries, ticket: Ticket, atMs: number, value: FloatHistogram | 'stale'): void {
    this.#add(series, ticket, 1, atMs, value);
    this.counts.histogram++;
  }

  addExemplar(series: SentSeries, ticket: Ticket, exemplar: Exemplar): void {
    this.#add(series, ticket, 2, exemplar.atMs, exemplar);
    this.counts.exemplar++;
  }

  /** Copies one value to another batch, with its ticket. */
  copyTo(other: Batch, index: number): void {
    const series = this.series[index];
    const ticket = this.tickets[index];
    if (series === undefined || ticket === undefined) return;
    const kind = this.#kinds[index] as number;
    const at = other.#add(series, ticket, kind, this.timesMs[index] as number, this.extras[index]);
    other.words[at * 2] = this.words[index * 2] as number;
    other.words[at * 2 + 1] = this.words[index * 2 + 1] as number;
    other.counts[kinds[kind] as ValueKind]++;
  }

  clear(): void {
    this.length = 0;
    this.series.length = 0;
    this.tickets.length = 0;
    this.extras.length = 0;
    Object.assign(this.counts, noCounts());
  }

  #add(series: SentSeries, ticket: Ticket, kind: number, atMs: number, extra: BatchExtra): number {
    const at = this.length++;
    this.series.push(series);
    this.tickets.push(ticket);
    this.extras.push(extra);
    this.timesMs[at] = atMs;
    this.#kinds[at] = kind;
    return at;
  }
}
