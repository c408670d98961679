import type { FindingStore } from '../../images/live/finding-store.ts';
import { type ImageEntry, imageStates, stateOf } from '../../images/live/image-entries.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import type { ImageUse, Tally } from '../../images/live/live-image.ts';
import { parseReference } from '../../images/reference.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { Registry } from '../../telemetry/registry.ts';
import { one } from '../process-metrics.ts';

export interface ImageMetricsOptions {
  readonly registry: Registry;
  readonly live: LiveImages;
  readonly findings: FindingStore;
  /** Since when a finding counts as new, Unix ms. */
  readonly newSinceMs: () => number;
  /** Whether Trivy Operator's series are shown too. */
  readonly trivy: boolean;
}

/** Series of a family that are shown at most: an image may have hundreds of vulnerabilities, and run in hundreds of places. */
const mostSeries = 20_000;
/** New findings that are told one by one. */
const mostNew = 500;

/** The series of images, asked for at each scrape. */
export function imageMetrics({ registry, live, findings, newSinceMs, trivy }: ImageMetricsOptions): void {
  registry.collector(() => {
    const counts = countSeries(live.entries());
    const news = newSeries(live, findings, newSinceMs());
    const shown = trivy ? trivySeries(live.entries()) : new SeriesMap();
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
        counts.leftOut + news.leftOut + shown.leftOut,
      ),
      counts.family(
        'skopos_image_vulnerabilities',
        'Known vulnerabilities in the image that a container runs.',
      ),
      news.family(
        'skopos_new_image_vulnerability',
        'A vulnerability that is new in an image in use, for each workload that runs it.',
      ),
      shown.family('trivy_image_vulnerabilities', 'Number of container image vulnerabilities'),
    ];
  });
}

/** Samples by their labels, up to a bound. */
class SeriesMap {
  readonly #samples = new Map<string, { readonly labels: Labels; value: number }>();
  readonly #most: number;
  leftOut = 0;

  constructor(most = mostSeries) {
    this.#most = most;
  }

  /** Of several values the greatest stands. */
  raise(labels: Labels, value: number): void {
    const key = labelsKey(labels);
    const known = this.#samples.get(key);
    if (known !== undefined) known.value = Math.max(known.value, value);
    else if (this.#samples.size >= this.#most) this.leftOut++;
    else this.#samples.set(key, { labels, value });
  }

  family(name: string, help: string): MetricFamily {
    const samples = [...this.#samples.values()].map((sample) => ({ name, ...sample }));
    return { name, help, type: 'gauge', samples };
  }
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

function workloadLabels({ namespace, name, kind }: ObjectRef) {
  return { namespace, workload: name, kind };
}

function newSeries(live: LiveImages, findings: FindingStore, sinceMs: number): SeriesMap {
  const series = new SeriesMap(mostNew * 4);
  const found = findings.newSince(sinceMs, mostNew);
  if (found.length === 0) return series;
  const uses = usesByRepository(live.entries());
  for (const { repository, ...finding } of found)
    for (const { workload } of uses.get(repository) ?? [])
      series.raise(
        {
          vulnerability: finding.vulnerability,
          severity: finding.severity.toLowerCase(),
          fixable: String(finding.fixedIn !== ''),
          known_exploited: String(finding.knownExploited),
          package: finding.packageName,
          package_type: finding.packageType,
          installed: finding.installed,
          fixed_in: finding.fixedIn,
          repository,
          ...workloadLabels(workload),
        },
        1,
      );
  return series;
}

function usesByRepository(entries: Iterable<Readonly<ImageEntry>>): ReadonlyMap<string, readonly ImageUse[]> {
  const all = new Map<string, ImageUse[]>();
  for (const { named, uses } of entries)
    all.set(named.repository, [...(all.get(named.repository) ?? []), ...uses]);
  return all;
}

/** Trivy's words for severities; it has none for negligible ones, which it calls low. */
const trivySeverities: Readonly<Record<string, string>> = {
  Critical: 'Critical',
  High: 'High',
  Medium: 'Medium',
  Low: 'Low',
  Negligible: 'Low',
  Unknown: 'Unknown',
};

/** Source of names and labels: https://aquasecurity.github.io/trivy-operator/latest/tutorials/grafana-dashboard/ */
function trivySeries(entries: Iterable<Readonly<ImageEntry>>): SeriesMap {
  const series = new SeriesMap();
  for (const { summary, uses, digest = '' } of entries) {
    if (summary === undefined || summary.state === 'unknown') continue;
    const counts = new Map(Object.values(trivySeverities).map((severity) => [severity, 0]));
    for (const { severity, count } of summary.tallies)
      add(counts, trivySeverities[severity] ?? 'Unknown', count);
    for (const use of uses)
      for (const [severity, count] of counts) series.raise({ ...trivyLabels(use, digest), severity }, count);
  }
  return series;
}

function add(counts: Map<string, number>, key: string, count: Tally['count']): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function trivyLabels({ workload, container, image }: ImageUse, digest: string) {
  const { registry, repository, tag = '' } = parseReference(image);
  const { namespace, kind, name } = workload;
  return {
    namespace,
    name: `${kind.toLowerCase()}-${name}-${container}`,
    resource_kind: kind,
    resource_name: name,
    container_name: container,
    image_registry: registry === 'docker.io' ? 'index.docker.io' : registry,
    image_repository: repository,
    image_tag: tag,
    image_digest: digest,
  };
}
