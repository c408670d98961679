import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import { type Labels, labelsKey } from '../model/labels.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';

export interface SelfScrapeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly store: Pick<TimeSeriesStore, 'append'>;
  readonly intervalMs: number;
  /** Called before each round. */
  readonly before: () => void;
}

/** Writes all of our own series into the store at a steady pace, and ends those that are gone. A scrape without HTTP. */
export class SelfScrape implements Component {
  readonly name = 'self-scrape';
  readonly #options: SelfScrapeOptions;
  readonly #known = new Map<string, { readonly labels: Labels; round: number }>();
  #round = 0;

  constructor(options: SelfScrapeOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, intervalMs } = this.#options;
    do {
      try {
        this.round();
      } catch (error) {
        log.error({ err: messageOf(error) }, 'own series could not be written');
      }
    } while (await sleep(intervalMs, signal, clock));
  }

  /** One round, now. */
  round(): void {
    const { clock, registry, store, before } = this.#options;
    before();
    const atMs = clock.now();
    const batch: { labels: Labels; atMs: number; value: number | 'stale' }[] = [];
    this.#round++;
    for (const { samples } of registry.gather()) {
      for (const { name, labels, value } of samples) {
        // A series that was there before lends its labels, so that steady series allocate as little as may be.
        const key = name + labelsKey(labels);
        const known = this.#known.get(key);
        const series = known ?? { labels: { __name__: name, ...labels }, round: 0 };
        if (known === undefined) this.#known.set(key, series);
        series.round = this.#round;
        batch.push({ labels: series.labels, atMs, value });
      }
    }
    for (const [key, { labels, round }] of this.#known) {
      if (round === this.#round) continue;
      this.#known.delete(key);
      batch.push({ labels, atMs, value: 'stale' });
    }
    store.append(batch);
  }
}
