import type { Severity } from '../../model/verdict.ts';
import { wholeScore } from '../../posture/scores.ts';
import { byObject, type ObjectResult, stateOf } from './by-object.ts';
import type { ScanResult } from './scan-result.ts';

type Labels = Readonly<Record<string, string>>;
type Counts = Readonly<Record<'failed' | 'skipped' | 'passed', number>>;

/**
 * The result in Prometheus's text format, with the names and labels of Kubescape's own metrics, so that dashboards stay.
 * What could not be judged is skipped, not passed.
 *
 * Source: https://github.com/kubescape/kubescape/blob/master/core/pkg/resultshandling/printer/v2/prometheusutils.go
 */
export function toPrometheus(result: ScanResult): string {
  const out = new Exposition();
  const objects = [...byObject(result).values()];
  const mean =
    result.controlScores.reduce((sum, { compliance }) => sum + compliance, 0) /
    Math.max(1, result.controlScores.length);
  out.add('kubescape_cluster_complianceScore', 'Mean compliance of all controls, 0 to 100', {}, mean);
  out.counts('kubescape_cluster_count_resources', 'Objects', {}, countObjects(objects));
  const states = result.controlScores.map(({ state }) => state);
  out.counts(
    'kubescape_cluster_count_control',
    'Controls',
    {},
    {
      failed: states.filter((state) => state === 'fail').length,
      skipped: states.filter((state) => state === 'unknown').length,
      passed: states.filter((state) => state === 'pass' || state === 'not-applicable').length,
    },
  );
  for (const { name, compliance, controls, controlIds } of result.frameworks) {
    const ids = new Set(controlIds);
    out.add(
      'kubescape_framework_complianceScore',
      'Compliance of the framework, 0 to 100',
      { name },
      compliance,
    );
    out.counts('kubescape_framework_count_resources', 'Objects', { name }, countObjects(objects, ids));
    out.counts(
      'kubescape_framework_count_control',
      'Controls',
      { name },
      {
        failed: controls.fail,
        skipped: controls.unknown,
        passed: controls.pass + controls['not-applicable'],
      },
    );
  }
  for (const {
    controlId,
    control: name,
    severity,
    compliance,
    failed,
    unknown,
    passed,
  } of result.controlScores) {
    const labels = { name, severity: capital(severity), link: linkOf(controlId) };
    out.add('kubescape_control_complianceScore', 'Compliance of the control, 0 to 100', labels, compliance);
    out.counts('kubescape_control_count_resources', 'Objects', labels, { failed, skipped: unknown, passed });
  }
  for (const { object, failed, unknown } of objects) {
    const { kind, namespace, name } = object;
    const labels = { apiVersion: result.apiVersionOf(object), kind, namespace, name };
    out.add(
      'kubescape_resource_count_controls_failed',
      'Controls that the object fails',
      labels,
      failed.size,
    );
    out.add(
      'kubescape_resource_count_controls_skipped',
      'Controls that could not judge it',
      labels,
      unknown.size,
    );
  }
  out.add('kubescape_score', 'Mean compliance of all controls, 0 to 100', {}, mean);
  return out.text();
}

function countObjects(objects: readonly ObjectResult[], ids?: ReadonlySet<string>): Counts {
  const counts = { failed: 0, skipped: 0, passed: 0 };
  for (const one of objects) {
    const state = ids === undefined ? stateOf(one) : stateWithin(one, ids);
    if (state === 'fail') counts.failed++;
    else if (state === 'unknown') counts.skipped++;
    else if (state === 'pass') counts.passed++;
  }
  return counts;
}

function stateWithin({ failed, unknown, passed }: ObjectResult, ids: ReadonlySet<string>) {
  const has = (some: Iterable<string>) => [...some].some((id) => ids.has(id));
  if (has(failed.keys())) return 'fail';
  if (has(unknown.keys())) return 'unknown';
  return has(passed) ? 'pass' : undefined;
}

/** Series of one name stand together, whatever the order they come in. */
class Exposition {
  readonly #families = new Map<string, string[]>();

  add(name: string, help: string, labels: Labels, value: number): void {
    let lines = this.#families.get(name);
    if (lines === undefined) {
      lines = [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
      this.#families.set(name, lines);
    }
    const inner = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
    lines.push(`${name}${inner.length === 0 ? '' : `{${inner.join(',')}}`} ${wholeScore(value)}`);
  }

  counts(name: string, noun: string, labels: Labels, { failed, skipped, passed }: Counts): void {
    this.add(`${name}_failed`, `${noun} that fail`, labels, failed);
    this.add(`${name}_skipped`, `${noun} that could not be judged`, labels, skipped);
    this.add(`${name}_passed`, `${noun} that pass`, labels, passed);
  }

  text(): string {
    return `${[...this.#families.values()].flat().join('\n')}\n`;
  }
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

export function capital(severity: Severity): string {
  return `${severity.charAt(0).toUpperCase()}${severity.slice(1)}`;
}

function linkOf(controlId: string): string {
  return `https://kubescape.io/docs/controls/${controlId.toLowerCase()}`;
}
