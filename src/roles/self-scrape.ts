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
  #known = new Map<string, Labels>();

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
    const seen = new Map<string, Labels>();
    const batch: { labels: Labels; atMs: number; value: number | 'stale' }[] = [];
    for (const { samples } of registry.gather()) {
      for (const { name, labels, value } of samples) {
        const full = { __name__: name, ...labels };
        seen.set(labelsKey(full), full);
        batch.push({ labels: full, atMs, value });
      }
    }
    for (const [key, labels] of this.#known) if (!seen.has(key)) batch.push({ labels, atMs, value: 'stale' });
    this.#known = seen;
    store.append(batch);
  }
}
