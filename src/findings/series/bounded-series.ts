import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { type Severity, severities } from '../../model/verdict.ts';

interface Held {
  readonly labels: Labels;
  readonly severity: Severity;
}

/** At most so many series of value 1, the most severe ones: when full, a more severe one takes the place of a lesser. */
export class BoundedSeries {
  readonly #name: string;
  readonly #limit: number;
  readonly #held = new Map<string, Held>();
  readonly #bySeverity = new Map<Severity, Set<string>>(severities.map((one) => [one, new Set()]));

  constructor(name: string, limit: number) {
    this.#name = name;
    this.#limit = limit;
  }

  get size(): number {
    return this.#held.size;
  }

  get isFull(): boolean {
    return this.#held.size >= this.#limit;
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  /** Labels (with the name) of what had to give way, if something had; `added` tells whether there was room. */
  add(
    key: string,
    severity: Severity,
    labels: Labels,
  ): { readonly added: boolean; readonly evicted?: Labels } {
    if (this.#held.has(key)) return { added: true };
    let evicted: Labels | undefined;
    if (this.isFull) {
      const lesser = this.#keyBelow(severity);
      if (lesser === undefined) return { added: false };
      evicted = this.delete(lesser);
    }
    this.#held.set(key, { labels, severity });
    this.#bySeverity.get(severity)?.add(key);
    return evicted === undefined ? { added: true } : { added: true, evicted };
  }

  /** Labels (with the name) of the series that ended; undefined when there was none. */
  delete(key: string): Labels | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#held.delete(key);
    this.#bySeverity.get(held.severity)?.delete(key);
    return this.named(held.labels);
  }

  clear(): void {
    this.#held.clear();
    for (const keys of this.#bySeverity.values()) keys.clear();
  }

  named(labels: Labels): Labels {
    return { __name__: this.#name, ...labels };
  }

  family(help: string): MetricFamily {
    const samples = [...this.#held.values()].map(({ labels }) => ({ name: this.#name, labels, value: 1 }));
    return { name: this.#name, help, type: 'gauge', samples };
  }

  #keyBelow(severity: Severity): string | undefined {
    for (const lesser of severities.toReversed()) {
      if (lesser === severity) return undefined;
      const [key] = this.#bySeverity.get(lesser) ?? [];
      if (key !== undefined) return key;
    }
    return undefined;
  }
}
