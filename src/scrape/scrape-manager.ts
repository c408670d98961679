import type { GroupsListener } from '../discovery/discovery.ts';
import type { TargetGroup } from '../discovery/target-group.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import type { MetricFamily } from '../model/metric.ts';
import { relabelSteps } from '../relabel/relabel.ts';
import { BodyBudget } from './pool/fetch-body.ts';
import { discoveredLabels } from './pool/make-target.ts';
import type { PoolConfig } from './pool/pool-config.ts';
import { ScrapeCounts } from './pool/scrape-counts.ts';
import type { LoopStatus, ScrapeLoop } from './pool/scrape-loop.ts';
import { ScrapePool } from './pool/scrape-pool.ts';
import type { ScrapeStore } from './pool/scrape-store.ts';
import type { SeriesCompleter } from './pool/series-completer.ts';
import type { MetricMetadata } from './read/metadata.ts';
import { scrapeMetrics } from './scrape-metrics.ts';

export type { PoolConfig } from './pool/pool-config.ts';
export type { ScrapeStore } from './pool/scrape-store.ts';

export interface ScrapeManagerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: ScrapeStore;
  /** A `Discovery`. */
  readonly discovery: {
    groups(name: string): readonly TargetGroup[];
    subscribe(listener: GroupsListener): () => void;
  };
  /** Moves scrapes of several processes apart; random when left out. */
  readonly seed?: number;
  /** Fills in labels that targets leave empty. */
  readonly completer?: SeriesCompleter;
}

/** A target that is scraped, or would be. */
export interface ScrapedTarget extends LoopStatus {
  readonly discoveredLabels: Labels;
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface DroppedTarget {
  readonly discoveredLabels: Labels;
  readonly scrapePool: string;
}

/** The targets of one section, and those that relabelling dropped: as many as are kept, and how many there are. */
export interface PoolStatus {
  readonly targets: readonly ScrapedTarget[];
  readonly dropped: readonly Labels[];
  readonly droppedCount: number;
}

/** Scrapes the targets of all sections that are loaded, where discovery finds them. */
export class ScrapeManager implements Component {
  readonly name = 'scrape';
  readonly #options: ScrapeManagerOptions;
  readonly #pools = new Map<string, ScrapePool>();
  readonly #counts = new ScrapeCounts();
  readonly #budget = new BodyBudget();
  readonly #seed: number;
  #wanted: readonly PoolConfig[] = [];
  #isRunning = false;
  /** Scraped since the start, per job name: what its configuration was made of. */
  readonly #stopping = new Set<Promise<void>>();

  constructor(options: ScrapeManagerOptions) {
    this.#options = options;
    this.#seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  }

  /** Takes the place of all sections. Targets that stay keep what is known of their series. */
  load(configs: readonly PoolConfig[]): void {
    this.#wanted = configs;
    if (this.#isRunning) this.#apply();
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#isRunning = true;
    const cancel = this.#options.discovery.subscribe((name, groups) => this.#pools.get(name)?.update(groups));
    this.#apply();
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    cancel();
    this.#isRunning = false;
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop(false)));
    await Promise.all(this.#stopping);
  }

  /** Names of the sections, in order. */
  pools(): readonly string[] {
    return this.#wanted.map(({ job_name }) => job_name);
  }

  /** Every target that is scraped; those that cannot be, for a reason that discovery or relabelling gave, are among them as down. */
  active(): readonly ScrapedTarget[] {
    return [...this.#pools].flatMap(([name, pool]) => targetsOf(name, pool));
  }

  /** How one section goes; undefined where there is none of that name, or it is not scraped yet. */
  pool(name: string): PoolStatus | undefined {
    const pool = this.#pools.get(name);
    if (pool === undefined) return undefined;
    return {
      targets: targetsOf(name, pool),
      dropped: pool.dropped,
      droppedCount: pool.droppedCount,
    };
  }

  dropped(): readonly DroppedTarget[] {
    return [...this.#pools].flatMap(([scrapePool, pool]) =>
      pool.dropped.map((discoveredLabels) => ({ discoveredLabels, scrapePool })),
    );
  }

  /** How many were dropped, those that are not kept included. */
  droppedCounts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.pools().map((name) => [name, this.#pools.get(name)?.droppedCount ?? 0]));
  }

  /** What targets said of their metrics in their last scrapes. */
  *metadata(): Generator<MetricMetadata & { readonly target: Labels }> {
    for (const pool of this.#pools.values())
      for (const loop of pool.loops)
        for (const found of loop.metadata()) yield { ...found, target: loop.target.labels };
  }

  /** What each relabelling rule of a section makes of labels; undefined when there is no such section. */
  relabelSteps(
    pool: string,
    discovered: Labels,
  ): readonly { readonly rule: unknown; readonly labels: Labels | undefined }[] | undefined {
    const config = this.#wanted.find(({ job_name }) => job_name === pool);
    if (config === undefined) return undefined;
    return relabelSteps(discoveredLabels(discovered, config), config.relabel_configs).map(
      ({ rule, labels }) => ({
        rule: {
          source_labels: rule.sourceLabels,
          separator: rule.separator,
          target_label: rule.targetLabel,
          regex: rule.regexText,
          modulus: rule.modulus,
          replacement: rule.replacement,
          action: rule.action,
        },
        labels,
      }),
    );
  }

  /** Prometheus' own series of scraping. */
  metrics(): MetricFamily[] {
    return scrapeMetrics(this.#counts, this.#pools);
  }

  #apply(): void {
    const { clock, store, discovery, completer } = this.#options;
    const wanted = new Map(this.#wanted.map((config) => [config.job_name, config]));
    for (const [name, pool] of this.#pools) {
      if (wanted.has(name)) continue;
      this.#pools.delete(name);
      const stopping = pool.stop(true).finally(() => this.#stopping.delete(stopping));
      this.#stopping.add(stopping);
    }
    for (const [name, config] of wanted) {
      const held = this.#pools.get(name);
      if (held?.config === config) continue;
      if (held !== undefined) held.reload(config);
      else {
        const pool = new ScrapePool(config, {
          clock,
          store,
          counts: this.#counts,
          budget: this.#budget,
          seed: this.#seed,
          ...(completer === undefined ? {} : { completer }),
        });
        this.#pools.set(name, pool);
        pool.update(discovery.groups(name));
      }
    }
  }
}

function targetsOf(name: string, pool: ScrapePool): readonly ScrapedTarget[] {
  return [
    ...[...pool.loops].map((loop) => targetOf(name, loop)),
    ...pool.bad.map(({ discovered, problem }) => badTarget(name, discovered, problem)),
  ];
}

function targetOf(scrapePool: string, { target, status }: ScrapeLoop): ScrapedTarget {
  return {
    ...status,
    discoveredLabels: target.discovered,
    labels: target.labels,
    scrapePool,
    scrapeUrl: target.url,
    intervalMs: target.intervalMs,
    timeoutMs: target.timeoutMs,
  };
}

function badTarget(scrapePool: string, discovered: Labels, problem: string): ScrapedTarget {
  return {
    discoveredLabels: discovered,
    labels: {},
    scrapePool,
    scrapeUrl: discovered['__address__'] ?? '',
    intervalMs: 0,
    timeoutMs: 0,
    health: 'down',
    lastError: `this target cannot be scraped: ${problem}`,
    warning: '',
    lastScrapeMs: undefined,
    lastScrapeSeconds: 0,
    samples: 0,
  };
}
