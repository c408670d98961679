import type { KubeObject } from '../../model/object.ts';
import type { Conversion } from '../convert/conversion.ts';
import { wantedNamespaces } from '../convert/object-spec.ts';
import { podMonitorSpec } from '../convert/pod-monitor.ts';
import { probeSpec } from '../convert/probe.ts';
import { serviceMonitorSpec } from '../convert/service-monitor.ts';
import type { MonitorKind, OperatorSettings } from '../operator-settings.ts';
import type { Choice } from '../selection.ts';
import { explainPodPorts, explainServices } from './explain-endpoints.ts';
import { explainPool } from './explain-pool.ts';
import { selectedObjects } from './explain-selected.ts';
import { counted, type ExplainStep, type ObjectView, type PoolView, step } from './explain-step.ts';

/** An object, and what has become of it so far. */
export interface ExplainInput {
  readonly kind: MonitorKind;
  readonly object: KubeObject;
  readonly settings: OperatorSettings;
  readonly byLabels: Choice;
  readonly byNamespace: Choice;
  /** Absent for rules. */
  readonly conversion: Conversion | undefined;
  /** What is wrong beside the conversion: a rule that does not parse, a section that Prometheus would refuse. */
  readonly problems: readonly string[];
}

/** What the process does with it. */
export interface ExplainView {
  readonly objects: ObjectView;
  pool(job: string): PoolView | undefined;
  /** Groups of a PrometheusRule that are loaded. */
  groups(): readonly {
    readonly name: string;
    readonly rules: number;
    readonly failing: readonly string[];
    readonly isEvaluated: boolean;
  }[];
}

/** Why an object is picked up, or why it is not: each step from its selection to its samples, until one stops it. */
export function explainMonitor(input: ExplainInput, view: ExplainView): readonly ExplainStep[] {
  const { kind, byLabels, byNamespace, conversion, problems } = input;
  const choices = [
    step('selector', `Is it selected by its labels?`, byLabels.isTaken ? 'ok' : 'failed', byLabels.reason),
    step(
      'namespace',
      'Is its namespace looked at?',
      byNamespace.isTaken ? 'ok' : 'failed',
      byNamespace.reason,
    ),
  ];
  const all = [...(conversion?.problems ?? []), ...problems];
  const notes = conversion?.notes ?? [];
  const valid = step(
    'valid',
    'Is it valid?',
    all.length > 0 ? 'failed' : notes.length > 0 ? 'warning' : 'ok',
    all.length > 0
      ? `${counted(all.length, 'mistake')}, so all of it is left out`
      : notes.length > 0
        ? 'yes, but parts of it have no effect'
        : `yes, as a ${kind}`,
    [...all, ...notes],
  );
  const steps = [...choices, valid, ...valuesSteps(conversion)];
  if (steps.some(({ state }) => state === 'failed')) return steps;
  if (kind === 'PrometheusRule') return [...steps, ...ruleSteps(view)];
  return [
    ...steps,
    ...foundSteps(input, view.objects),
    ...(conversion?.sections ?? []).flatMap(({ job_name: job }) => explainPool(job, view.pool(job))),
  ];
}

