import type { VulnerabilityRow } from '../../findings/series/exporter.ts';
import type { FindingStore } from '../../images/live/finding-store.ts';
import { type ImageEntry, imageStates, stateOf } from '../../images/live/image-entries.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import type { ImageFinding } from '../../images/live/live-image.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { Registry } from '../../telemetry/registry.ts';
import { one } from '../process-metrics.ts';
import { kubescapeImages, kubescapeRows, trivySeries } from './foreign-series.ts';
import { usesByRepository } from './image-news.ts';
import { SeriesMap } from './series-map.ts';

export interface ImageMetricsOptions {
  readonly registry: Registry;
  readonly live: LiveImages;
  readonly findings: FindingStore;
  /** Since when a finding counts as new, Unix ms. */
  readonly newSinceMs: () => number;
  /** Whether Trivy Operator's series are shown too. */
  readonly trivy: boolean;
  /** Series of single vulnerabilities that are shown at most; none for 0. */
  readonly cveSeries: number;
}

/** New findings that are told one by one. */
export const mostNew = 500;
/** One for each workload that runs them. */
export const mostNewSeries = mostNew * 4;

export const newFamily = 'skopos_new_image_vulnerability';

/** The series of images, asked for at each scrape. @returns what Kubescape's exporter tells of them */
export function imageMetrics(options: ImageMetricsOptions): () => readonly VulnerabilityRow[] {
  const { registry, live, findings, newSinceMs, trivy } = options;
  registry.collector(() => {
    const counts = countSeries(live.entries());
    const ignored = ignoredSeries(live.entries());
    const news = newSeries(live, findings, newSinceMs());
    const single = cveSeries(options);
    const foreign = [...kubescapeImages(live.entries()), ...(trivy ? trivySeries(live.entries()) : [])];
    const all = [counts, ignored, news, single, ...foreign.map(({ series }) => series)];
    return [
      imagesFamily(live),
      one(
        'skopos_images_left_out',
        'gauge',
        'Images in use that are not looked after, as there are too many.',
        live.leftOut,
      ),
      one(
        'skopos_image_series_left_out',
        'gauge',
        'Series of images that are not shown, as there are too many.',
        all.reduce((sum, { leftOut }) => sum + leftOut, 0),
      ),
      counts.family(
        'skopos_image_vulnerabilities',
        'Known vulnerabilities in the image that a container runs.',
      ),
      ignored.family(
        'skopos_image_vulnerabilities_ignored',
        'Vulnerabilities in the image that a container runs and that do not count, by rules or VEX.',
      ),
      news.family(
        newFamily,
        'A vulnerability that is new in an image in use, for each workload that runs it.',
      ),
      single.family(
        'skopos_image_vulnerability',
        'A vulnerability of an image in use, for each workload that runs it.',
      ),
      ...foreign.map(({ name, help, series }) => series.family(name, help)),
    ];
  });
  return () => kubescapeRows(live.entries());
}

function imagesFamily(live: LiveImages): MetricFamily {
  const counts = new Map(imageStates.map((state) => [state, 0]));
  for (const entry of live.entries()) counts.set(stateOf(entry), (counts.get(stateOf(entry)) ?? 0) + 1);
  const name = 'skopos_images';
  const samples = [...counts].map(([state, value]) => ({ name, labels: { state }, value }));
  return { name, type: 'gauge', help: 'Images in use, by what is known of them.', samples };
}

/** While a workload changes over from one image to another, the worse one counts. */
function countSeries(entries: Iterable<Readonly<ImageEntry>>): SeriesMap {
  const series = new SeriesMap();
  for (const { summary, uses } of entries)
    for (const use of summary === undefined ? [] : uses)
      for (const { severity, fixable, knownExploited, count } of summary?.tallies ?? [])
        series.raise(
          {
            ...workloadLabels(use.workload),
            container: use.container,
            severity: severity.toLowerCase(),
            fixable: String(fixable),
            known_exploited: String(knownExploited),
          },
          count,
        );
  return series;
}

/** Only where there are any. */
function ignoredSeries(entries: Iterable<Readonly<ImageEntry>>): SeriesMap {
  const series = new SeriesMap();
  for (const { summary, uses } of entries)
    if (summary !== undefined && summary.ignored > 0)
      for (const { workload, container } of uses)
        series.raise({ ...workloadLabels(workload), container }, summary.ignored);
  return series;
}

function workloadLabels({ namespace, name, kind }: ObjectRef) {
  return { namespace, workload: name, kind };
}

function newSeries(live: LiveImages, findings: FindingStore, sinceMs: number): SeriesMap {
  const series = new SeriesMap(mostNewSeries);
  const found = findings.newSince(sinceMs, mostNew);
  if (found.length === 0) return series;
  const uses = usesByRepository(live.entries());
  for (const finding of found)
    for (const { workload } of uses.get(finding.repository) ?? [])
      series.raise(findingLabels(finding, workload), 1);
  return series;
}

/** What tells one vulnerability of one workload from the others. */
export function findingLabels(finding: ImageFinding, workload: ObjectRef): Labels {
  return {
    vulnerability: finding.vulnerability,
    severity: finding.severity.toLowerCase(),
    fixable: String(finding.fixedIn !== ''),
    known_exploited: String(finding.knownExploited),
    package: finding.packageName,
    package_type: finding.packageType,
    installed: finding.installed,
    fixed_in: finding.fixedIn,
    repository: finding.repository,
    ...workloadLabels(workload),
  };
}

/** Single vulnerabilities, on request and the worst first; how many there would be is counted without making them. */
function cveSeries({ live, findings, cveSeries: most }: ImageMetricsOptions): SeriesMap {
  const series = new SeriesMap(most);
  if (most === 0) return series;
  const workloads = new Map(
    [...usesByRepository(live.entries())].map(([repository, uses]) => [
      repository,
      [...new Map(uses.map(({ workload }) => [JSON.stringify(workload), workload])).values()],
    ]),
  );
  for (const finding of findings.open(most))
    for (const workload of workloads.get(finding.repository) ?? [])
      series.raise(findingLabels(finding, workload), 1);
  const all = [...findings.openCounts()].reduce(
    (sum, [repository, count]) => sum + count * (workloads.get(repository)?.length ?? 0),
    0,
  );
  series.leftOut = Math.max(0, all - series.size);
  return series;
}
