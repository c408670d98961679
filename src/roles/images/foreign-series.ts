import type { VulnerabilityRow } from '../../findings/series/exporter.ts';
import type { ImageEntry } from '../../images/live/image-entries.ts';
import type { ImageSummary, ImageUse } from '../../images/live/live-image.ts';
import { parseReference } from '../../images/reference.ts';
import type { Severity } from '../../model/verdict.ts';
import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';
import { SeriesMap } from './series-map.ts';

export interface ForeignFamily {
  readonly name: string;
  readonly help: string;
  readonly series: SeriesMap;
}

type Entries = Iterable<Readonly<ImageEntry>>;

/** Severities as Kubescape counts them; what is negligible is at least low. */
export const plainSeverities: Readonly<Record<VulnerabilitySeverity, Severity>> = {
  Critical: 'critical',
  High: 'high',
  Medium: 'medium',
  Low: 'low',
  Negligible: 'low',
  Unknown: 'unknown',
};

/**
 * What Kubescape's `prometheus` output tells of an image, by the name that containers have for it.
 *
 * Source: https://github.com/kubescape/kubescape, core/pkg/resultshandling/printer/v2/prometheusutils.go
 */
export function kubescapeImages(entries: Entries): readonly ForeignFamily[] {
  const [all, fixable] = [new SeriesMap(), new SeriesMap()];
  for (const { summary, uses, named } of entries) {
    if (!isJudged(summary)) continue;
    const counts = new Map<VulnerabilitySeverity, { all: number; fixable: number }>();
    for (const tally of summary.tallies) {
      const count = counts.get(tally.severity) ?? { all: 0, fixable: 0 };
      counts.set(tally.severity, count);
      count.all += tally.count;
      if (tally.fixable) count.fixable += tally.count;
    }
    for (const image of new Set(uses.map((use) => use.image)))
      for (const [severity, count] of counts) {
        const labels = { image, platform: named.platform, severity };
        all.raise(labels, count.all);
        fixable.raise(labels, count.fixable);
      }
  }
  return [
    { name: 'kubescape_image_count_cve', help: 'Vulnerabilities of an image.', series: all },
    {
      name: 'kubescape_image_count_cve_fixable',
      help: 'Vulnerabilities of an image that can be fixed.',
      series: fixable,
    },
  ];
}

/** Containers that have rows of their own. */
const mostRows = 5000;

/**
 * Vulnerabilities by cluster, namespace and container, for the names of Kubescape's exporter. Of what is unknown there is no row:
 * a 0 would say that there are none.
 */
export function kubescapeRows(entries: Entries): readonly VulnerabilityRow[] {
  const containers = new Map<string, VulnerabilityRow & { total: Record<Severity, number> }>();
  for (const { summary, uses } of entries) {
    if (!isJudged(summary)) continue;
    const total = totalsOf(summary);
    for (const { workload, container } of uses) {
      const { namespace, name, kind } = workload;
      const key = JSON.stringify([namespace, name, kind, container]);
      const row = containers.get(key) ?? {
        namespace,
        workload: { name, kind, container },
        total: noTotals(),
      };
      containers.set(key, row);
      raise(row.total, total);
    }
  }
  if (containers.size === 0) return [];
  const cluster = noTotals();
  const namespaces = new Map<string, Record<Severity, number>>();
  for (const { namespace = '', total } of containers.values()) {
    const own = namespaces.get(namespace) ?? noTotals();
    namespaces.set(namespace, own);
    for (const counts of [cluster, own]) add(counts, total);
  }
  return [
    { total: cluster },
    ...[...namespaces].map(([namespace, total]) => ({ namespace, total })),
    ...[...containers.values()].slice(0, mostRows),
  ];
}

function isJudged(summary: ImageSummary | undefined): summary is ImageSummary {
  return summary !== undefined && summary.state !== 'unknown';
}

function noTotals(): Record<Severity, number> {
  return { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
}

function totalsOf({ tallies }: ImageSummary): Record<Severity, number> {
  const totals = noTotals();
  for (const { severity, count } of tallies) totals[plainSeverities[severity]] += count;
  return totals;
}

function raise(counts: Record<Severity, number>, other: Readonly<Record<Severity, number>>): void {
  for (const severity of Object.keys(counts) as Severity[])
    counts[severity] = Math.max(counts[severity], other[severity]);
}

function add(counts: Record<Severity, number>, other: Readonly<Record<Severity, number>>): void {
  for (const severity of Object.keys(counts) as Severity[]) counts[severity] += other[severity];
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
export function trivySeries(entries: Entries): readonly ForeignFamily[] {
  const series = new SeriesMap();
  for (const { summary, uses, digest = '' } of entries) {
    if (!isJudged(summary)) continue;
    const counts = new Map(Object.values(trivySeverities).map((severity) => [severity, 0]));
    for (const { severity, count } of summary.tallies) {
      const name = trivySeverities[severity] ?? 'Unknown';
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
    for (const use of uses)
      for (const [severity, count] of counts) series.raise({ ...trivyLabels(use, digest), severity }, count);
  }
  return [{ name: 'trivy_image_vulnerabilities', help: 'Number of container image vulnerabilities', series }];
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
