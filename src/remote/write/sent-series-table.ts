import type { Labels } from '../../model/labels.ts';
import { relabel } from '../../relabel/relabel.ts';
import type { RelabelConfig } from '../../relabel/relabel-config.ts';
import { compareTexts } from '../../tsdb/text-order.ts';
import type { SentSeries } from '../../wire/write-request.ts';

/** A series of the log as it is sent. */
export interface LoggedSeries extends SentSeries {
  /** Spreads series over shards: the same one always goes to the same, so that its samples stay in order. */
  readonly hash: number;
  /** The segment that named it last. */
  namedIn: number;
}

export interface SeriesTableOptions {
  readonly externalLabels: Labels;
  readonly rules: readonly RelabelConfig[];
}

/** Series of the log by their numbers, with the labels that they are sent with: external labels added, relabelled. */
export class SentSeriesTable {
  readonly #options: SeriesTableOptions;
  readonly #series = new Map<number, LoggedSeries | number>();
  /** Texts that series share, such as names of labels, are there once. */
  #texts = new Map<string, string>();

  constructor(options: SeriesTableOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#series.size;
  }

  /** Undefined for a number that no series has; 'dropped' for one that rules drop. */
  get(ref: number): LoggedSeries | 'dropped' | undefined {
    const found = this.#series.get(ref);
    return typeof found === 'number' ? 'dropped' : found;
  }

  /** The log names a series. */
  add(ref: number, labels: Labels, segment: number): void {
    const known = this.#series.get(ref);
    if (typeof known === 'object') known.namedIn = Math.max(known.namedIn, segment);
    else if (known !== undefined) this.#series.set(ref, Math.max(known, segment));
    else this.#series.set(ref, this.#sent(labels, segment) ?? segment);
  }

  /** Forgets series that were last named in a segment before. */
  forgetBefore(segment: number): void {
    let forgotten = 0;
    for (const [ref, series] of this.#series) {
      if ((typeof series === 'number' ? series : series.namedIn) >= segment) continue;
      this.#series.delete(ref);
      forgotten++;
    }
    if (forgotten > 0) this.#texts = new Map();
  }

  #sent(labels: Labels, segment: number): LoggedSeries | undefined {
    const { externalLabels, rules } = this.#options;
    const own = { ...externalLabels, ...labels };
    const sent = rules.length === 0 ? own : relabel(own, rules);
    if (sent === undefined) return undefined;
    const pairs: string[] = [];
    for (const name of Object.keys(sent).sort(compareTexts)) {
      const value = sent[name] ?? '';
      if (value !== '') pairs.push(this.#shared(name), this.#shared(value));
    }
    if (pairs.length === 0) return undefined;
    return { name: this.#shared(sent['__name__'] ?? ''), pairs, hash: hashOf(pairs), namedIn: segment };
  }

  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }
}

function hashOf(pairs: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const text of pairs)
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
