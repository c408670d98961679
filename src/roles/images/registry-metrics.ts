import type { RegistryStore } from '../../images/live/registry-store.ts';
import { vulnerabilitySeverities } from '../../model/vulnerability.ts';
import type { Registry } from '../../telemetry/registry.ts';
import { SeriesMap } from './series-map.ts';

/** Registries have series of their own up to so many. */
const mostRegistries = 100;

/** What is known of images that registries were looked through for, told apart from what runs. */
export function registryMetrics(registry: Registry, store: RegistryStore): void {
  registry.collector(() => {
    const images = new SeriesMap(mostRegistries * 3);
    const vulnerabilities = new SeriesMap(mostRegistries * vulnerabilitySeverities.length * 2);
    const last = new SeriesMap(mostRegistries);
    for (const { registry: host, state, count } of store.stateCounts())
      images.raise({ registry: host, state }, count);
    for (const { registry: host, severity, all, fixable } of store.severityCounts()) {
      const labels = { registry: host, severity: severity.toLowerCase() };
      vulnerabilities.raise({ ...labels, fixable: 'true' }, fixable);
      vulnerabilities.raise({ ...labels, fixable: 'false' }, all - fixable);
    }
    for (const [host, atMs] of store.lastWhole()) last.raise({ registry: host }, atMs / 1000);
    return [
      images.family(
        'skopos_registry_images',
        'Images that were found by looking through a registry, whether they run or not, by what is known of them.',
      ),
      vulnerabilities.family(
        'skopos_registry_image_vulnerabilities',
        'Known vulnerabilities in images that were found by looking through a registry, over all of them.',
      ),
      last.family(
        'skopos_registry_scan_last_success_timestamp_seconds',
        'When a look through the registry last came to its end, in Unix seconds.',
      ),
    ];
  });
}
