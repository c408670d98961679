import { inForce } from '../../config/exceptions-file.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import { keyOf, type ObjectRef } from '../../model/object.ts';
import { severities, severityOf, type Verdict } from '../../model/verdict.ts';
import type { Control, ControlInputs } from '../../posture/control.ts';
import { customFrameworkName } from '../../posture/custom/custom-controls.ts';
import { PostureEngine } from '../../posture/engine.ts';
import type { ControlCounts } from '../../posture/engine-types.ts';
import { ExceptionSet } from '../../posture/exceptions/exception-set.ts';
import type { PostureException } from '../../posture/exceptions/posture-exception.ts';
import { exceptionOf, securityExceptionKinds } from '../../posture/exceptions/security-exception.ts';
import { frameworks as allFrameworks, type Framework } from '../../posture/frameworks/index.ts';
import { controlScores, frameworkScore } from '../../posture/scores.ts';
import { EvidenceLines } from './evidence-line.ts';
import { shownFile, type Target } from './read-target.ts';
import type { ScanFinding, ScanResult, ScanUnknown } from './scan-result.ts';

/** Objects that are given to the controls at a time, so that a large cluster is never held parsed as a whole. */
const batchSize = 1000;

/** Whether a person means the framework of custom controls. */
export function isCustom(name: string): boolean {
  return name.toLowerCase() === customFrameworkName.toLowerCase();
}

/** How many names a warning lists. */
const shownNames = 5;

function unusedWarning(unused: readonly PostureException[]): readonly string[] {
  if (unused.length === 0) return [];
  const names = unused.slice(0, shownNames).map(({ name }) => `"${name}"`);
  const more = unused.length > shownNames ? ` and ${unused.length - shownNames} more` : '';
  return [`exceptions that match nothing that fails: ${names.join(', ')}${more}`];
}

export interface Settings {
  readonly frameworks: readonly Framework[];
  readonly controls: readonly Control[];
  readonly inputs: ControlInputs;
  readonly cwd: string;
  /** Exceptions from files. */
  readonly files: readonly PostureException[];
  /** Which objects are told of. */
  isWanted(ref: ObjectRef): boolean;
}

/** All that one target says, under these settings. */
export function judgeTarget(target: Target, settings: Settings): ScanResult {
  const { frameworks, controls, inputs, cwd, files, isWanted } = settings;
  const { inventory } = target;
  const objects = securityExceptionKinds
    .flatMap((kind) => inventory.list(kind))
    .flatMap((one) => exceptionOf(one) ?? []);
  const atMs = Date.now();
  const { active, expired } = inForce([...files, ...objects], atMs);
  const exceptions = new ExceptionSet(active, {
    cluster: target.source.name,
    frameworksOf: (id) =>
      [...allFrameworks, ...frameworks.filter(({ name }) => isCustom(name))]
        .filter((one) => one.controls.includes(id))
        .map(({ name }) => name),
  });
  const byId = new Map(controls.map((control) => [control.id, control]));
  const engine = judged(inventory, controls, inputs, exceptions);
  const lines = new EvidenceLines(target.stdin, target.sources);
  const findings: ScanFinding[] = [];
  const unknown: ScanUnknown[] = [];
  for (const verdict of engine.verdicts()) {
    const control = byId.get(verdict.controlId);
    if (control === undefined || !isTold(verdict.object, isWanted)) continue;
    if (verdict.state === 'fail') findings.push(...findingsOf(verdict, control, inventory, lines, cwd));
    else unknown.push(unknownOf(verdict, control));
  }
  const scores = controlScores(controls, countsOf(engine, byId, isWanted));
  return {
    source: target.source,
    atMs,
    objects: [...inventory.keys()].filter((key) => {
      const ref = inventory.ref(key);
      return ref !== undefined && isWanted(ref);
    }).length,
    controls,
    controlScores: scores,
    frameworks: frameworks.map((framework) => ({
      ...frameworkScore(framework, scores),
      title: framework.title,
      controlIds: framework.controls.filter((id) => byId.has(id)),
    })),
    findings: findings.sort(bySeverity),
    unknown,
    unreadable: inventory.unreadable(),
    warnings: [
      ...target.warnings,
      ...expired.map(
        ({ name, source }) => `${source}: the exception "${name}" has expired, so it has no effect`,
      ),
      ...unusedWarning(exceptions.unused),
    ],
    *passedOf(controlId) {
      for (const { object } of engine.verdicts({ states: passedStates, controlIds: [controlId] }))
        if (isWanted(object)) yield object;
    },
    *passes() {
      for (const { controlId, object } of engine.verdicts({ states: passedStates }))
        if (isWanted(object)) yield { controlId, object };
    },
    apiVersionOf: (object) => inventory.object(keyOf(object))?.apiVersion ?? object.group,
  };
}

