import type { CreateCollector } from '../../exporters/node/collector.ts';

/** Where series of a collector are served: container metrics have a page of their own, as the kubelet has for cAdvisor's. */
export type MetricsPage = '/metrics' | '/metrics/cadvisor';

/** A collector that the process knows. */
export interface CollectorEntry {
  /** Of the flags `--collector.NAME` and `--no-collector.NAME`, and of the filters `collect[]` and `exclude[]`. */
  readonly name: string;
  readonly page: MetricsPage;
  /** Whether it runs when nothing is said. */
  readonly isDefault: boolean;
  /** Loads its module, only when it runs: the process stays small by not knowing what it does not do. */
  readonly load: () => Promise<CreateCollector>;
}

/**
 * Every collector of `skopos node`. To add one: write a `NodeCollector` (src/exporters/node/collector.ts says what it promises)
 * and name it here.
 */
export const collectorTable: readonly CollectorEntry[] = [
  onMetrics('loadavg', async () => (await import('../../exporters/node/collectors/loadavg.ts')).loadavg),
];

function onMetrics(name: string, load: CollectorEntry['load'], isDefault = true): CollectorEntry {
  return { name, page: '/metrics', isDefault, load };
}
