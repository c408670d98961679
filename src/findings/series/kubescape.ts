import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { ControlCounts, ResourceState } from '../../posture/engine-types.ts';
import {
  type ControlScore,
  controlScores,
  type FrameworkControls,
  frameworkScore,
  wholeScore,
} from '../../posture/scores.ts';
import { type Collector, pause } from '../../telemetry/registry.ts';
import type { FindingControl } from '../findings.ts';

/** What these series ask of the posture engine; `PostureEngine` is one. */
export interface PostureSource {
  readonly unreadableKinds: number;
  counts(): Iterable<ControlCounts>;
  resources(controlIds?: readonly string[]): Iterable<ResourceState>;
}

export interface KubescapeSeriesOptions {
  readonly engine: PostureSource;
  readonly controls: readonly FindingControl[];
  readonly frameworks: readonly FrameworkControls[];
  /** How many objects have `kubescape_resource_*` series, those with most failed controls first; 10,000 when left out. */
  readonly resourceLimit?: number;
}

/**
 * The posture series of Kubescape's `/v1/metrics`, by its names and labels, so that dashboards and rules made for it work.
 * Scores and counts are whole numbers. What could not be judged is what Kubescape calls skipped. Objects on which no control
 * failed or was skipped have no `kubescape_resource_*` series.
 *
 * Source: https://github.com/kubescape/kubescape, core/pkg/resultshandling/printer/v2/prometheusutils.go
 */
export function kubescapeSeries(options: KubescapeSeriesOptions): Collector {
  return function* () {
    const scores = controlScores(options.controls, options.engine.counts());
    const all = frameworkScore({ name: '', controls: options.controls.map(({ id }) => id) }, scores);
    const overall = wholeScore(all.compliance);
    yield gauge('kubescape_score', 'Overall compliance score, 100 at best.', [[{}, overall]]);
    yield gauge('kubescape_cluster_complianceScore', 'Compliance score of the cluster, 100 at best.', [
      [{}, overall],
    ]);
    yield gauge(
      'kubescape_cluster_coverage_score',
      'How much of what should be judged could be, 100 at best.',
      [[{}, coverageOf(scores, options.engine.unreadableKinds)]],
    );
    yield* resourceCounts('kubescape_cluster', [[{}, yield* countResources(options.engine.resources())]]);
    yield* controlCounts('kubescape_cluster', [[{}, scores]]);
    yield* frameworkFamilies(options, scores);
    yield* controlFamilies(scores);
    yield* resourceFamilies(options);
  };
}

function* frameworkFamilies(
  { frameworks, engine }: KubescapeSeriesOptions,
  scores: readonly ControlScore[],
): Generator<MetricFamily, void> {
  const compliance: (readonly [Labels, number])[] = [];
  const resources: (readonly [Labels, Tally])[] = [];
  const members: (readonly [Labels, readonly ControlScore[]])[] = [];
  for (const framework of frameworks) {
    const labels = { name: framework.name };
    compliance.push([labels, wholeScore(frameworkScore(framework, scores).compliance)]);
    resources.push([labels, yield* countResources(engine.resources(framework.controls))]);
    members.push([labels, scores.filter(({ controlId }) => framework.controls.includes(controlId))]);
  }
  yield gauge(
    'kubescape_framework_complianceScore',
    'Compliance score of a framework, 100 at best.',
    compliance,
  );
  yield* resourceCounts('kubescape_framework', resources);
  yield* controlCounts('kubescape_framework', members);
}

function controlFamilies(scores: readonly ControlScore[]): MetricFamily[] {
  const labelsOf = ({ controlId, control, severity }: ControlScore): Labels => ({
    name: control,
    severity: `${severity.charAt(0).toUpperCase()}${severity.slice(1)}`,
    link: `https://hub.armosec.io/docs/${controlId.toLowerCase().replaceAll('.', '-')}`,
  });
  return [
    gauge(
      'kubescape_control_complianceScore',
      'Compliance score of a control, 100 at best.',
      scores.map((score) => [labelsOf(score), wholeScore(score.compliance)]),
    ),
    ...resourceCounts(
      'kubescape_control',
      scores.map((score) => [
        labelsOf(score),
        { failed: score.failed, skipped: score.unknown, passed: score.passed },
      ]),
    ),
  ];
}

