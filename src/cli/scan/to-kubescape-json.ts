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

/** What the report is made of: the head of a scan, and what was said of each object. */
export interface KubescapeReportInput
  extends Pick<ScanResult, 'source' | 'controls' | 'controlScores' | 'frameworks' | 'atMs'> {
  readonly objects: readonly ObjectResult[];
  /** The version that the object was read at, `apps/v1`. */
  apiVersionOf(object: ObjectRef): string;
}

/** As {@link kubescapeJsonPieces}, of a scan, in one piece. */
export function toKubescapeJson(result: ScanResult): string {
  const objects = [...byObject(result).values()];
  return [...kubescapeJsonPieces({ ...result, objects })].join('');
}

/**
 * The result in the shape of Kubescape's v2 report, for what reads that, a piece at a time, as it may be longer than is good for memory.
 * `score` is the share of failed objects. Objects are named only: their contents may be secret.
 *
 * Source: https://github.com/kubescape/opa-utils/blob/master/reporthandling/v2/datastructures.go
 */
export function* kubescapeJsonPieces(input: KubescapeReportInput): Generator<string, void, undefined> {
  const { objects, controlScores, frameworks } = input;
  const report: Report = { ...input, ids: objects.map(({ object }) => idOf(object, input)) };
  const summaries = (scores: readonly ControlScore[]): Iterable<Field> =>
    mapped(scores, (score) => [score.controlId, summaryOf(score, report)]);
  yield `${headOf(input)},\n  "summaryDetails": {\n    "controls": `;
  yield* objectPieces(summaries(controlScores), 2);
  yield `,\n    "status": ${JSON.stringify(overall(controlScores))},\n    "frameworks": [`;
  for (const [i, { name, compliance: complianceScore, controlIds }] of frameworks.entries()) {
    const ids = new Set(controlIds);
    const members = controlScores.filter(({ controlId }) => ids.has(controlId));
    const fields = {
      ...{ name, version: '', status: overall(members), score: mean(members.map(risk)), complianceScore },
      ResourceCounters: countersOf(objects.map((one) => within(one, ids))),
    };
    yield `${i === 0 ? '' : ','}\n      ${textOf(fields, 3).replace(/\n {6}\}$/, '')},\n        "controls": `;
    yield* objectPieces(summaries(members), 4);
    yield '\n      }';
  }
  yield frameworks.length === 0 ? '],' : '\n    ],';
  yield `${totalsOf(report)}\n  },\n  "results": `;
  yield* listPieces(mapped(objects, (one, i) => resultOf(one, report, i)));
  yield ',\n  "resources": ';
  yield* listPieces(mapped(objects, ({ object }, i) => resourceOf(object, report, i)));
  yield '\n}\n';
}

interface Report extends KubescapeReportInput {
  /** Of the objects, in their order. */
  readonly ids: readonly string[];
}

type Field = readonly [name: string, value: object];

function* mapped<Item, Made>(
  items: readonly Item[],
  make: (item: Item, index: number) => Made,
): Generator<Made, void, undefined> {
  for (const [i, item] of items.entries()) yield make(item, i);
}

/** A value as `JSON.stringify` writes it at that depth, two spaces a level. */
function textOf(value: unknown, depth: number): string {
  return JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`);
}

function* objectPieces(fields: Iterable<Field>, depth: number): Generator<string, void, undefined> {
  let count = 0;
  for (const [name, value] of fields)
    yield `${count++ === 0 ? '{' : ','}\n${'  '.repeat(depth + 1)}${JSON.stringify(name)}: ${textOf(value, depth + 1)}`;
  yield count === 0 ? '{}' : `\n${'  '.repeat(depth)}}`;
}

function* listPieces(items: Iterable<object>): Generator<string, void, undefined> {
  let count = 0;
  for (const item of items) yield `${count++ === 0 ? '[' : ','}\n    ${textOf(item, 2)}`;
  yield count === 0 ? '[]' : '\n  ]';
}

/** All before the summary, without the end of the object. */
function headOf({ source, atMs, frameworks }: KubescapeReportInput): string {
  const head = {
    attributes: [],
    customerGUID: '',
    clusterName: source.kind === 'cluster' ? source.name : '',
    clusterCloudProvider: '',
    clusterAPIServerInfo: null,
    reportGUID: '',
    jobID: '',
    paginationInfo: { chunkNumber: 0, isLastChunk: true },
    generationTime: new Date(atMs).toISOString(),
    metadata: {
      scanMetadata: {
        format: 'json',
        scanningTarget: source.kind === 'cluster' ? 0 : 1,
        targetType: 'framework',
        targetNames: frameworks.map(({ name }) => name),
      },
      clusterMetadata: {},
    },
  };
  return textOf(head, 0).replace(/\n\}$/, '');
}

/** The fields of the summary that follow the frameworks. */
function totalsOf({ objects, controlScores }: Report): string {
  const severityOf = new Map(controlScores.map(({ controlId, severity }) => [controlId, severity]));
  const totals = {
    resourcesSeverityCounters: severityCounters(
      objects.flatMap(({ failed }) => [...failed.keys()].map((id) => severityOf.get(id) ?? 'unknown')),
    ),
    controlsSeverityCounters: severityCounters(
      controlScores.filter(({ state }) => state === 'fail').map(({ severity }) => severity),
    ),
    ResourceCounters: countersOf(objects),
    score: mean(controlScores.map(risk)),
    complianceScore: mean(controlScores.map(({ compliance }) => compliance)),
  };
  return textOf(totals, 1)
    .replace(/^\{/, '')
    .replace(/\n {2}\}$/, '');
}

function summaryOf(score: ControlScore, { objects, ids, controls }: Report) {
  const { controlId, control, state, passed, failed, unknown, compliance } = score;
  const known = controls.find(({ id }) => id === controlId);
  const resourceIDs = Object.fromEntries(
    objects.flatMap((one, i) => {
      const found = stateUnder(one, controlId);
      return found === undefined ? [] : [[ids[i] ?? '', statuses[found].status]];
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

function resourceOf(object: ObjectRef, { ids, apiVersionOf }: Report, index: number) {
  const { kind, name, namespace } = object;
  return {
    resourceID: ids[index] ?? '',
    object: {
      apiVersion: apiVersionOf(object),
      kind,
      metadata: { name, ...(namespace === '' ? {} : { namespace }) },
    },
  };
}

function resultOf({ failed, unknown, passed }: ObjectResult, report: Report, index: number) {
  const name = (id: string) => report.controls.find((control) => control.id === id)?.name ?? id;
  const ids = [...failed.keys(), ...unknown.keys(), ...passed].sort();
  return {
    resourceID: report.ids[index] ?? '',
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
            name: ruleOf(id, report),
            status: statuses[state].status,
            ...(paths.length === 0 ? {} : { paths }),
          },
        ],
      };
    }),
  };
}

/** The rule behind a control; where there are several nobody says which found what, and the control's id stands for all. */
function ruleOf(id: string, { controls }: Report): string {
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
function idOf(object: ObjectRef, input: KubescapeReportInput): string {
  const apiVersion = input.apiVersionOf(object);
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  return `${version}/${object.namespace}/${object.kind}/${object.name}`;
}
