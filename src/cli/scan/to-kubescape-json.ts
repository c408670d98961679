import type { ObjectRef } from '../../model/object.ts';
import type { Severity } from '../../model/verdict.ts';
import type { ControlScore, ControlState } from '../../posture/scores.ts';
import { byObject, type ObjectResult, stateOf } from './by-object.ts';
import type { ScanFinding, ScanResult } from './scan-result.ts';

const statuses = {
  pass: { status: 'passed' },
  fail: { status: 'failed' },
  unknown: { status: 'skipped', subStatus: 'notEvaluated' },
  'not-applicable': { status: 'passed', subStatus: 'irrelevant' },
} as const satisfies Record<ControlState, { status: string; subStatus?: string }>;

/**
 * The result in the shape of Kubescape's v2 report, for what reads that. `score` is the share of failed objects. Objects
 * are named only: their contents may be secret.
 *
 * Source: https://github.com/kubescape/opa-utils/blob/master/reporthandling/v2/datastructures.go
 */
export function toKubescapeJson(result: ScanResult): string {
  const objects = [...byObject(result).values()];
  const summaries = new Map(
    result.controlScores.map((score) => [score.controlId, summaryOf(score, objects, result)]),
  );
  const compliance = [...summaries.values()].map((one) => one.complianceScore);
  const severityOf = new Map(result.controlScores.map(({ controlId, severity }) => [controlId, severity]));
  const document = {
    attributes: [],
    customerGUID: '',
    clusterName: result.source.kind === 'cluster' ? result.source.name : '',
    clusterCloudProvider: '',
    clusterAPIServerInfo: null,
    reportGUID: '',
    jobID: '',
    paginationInfo: { chunkNumber: 0, isLastChunk: true },
    generationTime: new Date(result.atMs).toISOString(),
    metadata: {
      scanMetadata: {
        format: 'json',
        scanningTarget: result.source.kind === 'cluster' ? 0 : 1,
        targetType: 'framework',
        targetNames: result.frameworks.map(({ name }) => name),
      },
      clusterMetadata: {},
    },
    summaryDetails: {
      controls: Object.fromEntries(summaries),
      status: overall(result.controlScores),
      frameworks: result.frameworks.map(({ name, compliance: complianceScore, controlIds }) => {
        const ids = new Set(controlIds);
        const members = result.controlScores.filter(({ controlId }) => ids.has(controlId));
        return {
          name,
          version: '',
          status: overall(members),
          score: mean(members.map(risk)),
          complianceScore,
          ResourceCounters: countersOf(objects.map((one) => within(one, ids))),
          controls: Object.fromEntries([...summaries].filter(([id]) => ids.has(id))),
        };
      }),
      resourcesSeverityCounters: severityCounters(
        objects.flatMap(({ failed }) => [...failed.keys()].map((id) => severityOf.get(id) ?? 'unknown')),
      ),
      controlsSeverityCounters: severityCounters(
        result.controlScores.filter(({ state }) => state === 'fail').map(({ severity }) => severity),
      ),
      ResourceCounters: countersOf(objects),
      score: mean(result.controlScores.map(risk)),
      complianceScore: mean(compliance),
    },
    results: objects.map((one) => resultOf(one, result)),
    resources: objects.map(({ object }) => ({
      resourceID: idOf(object, result),
      object: {
        apiVersion: result.apiVersionOf(object),
        kind: object.kind,
        metadata: { name: object.name, ...(object.namespace === '' ? {} : { namespace: object.namespace }) },
      },
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function summaryOf(score: ControlScore, objects: readonly ObjectResult[], result: ScanResult) {
  const { controlId, control, state, passed, failed, unknown, compliance } = score;
  const known = result.controls.find(({ id }) => id === controlId);
  const resourceIDs = Object.fromEntries(
    objects.flatMap((one) => {
      const found = stateUnder(one, controlId);
      return found === undefined ? [] : [[idOf(one.object, result), statuses[found].status]];
    }),
  );
  return {
    statusInfo: statuses[state],
    controlID: controlId,
    name: control,
    status: statuses[state].status,
    resourceIDs,
    ResourceCounters: counters(passed, failed, unknown),
    subStatusCounters: { ignoredResources: 0 },
    score: risk(score),
    complianceScore: compliance,
    scoreFactor: known?.baseScore ?? 0,
    ...(known === undefined ? {} : { category: { name: known.category } }),
  };
}

function stateUnder({ failed, unknown, passed }: ObjectResult, id: string): ControlState | undefined {
  if (failed.has(id)) return 'fail';
  if (unknown.has(id)) return 'unknown';
  return passed.includes(id) ? 'pass' : undefined;
}

function resultOf({ object, failed, unknown, passed }: ObjectResult, result: ScanResult) {
  const name = (id: string) => result.controls.find((control) => control.id === id)?.name ?? id;
  const ids = [...failed.keys(), ...unknown.keys(), ...passed].sort();
  return {
    resourceID: idOf(object, result),
    controls: ids.map((id) => {
      const findings = failed.get(id);
      const state = findings !== undefined ? 'fail' : unknown.has(id) ? 'unknown' : 'pass';
      const paths = (findings ?? []).map(pathOf);
      return {
        controlID: id,
        name: name(id),
        status: statuses[state],
        rules: [
          {
            name: ruleOf(id, result),
            status: statuses[state].status,
            ...(paths.length === 0 ? {} : { paths }),
          },
        ],
      };
    }),
  };
}

/** The rule behind a control; where there are several nobody says which found what, and the control's id stands for all. */
function ruleOf(id: string, { controls }: ScanResult): string {
  const [only, ...others] = controls.find((control) => control.id === id)?.checks ?? [];
  return only === undefined || others.length > 0 ? id : only.rule;
}

function pathOf({ evidence: { path, fix } }: ScanFinding) {
  if (fix === undefined) return { failedPath: path, fixPath: { path: '', value: '' } };
  if ('deletePath' in fix)
    return { failedPath: path, deletePath: fix.deletePath, fixPath: { path: '', value: '' } };
  return { failedPath: path, fixPath: fix };
}

function within({ object, failed, unknown, passed }: ObjectResult, ids: ReadonlySet<string>): ObjectResult {
  const kept = <Value>(all: ReadonlyMap<string, Value>) => new Map([...all].filter(([id]) => ids.has(id)));
  return { object, failed: kept(failed), unknown: kept(unknown), passed: passed.filter((id) => ids.has(id)) };
}

function countersOf(objects: readonly ObjectResult[]) {
  const said = objects.filter(
    ({ failed, unknown, passed }) => failed.size + unknown.size + passed.length > 0,
  );
  const count = (state: string) => said.filter((one) => stateOf(one) === state).length;
  return counters(count('pass'), count('fail'), count('unknown'));
}

function counters(passedResources: number, failedResources: number, skippedResources: number) {
  return { passedResources, failedResources, skippedResources, excludedResources: 0 };
}

function severityCounters(all: readonly Severity[]) {
  const count = (severity: Severity) => all.filter((one) => one === severity).length;
  return {
    criticalSeverity: count('critical'),
    highSeverity: count('high'),
    mediumSeverity: count('medium'),
    lowSeverity: count('low'),
  };
}

function overall(scores: readonly ControlScore[]): string {
  const states = new Set(scores.map(({ state }) => state));
  if (states.has('fail')) return 'failed';
  return states.has('unknown') ? 'skipped' : 'passed';
}

function risk({ passed, failed, unknown }: ControlScore): number {
  const all = passed + failed + unknown;
  return all === 0 ? 0 : (100 * failed) / all;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** As Kubescape writes it: group, version, namespace, kind, name. */
function idOf(object: ObjectRef, result: ScanResult): string {
  const apiVersion = result.apiVersionOf(object);
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  return `${version}/${object.namespace}/${object.kind}/${object.name}`;
}
