import type { Labels } from '../model/labels.ts';
import type { MetricFamily, MetricType } from '../model/metric.ts';
import type { ScrapeCounts } from './pool/scrape-counts.ts';
import type { ScrapePool } from './pool/scrape-pool.ts';

/** What scraping says of itself, under Prometheus' names where it has them. */
export function scrapeMetrics(counts: ScrapeCounts, pools: ReadonlyMap<string, ScrapePool>): MetricFamily[] {
  const all = [...pools];
  const lines = all.map(([, pool]) => [...pool.loops].reduce((sum, loop) => sum + loop.cachedLines, 0));
  return [
    family(
      'prometheus_target_scrape_pool_targets',
      'gauge',
      'Targets of a section.',
      all.map(([scrape_job, pool]) => [{ scrape_job }, pool.targetCount]),
    ),
    family(
      'prometheus_target_scrape_pool_target_limit',
      'gauge',
      'Targets that a section may have; 0 is no limit.',
      all.map(([scrape_job, pool]) => [{ scrape_job }, pool.config.target_limit]),
    ),
    counter(
      'prometheus_target_scrape_pool_exceeded_target_limit_total',
      'Times that a section had more targets than it may.',
      counts.exceededTargetLimit,
    ),
    counter(
      'prometheus_target_scrapes_exceeded_sample_limit_total',
      'Scrapes that failed for sample_limit.',
      counts.exceededSampleLimit,
    ),
    counter(
      'prometheus_target_scrapes_exceeded_body_size_limit_total',
      'Scrapes that failed for body_size_limit.',
      counts.exceededBodyLimit,
    ),
    counter(
      'prometheus_target_scrape_pool_exceeded_label_limits_total',
      'Scrapes that failed for a limit of labels.',
      counts.exceededLabelLimit,
    ),
    counter(
      'prometheus_target_scrapes_sample_duplicate_timestamp_total',
      'Samples that repeat a series at the same time.',
      counts.repeated,
    ),
    counter(
      'prometheus_target_scrapes_sample_out_of_order_total',
      'Samples older than what their series have.',
      counts.outOfOrder,
    ),
    counter(
      'prometheus_target_scrapes_sample_out_of_bounds_total',
      'Samples older than what is kept.',
      counts.outOfBounds,
    ),
    family(
      'prometheus_target_metadata_cache_entries',
      'gauge',
      'Lines of targets that are known, comments included.',
      all.map(([scrape_job], index) => [{ scrape_job }, lines[index] ?? 0]),
    ),
    counter('skopos_scrapes_total', 'Scrapes that were begun.', counts.scrapes),
    counter('skopos_scrapes_failed_total', 'Scrapes that failed.', counts.failures),
    counter(
      'skopos_scrapes_missed_total',
      'Scrapes left out, as the one before still ran or the process was busy.',
      counts.missed,
    ),
    counter(
      'skopos_scrape_samples_total',
      'Samples that scrapes brought, after relabelling.',
      counts.samples,
    ),
  ];
}

function family(
  name: string,
  type: MetricType,
  help: string,
  values: readonly (readonly [Labels, number])[],
): MetricFamily {
  return { name, type, help, samples: values.map(([labels, value]) => ({ name, labels, value })) };
}

function counter(name: string, help: string, value: number): MetricFamily {
  return family(name, 'counter', help, [[{}, value]]);
}
