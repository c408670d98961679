import { exporterSeries } from '../findings/series/exporter.ts';
import type { NativeSeries } from '../findings/series/native.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';
import { severityOf } from '../model/verdict.ts';
import type { PostureEngine } from '../posture/engine.ts';
import type { Turns } from '../promql/turns.ts';
import type { RuleManager } from '../rules/rule-manager.ts';
import type { Collector, Registry } from '../telemetry/registry.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import type { Chain } from './chain.ts';
import { SelfScrape } from './self-scrape.ts';

export interface OwnSeriesOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly store: TimeSeriesStore;
  readonly intervalMs: number;
  readonly inventory: Inventory;
  readonly source: { status(): { readonly state: string } };
  readonly chain: Chain;
  readonly engine: PostureEngine;
  readonly native: NativeSeries;
  /** Kubescape's series. */
  readonly kubescape: Collector;
  readonly controlNamed: (id: string) => { readonly baseScore: number } | undefined;
  readonly vulnerabilityRows: NonNullable<Parameters<typeof exporterSeries>[0]['vulnerabilities']>;
  /** When the vulnerability data was made, Unix ms; 0 where there is none. */
  readonly imageDataAtMs: () => number;
  readonly rules: RuleManager;
  readonly turns: Turns;
}

/** What is told of findings and verdicts as series, and what writes all of our own series into the store. */
export function createOwnSeries(options: OwnSeriesOptions): SelfScrape {
  const { clock, log, registry, store, inventory, source, chain, engine, native, kubescape, rules } = options;
  const exporter = exporterSeries({
    engine,
    severityOf: (id) => severityOf(options.controlNamed(id)?.baseScore ?? 0),
    vulnerabilities: options.vulnerabilityRows,
  });
  // Until everything has been judged once there is nothing to say: a score of nothing would look like a good one.
  for (const collect of [native.collect, kubescape, exporter])
    registry.collector(() => (chain.isReady ? collect() : []));
  const scrape = new SelfScrape({
    ...{ clock, log, registry, store, intervalMs: options.intervalMs, turns: options.turns },
    before() {
      const nowMs = clock.now();
      chain.tick();
      if (source.status().state === 'ok') native.succeeded('inventory', nowMs);
      if (chain.isReady && chain.fault === '') native.succeeded('posture', nowMs);
      if (rules.groups().every(({ rules: all }) => all.every(({ health }) => health !== 'err')))
        native.succeeded('rules', nowMs);
      const dataAtMs = options.imageDataAtMs();
      if (dataAtMs > 0) native.succeeded('images', dataAtMs);
    },
  });
  const failed = (err: unknown): void => log.error({ err }, 'own series could not be written');
  inventory.onReady(() => void scrape.round().catch(failed));
  return scrape;
}