function* resourceFamilies({
  engine,
  resourceLimit = 10_000,
}: KubescapeSeriesOptions): Generator<MetricFamily, void> {
  const found: ResourceState[] = [];
  for (const resource of engine.resources()) {
    if (resource.failed + resource.unknown === 0) continue;
    found.push(resource);
    if (found.length % objectsAtOnce === 0) yield pause;
  }
  const troubled = found
    .sort((a, b) => b.failed - a.failed || b.unknown - a.unknown)
    .slice(0, resourceLimit)
    .map(({ object: { kind, namespace, name }, apiVersion, failed, unknown }) => {
      const labels = { apiVersion, kind, namespace, name };
      return { labels, failed, unknown };
    });
  const name = 'kubescape_resource_count_controls';
  yield gauge(
    `${name}_failed`,
    'Controls that failed on an object.',
    troubled.map(({ labels, failed }) => [labels, failed]),
  );
  yield gauge(
    `${name}_skipped`,
    'Controls that could not be judged on an object.',
    troubled.map(({ labels, unknown }) => [labels, unknown]),
  );
}

/** Counted without a look at the time: about a millisecond's work. */
const objectsAtOnce = 1000;

interface Tally {
  failed: number;
  skipped: number;
  passed: number;
}

/** An object counts once, by the worst that is said of it. Others may go first now and then. */
function* countResources(resources: Iterable<ResourceState>): Generator<MetricFamily, Tally> {
  const tally = { failed: 0, skipped: 0, passed: 0 };
  let seen = 0;
  for (const { failed, unknown } of resources) {
    tally[failed > 0 ? 'failed' : unknown > 0 ? 'skipped' : 'passed']++;
    if (++seen % objectsAtOnce === 0) yield pause;
  }
  return tally;
}

function countControls(scores: readonly ControlScore[]): Tally {
  const tally = { failed: 0, skipped: 0, passed: 0 };
  for (const { state } of scores)
    tally[state === 'fail' ? 'failed' : state === 'unknown' ? 'skipped' : 'passed']++;
  return tally;
}

function resourceCounts(prefix: string, rows: readonly (readonly [Labels, Tally])[]): MetricFamily[] {
  return tallyFamilies(`${prefix}_count_resources`, 'Objects', rows);
}

function controlCounts(
  prefix: string,
  rows: readonly (readonly [Labels, readonly ControlScore[]])[],
): MetricFamily[] {
  return tallyFamilies(
    `${prefix}_count_control`,
    'Controls',
    rows.map(([labels, scores]) => [labels, countControls(scores)]),
  );
}

function tallyFamilies(
  name: string,
  what: string,
  rows: readonly (readonly [Labels, Tally])[],
): MetricFamily[] {
  const outcomes = {
    failed: 'that failed',
    skipped: 'that could not be judged',
    passed: 'that passed',
  } as const;
  return (['failed', 'skipped', 'passed'] as const).map((outcome) =>
    gauge(
      `${name}_${outcome}`,
      `${what} ${outcomes[outcome]}.`,
      rows.map(([labels, tally]) => [labels, tally[outcome]]),
    ),
  );
}

/** Kubescape takes three points off for every kind that it could not read. */
function coverageOf(scores: readonly ControlScore[], unreadableKinds: number): number {
  if (scores.length === 0) return 0;
  const judged = scores.filter(
    ({ passed, failed, state }) => passed + failed > 0 || state === 'not-applicable',
  );
  const points = (100 * judged.length) / scores.length - 3 * unreadableKinds;
  return wholeScore(Math.min(100, Math.max(0, points)));
}

function gauge(name: string, help: string, rows: readonly (readonly [Labels, number])[]): MetricFamily {
  return { name, help, type: 'gauge', samples: rows.map(([labels, value]) => ({ name, labels, value })) };
}
