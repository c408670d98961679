import { expect, it } from 'vitest';
import { kubeletSchema } from '../config/kubelet-schema.ts';
import { globalSchema } from '../config/prometheus/global-section.ts';
import { readScrapeSection } from '../config/prometheus/read-scrape-section.ts';
import { kubeletSections } from './kubelet-scrape.ts';

function configsOf(said: unknown) {
  const settings = kubeletSchema.parse(said);
  if (settings === undefined) return [];
  return kubeletSections(settings).map((section) => {
    const read = readScrapeSection(section, globalSchema.parse({}));
    if ('problem' in read) throw new Error(read.problem);
    return read;
  });
}

it("scrapes each kubelet's own port with the labels that kube-prometheus' rules ask for, and no times of cAdvisor", () => {
  const configs = configsOf(true);
  expect(
    configs.map((config) => [
      config.metrics_path,
      config.honor_timestamps,
      config.scheme,
      config.scrape_interval,
    ]),
  ).toEqual([
    ['/metrics', true, 'https', 30_000],
    ['/metrics/probes', true, 'https', 30_000],
    ['/metrics/cadvisor', false, 'https', 30_000],
  ]);
  expect(new Set(configs.map((config) => config.job_name)).size).toBe(3);
  for (const config of configs) {
    for (const label of ['job', 'metrics_path', 'node'])
      expect(JSON.stringify(config.relabel_configs)).toContain(`:"${label}"`);
    expect(JSON.stringify(config)).not.toContain('proxy/');
  }
});

it('leaves containers to the node process where that is said, and does nothing when off', () => {
  expect(configsOf({ containers: false, interval: '1m' }).map((config) => config.metrics_path)).toEqual([
    '/metrics',
    '/metrics/probes',
  ]);
  expect(configsOf(false)).toEqual([]);
});
