import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import { type Labels, labelsKey } from '../model/labels.ts';
import type { Work } from '../promql/evaluation.ts';
import { Turns } from '../promql/turns.ts';
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
  /** What it shares the thread with; turns of its own when left out. */
  readonly turns?: Turns;
}

/** Writes all of our own series into the store at a steady pace, and ends those that are gone. A scrape without HTTP. */
export class SelfScrape implements Component {
  readonly name = 'self-scrape';
  readonly #options: SelfScrapeOptions;
  readonly #known = new Map<string, { readonly labels: Labels; round: number }>();
  #round = 0;
  #running: Promise<void> | undefined;

  constructor(options: SelfScrapeOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, intervalMs } = this.#options;
    do {
      try {
        await this.round();
      } catch (error) {
        log.error({ err: messageOf(error) }, 'own series could not be written');
      }
    } while (await sleep(intervalMs, signal, clock));
    // One that was begun from outside, as the first is, writes into the store, which is closed when all have ended.
    await this.#running?.catch(() => undefined);
  }

  /** One round, after the one that goes on, in turns with other work. @throws what a collector throws. */
  async round(): Promise<void> {
    const { turns = new Turns() } = this.#options;
    while (this.#running !== undefined) await this.#running.catch(() => undefined);
    this.#running = turns.run((isSpent) => this.#work(isSpent));
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  *#work(isSpent: () => boolean): Work<void> {
    const { clock, registry, before } = this.#options;
    before();
    this.#round++;
    for (const { samples } of registry.pieces()) {
      // What the chain writes from here on is newer, and what we still write of this family is then refused, as it should be.
      const atMs = clock.now();
      let batch: Sample[] = [];
      for (const { name, labels, value } of samples) {
        // A series that was there before lends its labels, so that steady series allocate as little as may be.
        const key = name + labelsKey(labels);
        const known = this.#known.get(key);
        const series = known ?? { labels: { __name__: name, ...labels }, round: 0 };
        if (known === undefined) this.#known.set(key, series);
        series.round = this.#round;
        batch.push({ labels: series.labels, atMs, value });
        if (batch.length < batchSize) continue;
        this.#write(batch);
        batch = [];
        if (isSpent()) yield;
      }
      this.#write(batch);
      if (isSpent()) yield;
    }
    this.#endGone();
  }

  /** Those that were not there any more. */
  #endGone(): void {
    const atMs = this.#options.clock.now();
    const gone: Sample[] = [];
    for (const [key, { labels, round }] of this.#known) {
      if (round === this.#round) continue;
      this.#known.delete(key);
      gone.push({ labels, atMs, value: 'stale' });
    }
    this.#write(gone);
  }

  #write(batch: readonly Sample[]): void {
    if (batch.length > 0) this.#options.store.append(batch);
  }
}

interface Sample {
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number | 'stale';
}

/** Samples that are written without a look at the time: about a millisecond's work. */
const batchSize = 200;