/** One sentence: what of the steps stops the object, or that nothing does. */
export function verdictOf(steps: readonly ExplainStep[]): {
  readonly state: 'picked' | 'partly' | 'waiting' | 'stopped';
  readonly answer: string;
} {
  const failed = steps.find(({ state }) => state === 'failed');
  const hasTargets = steps.some(({ id, state }) => id === 'scraped' && state !== 'failed');
  if (failed !== undefined) {
    // One section of several may work while another does not.
    const state = hasTargets ? 'partly' : 'stopped';
    return { state, answer: `${failed.title} ${capital(failed.detail)}.` };
  }
  const waiting = steps.find(({ state }) => state === 'waiting');
  if (waiting !== undefined)
    return { state: 'waiting', answer: `${waiting.title} ${capital(waiting.detail)}.` };
  const odd = steps.find(({ state }) => state === 'warning' || state === 'unknown');
  if (odd !== undefined) return { state: 'partly', answer: `${odd.title} ${capital(odd.detail)}.` };
  return { state: 'picked', answer: 'It is picked up, and everything that it asks for works.' };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function valuesSteps(conversion: Conversion | undefined): readonly ExplainStep[] {
  const values = conversion?.values ?? [];
  if (values.length === 0) return [];
  const missing = values.filter(({ file }) => file === undefined);
  return [
    step(
      'values',
      'Are the Secrets that it names at hand?',
      missing.length > 0 ? 'failed' : 'ok',
      missing.length > 0
        ? 'no: Skopos does not read values of Secrets from the cluster; they have to stand in files below metrics.operator.secretsFolder'
        : `yes, in files below metrics.operator.secretsFolder`,
      values.map(
        ({ kind, namespace, name, key, field, file }) =>
          `${field}: key ${key} of ${kind} ${namespace}/${name} ${file === undefined ? 'is missing' : 'is there'}`,
      ),
    ),
  ];
}

/** The objects that its targets come from. */
function foundSteps({ kind, object, settings }: ExplainInput, objects: ObjectView): readonly ExplainStep[] {
  const own = object.metadata.namespace ?? '';
  if (kind === 'ServiceMonitor') {
    const spec = serviceMonitorSpec.parse(object['spec']);
    const namespaces = wantedNamespaces(spec.namespaceSelector, own, settings);
    const selected = selectedObjects(objects, { kind: 'Service', selector: spec.selector, namespaces });
    if (selected.found.length === 0) return [selected.step];
    const role = (spec.serviceDiscoveryRole ?? settings.serviceDiscoveryRole).toLowerCase();
    const ports = spec.endpoints.map(({ port, targetPort }) => ({
      name: port ?? '',
      target: targetPort ?? '',
    }));
    return [selected.step, ...explainServices(objects, selected.found, role, ports)];
  }
  if (kind === 'PodMonitor') {
    const spec = podMonitorSpec.parse(object['spec']);
    const namespaces = wantedNamespaces(spec.namespaceSelector, own, settings);
    const selected = selectedObjects(objects, { kind: 'Pod', selector: spec.selector, namespaces });
    if (selected.found.length === 0) return [selected.step];
    const ports = (spec.podMetricsEndpoints ?? []).map(({ port, portNumber, targetPort }) => ({
      name: port ?? '',
      target: portNumber ?? targetPort ?? '',
    }));
    return [selected.step, ...explainPodPorts(selected.found, ports)];
  }
  const ingress = kind === 'Probe' ? probeSpec.parse(object['spec']).targets : undefined;
  if (!ingress?.ingress || ingress.staticConfig) return [];
  const selector = ingress.ingress.selector ?? {};
  const namespaces = wantedNamespaces(ingress.ingress.namespaceSelector, own, settings);
  return [selectedObjects(objects, { kind: 'Ingress', selector, namespaces }).step];
}

function ruleSteps(view: ExplainView): readonly ExplainStep[] {
  const groups = view.groups();
  const loaded = step(
    'loaded',
    'Are its groups loaded?',
    groups.length > 0 ? 'ok' : 'waiting',
    groups.length > 0 ? counted(groups.length, 'group') : 'not yet',
    groups.map(({ name, rules }) => `${name}: ${counted(rules, 'rule')}`),
  );
  if (groups.length === 0) return [loaded];
  const failing = groups.flatMap(({ failing: each }) => each);
  const waiting = groups.filter(({ isEvaluated }) => !isEvaluated);
  return [
    loaded,
    step(
      'evaluated',
      'Are they evaluated?',
      failing.length > 0 ? 'failed' : waiting.length > 0 ? 'waiting' : 'ok',
      failing.length > 0
        ? `${counted(failing.length, 'rule')} failed`
        : waiting.length > 0
          ? `${counted(waiting.length, 'group')} waits for its first turn`
          : 'yes, without an error',
      failing,
    ),
  ];
}
