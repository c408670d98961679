import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { type Severity, severities, type Verdict } from '../../model/verdict.ts';
import type { ControlCounts, VerdictFilter } from '../../posture/engine-types.ts';
import type { Collector } from '../../telemetry/registry.ts';

/** What these series ask of the posture engine; `PostureEngine` is one. */
export interface ExporterSource {
  counts(): Iterable<ControlCounts>;
  verdicts(filter?: VerdictFilter): Iterable<Verdict>;
}

/** Vulnerabilities by severity, of what was scanned; absent severities are 0. */
export interface VulnerabilityRow {
  /** Without it: of the whole cluster. */
  readonly namespace?: string;
  readonly workload?: { readonly name: string; readonly kind: string; readonly container: string };
  readonly total: Readonly<Partial<Record<Severity, number>>>;
  /** Only those in files that were opened; absent when nobody watches that. */
  readonly relevant?: Readonly<Partial<Record<Severity, number>>>;
}

export interface ExporterSeriesOptions {
  readonly engine: ExporterSource;
  readonly severityOf: (controlId: string) => Severity;
  /** Whether there are series for single workloads; upstream asks for `ENABLE_WORKLOAD_METRICS`. False when left out. */
  readonly workloads?: boolean;
  /** How many workloads have series, those with most failed controls first; 10,000 when left out. */
  readonly workloadLimit?: number;
  /**
   * What is known of images. While nothing is (undefined, or no row), there are no vulnerability series at all: a 0 would
   * say that there are none.
   */
  readonly vulnerabilities?: () => readonly VulnerabilityRow[];
}

type Counts = Readonly<Partial<Record<Severity, number>>>;
type Rows = readonly (readonly [labels: Labels, counts: Counts])[];

/**
 * The 45 names of Kubescape's prometheus-exporter: the severity is a part of the name. Namespaces that are gone have no
 * series.
 *
 * Source: https://github.com/kubescape/prometheus-exporter, metrics/metrics.go
 */
export function exporterSeries(options: ExporterSeriesOptions): Collector {
  return () => [...controlFamilies(options), ...vulnerabilityFamilies(options.vulnerabilities?.() ?? [])];
}

function controlFamilies({
  engine,
  severityOf,
  workloads = false,
  workloadLimit = 10_000,
}: ExporterSeriesOptions) {
  const cluster = new Map<Severity, number>();
  const namespaces = new Map<string, Map<Severity, number>>();
  for (const { severity, namespace, states } of engine.counts()) {
    add(cluster, severity, states.fail);
    if (namespace !== '') add(at(namespaces, namespace), severity, states.fail);
  }
  const name = 'kubescape_controls_total';
  return [
    ...families(`${name}_cluster`, 'Failed controls in the cluster', [[{}, Object.fromEntries(cluster)]]),
    ...families(
      `${name}_namespace`,
      'Failed controls in a namespace',
      [...namespaces].map(([namespace, counts]) => [{ namespace }, Object.fromEntries(counts)]),
    ),
    ...(workloads
      ? families(
          `${name}_workload`,
          'Failed controls of a workload',
          workloadRows(engine, severityOf, workloadLimit),
        )
      : []),
  ];
}

function workloadRows(
  engine: ExporterSource,
  severityOf: ExporterSeriesOptions['severityOf'],
  limit: number,
): Rows {
  const byWorkload = new Map<string, { labels: Labels; counts: Map<Severity, number>; total: number }>();
  for (const { object, controlId } of engine.verdicts({ states: ['fail'] })) {
    if (object.namespace === '') continue;
    const labels = {
      namespace: object.namespace,
      workload: object.name,
      workload_kind: object.kind.toLowerCase(),
    };
    const key = Object.values(labels).join('/');
    const held = byWorkload.get(key) ?? { labels, counts: new Map<Severity, number>(), total: 0 };
    byWorkload.set(key, held);
    add(held.counts, severityOf(controlId), 1);
    held.total++;
  }
  return [...byWorkload.values()]
    .sort((a, b) => b.total - a.total)
    .slice(0, limit)
    .map(({ labels, counts }) => [labels, Object.fromEntries(counts)]);
}

function vulnerabilityFamilies(rows: readonly VulnerabilityRow[]): MetricFamily[] {
  const scopes = [
    {
      scope: 'cluster',
      of: rows.filter(({ namespace, workload }) => namespace === undefined && workload === undefined),
    },
    {
      scope: 'namespace',
      of: rows.filter(({ namespace, workload }) => namespace !== undefined && workload === undefined),
    },
    { scope: 'workload', of: rows.filter(({ workload }) => workload !== undefined) },
  ];
  return scopes.flatMap(({ scope, of }) => [
    ...families(
      `kubescape_vulnerabilities_total_${scope}`,
      'Vulnerabilities in images that were scanned',
      of.map((row) => [vulnerabilityLabels(row), row.total]),
    ),
    ...families(
      `kubescape_vulnerabilities_relevant_${scope}`,
      'Vulnerabilities in files that were used',
      of.flatMap((row) =>
        row.relevant === undefined ? [] : [[vulnerabilityLabels(row), row.relevant] as const],
      ),
    ),
  ]);
}

function vulnerabilityLabels({ namespace, workload }: VulnerabilityRow): Labels {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(workload === undefined
      ? {}
      : {
          workload: workload.name,
          workload_kind: workload.kind.toLowerCase(),
          workload_container_name: workload.container.toLowerCase(),
        }),
  };
}

/** One family for each severity; without rows they have no samples and are not exposed. */
function families(prefix: string, help: string, rows: Rows): MetricFamily[] {
  return severities.map((severity) => {
    const name = `${prefix}_${severity}`;
    return {
      name,
      help: `${help}, of ${severity} severity.`,
      type: 'gauge',
      samples: rows.map(([labels, counts]) => ({ name, labels, value: counts[severity] ?? 0 })),
    };
  });
}

function add(counts: Map<Severity, number>, severity: Severity, by: number): void {
  counts.set(severity, (counts.get(severity) ?? 0) + by);
}

function at(maps: Map<string, Map<Severity, number>>, key: string): Map<Severity, number> {
  const held = maps.get(key) ?? new Map<Severity, number>();
  maps.set(key, held);
  return held;
}
