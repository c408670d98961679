import { type Labels, labelsKey } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';

/** Series of a family that are shown at most: an image may have hundreds of vulnerabilities, and run in hundreds of places. */
const mostSeries = 20_000;

/** Samples by their labels, up to a bound. */
export class SeriesMap {
  readonly #samples = new Map<string, { readonly labels: Labels; value: number }>();
  readonly #most: number;
  leftOut = 0;

  constructor(most = mostSeries) {
    this.#most = most;
  }

  get size(): number {
    return this.#samples.size;
  }

  /** Of several values the greatest stands. */
  raise(labels: Labels, value: number): void {
    const key = labelsKey(labels);
    const known = this.#samples.get(key);
    if (known !== undefined) known.value = Math.max(known.value, value);
    else if (this.#samples.size >= this.#most) this.leftOut++;
    else this.#samples.set(key, { labels, value });
  }

  family(name: string, help: string): MetricFamily {
    const samples = [...this.#samples.values()].map((sample) => ({ name, ...sample }));
    return { name, help, type: 'gauge', samples };
  }
}
