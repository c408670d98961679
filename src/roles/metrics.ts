import { readFileSync } from 'node:fs';
import type { KubeletSettings } from '../config/kubelet-schema.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { type GlobalSection, globalSchema } from '../config/prometheus/global-section.ts';
import { readScrapeSection } from '../config/prometheus/read-scrape-section.ts';
import type { ScrapeConfig } from '../config/prometheus/resolve-scrape-config.ts';
import { Discovery } from '../discovery/discovery.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { BadInputError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { OperatorSettings } from '../monitors/operator-settings.ts';
import { ScrapeManager } from '../scrape/scrape-manager.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import type { FamilyMetadata } from '../wire/write-request.ts';
import { ContainerNames } from './container-names.ts';
import { kubeletSections } from './kubelet-scrape.ts';
import { monitorMetrics } from './monitor-metrics.ts';
import { MonitorObjects } from './monitor-objects.ts';
import { otherCluster } from './other-cluster.ts';
import type { PrometheusSettings } from './settings.ts';

export interface MetricsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: TimeSeriesStore;
  readonly registry: Registry;
  readonly objects: Inventory;
  /** Called when objects of the cluster bring other rules than before. */
  readonly rulesChanged: () => void;
}

/** Discovery and scraping, wired to each other and to the store; what is scraped is said by files and by objects of the cluster. */
export class MetricsRole {
  readonly discovery: Discovery;
  readonly scrape: ScrapeManager;
  readonly monitors: MonitorObjects;
  readonly #log: Logger;
  #settings: PrometheusSettings | undefined;
  #kubelet: KubeletSettings | undefined;

  constructor({ clock, log, store, registry, objects, rulesChanged }: MetricsOptions) {
    this.#log = log;
    const ownNamespace = readOwnNamespace();
    this.discovery = new Discovery({
      clock,
      log,
      objects,
      otherCluster: (config) => otherCluster(config, { clock, log }),
      ...(ownNamespace === undefined ? {} : { ownNamespace }),
    });
    this.scrape = new ScrapeManager({
      ...{ clock, log, store, discovery: this.discovery },
      completer: new ContainerNames(objects),
    });
    this.monitors = new MonitorObjects(
      {
        clock,
        log,
        inventory: objects,
        ownNamespace: ownNamespace ?? '',
        changed: () => {
          this.#apply();
          rulesChanged();
        },
      },
      globalOf(undefined),
    );
    registry.collector(() => [
      ...this.discovery.metrics(),
      ...this.scrape.metrics(),
      ...monitorMetrics(this.monitors.states()),
    ]);
  }

  /** What targets say of their metrics. */
  *families(): Generator<FamilyMetadata> {
    for (const { name, type, help, unit } of this.scrape.metadata())
      yield { name, type, help, unit: unit ?? '' };
  }

  get settings(): PrometheusSettings | undefined {
    return this.#settings;
  }

  /** Takes the place of what was scraped; nothing is scraped without a `prometheus.yml` and without objects that say so. */
  load(
    settings: PrometheusSettings | undefined,
    { operator, kubelet }: Pick<LoadedConfig['metrics'], 'operator' | 'kubelet'>,
  ): void {
    this.#settings = settings;
    this.#kubelet = kubelet;
    this.monitors.configure(operator, globalOf(settings));
    this.#apply();
  }

  #apply(): void {
    const configs = new Map<string, ScrapeConfig>();
    for (const config of [
      ...(this.#settings?.config.scrape_configs ?? []),
      ...this.#kubeletConfigs(),
      ...this.monitors.scrapeConfigs(),
    ]) {
      if (!configs.has(config.job_name)) configs.set(config.job_name, config);
      else this.#log.warn({ job: config.job_name }, 'two sections have this name; the first is in force');
    }
    this.discovery.load(configs);
    this.scrape.load([...configs.values()]);
  }

  #kubeletConfigs(): readonly ScrapeConfig[] {
    if (this.#kubelet === undefined) return [];
    return kubeletSections(this.#kubelet).map((section) => {
      const read = readScrapeSection(section, globalOf(this.#settings));
      if ('problem' in read) throw new BadInputError('metrics.kubelet', read.problem);
      return read;
    });
  }
}

/** Whether targets are found by the cluster's objects, so that the inventory has to keep more of them. */
export function findsByKubernetes(
  settings: PrometheusSettings | undefined,
  operator: OperatorSettings | undefined,
): boolean {
  if (operator !== undefined) return true;
  const sections = settings?.config.scrape_configs.flatMap((config) => config.kubernetes_sd_configs) ?? [];
  return sections.some(({ api_server: server, kubeconfig_file: file }) => !server && file === '');
}

/** What sections of objects take from `global`. */
function globalOf(settings: PrometheusSettings | undefined): GlobalSection {
  return settings?.config.global ?? globalSchema.parse({});
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