const passedStates = ['pass', 'excepted'] as const;

/** What could not be read at all is told of whatever the filters are: nobody knows which objects it holds. */
function isTold(object: ObjectRef, isWanted: (ref: ObjectRef) => boolean): boolean {
  return object.name === '*' || isWanted(object);
}

/** As the engine counts, over the objects that are told of. */
function countsOf(
  engine: PostureEngine,
  controls: ReadonlyMap<string, Control>,
  isWanted: (ref: ObjectRef) => boolean,
): Iterable<ControlCounts> {
  const counts = new Map<string, Tally>();
  const states = ['pass', 'fail', 'unknown', 'excepted'] as const;
  for (const { controlId, object, state } of engine.verdicts({ states })) {
    if (!isTold(object, isWanted)) continue;
    let tally = counts.get(controlId);
    if (tally === undefined) {
      tally = { states: { pass: 0, fail: 0, unknown: 0, excepted: 0, 'not-applicable': 0 }, missing: 0 };
      counts.set(controlId, tally);
    }
    tally.states[state]++;
    if (object.name === '*') tally.missing++;
  }
  return [...counts].map(([controlId, { states: sums, missing }]) => {
    const control = controls.get(controlId);
    const severity = severityOf(control?.baseScore ?? 0);
    return { controlId, control: control?.name ?? controlId, severity, namespace: '', states: sums, missing };
  });
}

interface Tally {
  readonly states: Record<Verdict['state'], number>;
  missing: number;
}

function judged(
  inventory: Inventory,
  controls: readonly Control[],
  inputs: ControlInputs,
  exceptions: ExceptionSet,
): PostureEngine {
  const objectOf = (key: string) => inventory.object(key);
  const engine = new PostureEngine({ controls, inputs, exceptions, view: inventory, objectOf });
  engine.setUnreadable(inventory.unreadable());
  const keys = [...inventory.keys()];
  for (let at = 0; at < keys.length; at += batchSize) {
    engine.apply(
      keys.slice(at, at + batchSize).flatMap((key) => {
        const ref = inventory.ref(key);
        const object = inventory.object(key);
        return ref === undefined || object === undefined ? [] : [{ key, ref, object }];
      }),
    );
  }
  return engine;
}

function findingsOf(
  { controlId, object, evidence: all, related }: Verdict,
  control: Control,
  inventory: Inventory,
  lines: EvidenceLines,
  cwd: string,
): ScanFinding[] {
  const key = keyOf(object);
  const origin = inventory.origin(key);
  return all.map((evidence) => ({
    fingerprint: fnv1a64([controlId, key, evidence.stablePath]),
    severity: severityOf(control.baseScore),
    control,
    object,
    evidence,
    related,
    ...(origin?.file === undefined
      ? {}
      : { place: { file: shownFile(origin.file, cwd), line: lines.lineOf(origin, object, evidence) } }),
  }));
}

function unknownOf({ object, reason = '' }: Verdict, control: Control): ScanUnknown {
  return { control, severity: severityOf(control.baseScore), object, reason };
}

function bySeverity(left: ScanFinding, right: ScanFinding): number {
  return (
    severities.indexOf(left.severity) - severities.indexOf(right.severity) ||
    compare(left.control.id, right.control.id) ||
    compare(keyOf(left.object), keyOf(right.object)) ||
    compare(left.evidence.path, right.evidence.path)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
