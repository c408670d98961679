import { expect, it } from 'vitest';
import { knownMetrics } from '../src/cli/check/metric-names/known-metrics.ts';
import { toldNames } from '../src/cli/check/metric-names/told-names.generated.ts';
import { containerMetricNames } from '../src/exporters/container/families.ts';
import { collectorTable } from '../src/roles/node/collector-table.ts';
import { namesByCollector, nodeMetricNames } from './support/node-metric-names.ts';

const ofScrape = ['node_scrape_collector_duration_seconds', 'node_scrape_collector_success'];

it.each(collectorTable.map(({ name }) => name))('knows what the collector %s tells', (collector) => {
  const names = namesByCollector.get(collector) ?? [];
  const own = names.filter((name) => !ofScrape.includes(name));
  // A collector that tells nothing of the machine with one of everything is one whose names nobody would know.
  expect(own.length).toBeGreaterThan(0);
  expect(toldNames).toEqual(expect.arrayContaining(own));
});

it('has a current list, and the dashboards are checked against it', () => {
  expect(toldNames).toEqual(nodeMetricNames);
  const known = knownMetrics();
  expect([...toldNames, ...containerMetricNames].filter((name) => !known.has(name))).toEqual([]);
});
