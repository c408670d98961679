import type { Labels } from '../model/labels.ts';
import { labelsKey } from '../model/labels.ts';
import type { MetricFamily } from '../model/metric.ts';

/**
 * Something that is asked for its families at each scrape; it reads live state. One that has much to say makes a family when it is asked
 * for the next, so that each is quick.
 */
export type Collector = () => Iterable<MetricFamily>;

/** What a collector gives in the midst of long work for one family, so that others may go first; nobody is told of it. */
export const pause: MetricFamily = { name: '', help: '', type: 'unknown', samples: [] };

export interface Counter {
  inc(labels?: Labels, by?: number): void;
}

export interface Gauge {
  set(value: number, labels?: Labels): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** Our own metrics: instruments that rooms write to and collectors that are asked. Names are unique. */
export class Registry {
  readonly #collectors: Collector[] = [];
  readonly #names = new Set<string>();

  collector(collect: Collector): void {
    this.#collectors.push(collect);
  }

  counter(name: string, help: string, initial: readonly Labels[] = []): Counter {
    const values = this.#scalar(name, help, 'counter', initial);
    return {
      inc(labels = {}, by = 1) {
        const key = labelsKey(labels);
        const entry = values.get(key);
        if (entry === undefined) values.set(key, { labels, value: by });
        else entry.value += by;
      },
    };
  }

  gauge(name: string, help: string, initial: readonly Labels[] = []): Gauge {
    const values = this.#scalar(name, help, 'gauge', initial);
    return {
      set: (value, labels = {}) => void values.set(labelsKey(labels), { labels, value }),
    };
  }

  /** `buckets`: upper bounds in rising order, +Inf left out. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    this.#claim(name);
    const series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>();
    const at = (labels: Labels) => {
      const key = labelsKey(labels);
      let entry = series.get(key);
      if (entry === undefined) {
        entry = { labels, counts: buckets.map(() => 0), sum: 0, count: 0 };
        series.set(key, entry);
      }
      return entry;
    };
    this.collector(() => {
      const samples: { name: string; labels: Labels; value: number }[] = [];
      for (const { labels, counts, sum, count } of series.values()) {
        for (const [i, bound] of buckets.entries()) {
          samples.push({
            name: `${name}_bucket`,
            labels: { ...labels, le: formatValue(bound) },
            value: counts[i] ?? 0,
          });
        }
        samples.push({ name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count });
        samples.push(
          { name: `${name}_sum`, labels, value: sum },
          { name: `${name}_count`, labels, value: count },
        );
      }
      return [{ name, help, type: 'histogram', samples }];
    });
    return {
      observe(value, labels = {}) {
        const entry = at(labels);
        entry.sum += value;
        entry.count++;
        for (let i = buckets.length - 1; i >= 0 && value <= (buckets[i] ?? 0); i--) {
          entry.counts[i] = (entry.counts[i] ?? 0) + 1;
        }
      },
    };
  }

  /** Every family, those without samples left out, in order of name. */
  gather(): MetricFamily[] {
    return inOrderOfName([...this.families()]);
  }

  /** The same in the order of collectors, each asked only when its turn comes, so that other work may go on between two families. */
  *families(): Generator<MetricFamily, void, undefined> {
    for (const family of this.pieces()) if (family.samples.length > 0) yield family;
  }

  /** The same with those without samples, among them each {@link pause}. */
  *pieces(): Generator<MetricFamily, void, undefined> {
    for (const collect of this.#collectors) yield* collect();
  }

  #scalar(name: string, help: string, type: 'counter' | 'gauge', initial: readonly Labels[]) {
    this.#claim(name);
    const values = new Map<string, { labels: Labels; value: number }>();
    for (const labels of initial) values.set(labelsKey(labels), { labels, value: 0 });
    this.collector(() => [
      {
        name,
        help,
        type,
        samples: [...values.values()].map(({ labels, value }) => ({ name, labels, value })),
      },
    ]);
    return values;
  }

  #claim(name: string): void {
    if (this.#names.has(name)) throw new Error(`metric ${name} is registered twice`);
    this.#names.add(name);
  }
}

/** Sorts in place. */
export function inOrderOfName(families: MetricFamily[]): MetricFamily[] {
  return families.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A sample value as the text formats write it. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
