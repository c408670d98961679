import { readFileSync } from 'node:fs';
import { Discovery } from '../discovery/discovery.ts';
import type { ClusterObjects } from '../discovery/kubernetes/kubernetes-kind.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';
import { ScrapeManager } from '../scrape/scrape-manager.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import type { PrometheusSettings } from './settings.ts';

export interface MetricsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: TimeSeriesStore;
  readonly registry: Registry;
  readonly objects: ClusterObjects;
}

/** Discovery and scraping, wired to each other and to the store. */
export class MetricsRole {
  readonly discovery: Discovery;
  readonly scrape: ScrapeManager;
  #settings: PrometheusSettings | undefined;

  constructor({ clock, log, store, registry, objects }: MetricsOptions) {
    const ownNamespace = readOwnNamespace();
    this.discovery = new Discovery({
      clock,
      log,
      objects,
      ...(ownNamespace === undefined ? {} : { ownNamespace }),
    });
    this.scrape = new ScrapeManager({ clock, log, store, discovery: this.discovery });
    registry.collector(() => [...this.discovery.metrics(), ...this.scrape.metrics()]);
  }

  get settings(): PrometheusSettings | undefined {
    return this.#settings;
  }

  /** Takes the place of what was scraped; nothing is scraped without a `prometheus.yml`. */
  load(settings: PrometheusSettings | undefined): void {
    this.#settings = settings;
    const configs = settings?.config.scrape_configs ?? [];
    this.discovery.load(new Map(configs.map((config) => [config.job_name, config])));
    this.scrape.load(configs);
  }
}

/** Whether targets are found by the cluster's objects, so that the inventory has to keep more of them. */
export function findsByKubernetes(settings: PrometheusSettings | undefined): boolean {
  return settings?.config.scrape_configs.some((config) => config.kubernetes_sd_configs.length > 0) ?? false;
}

function readOwnNamespace(): string | undefined {
  try {
    return (
      readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim() || undefined
    );
  } catch {
    return undefined;
  }
}
