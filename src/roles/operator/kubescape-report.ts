import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObjectResult } from '../../cli/scan/by-object.ts';
import { kubescapeJsonPieces } from '../../cli/scan/to-kubescape-json.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import { keyOf, type ObjectRef } from '../../model/object.ts';
import { severityOf, type Verdict } from '../../model/verdict.ts';
import type { Control } from '../../posture/control.ts';
import type { PostureEngine } from '../../posture/engine.ts';
import { type ControlScore, type FrameworkControls, frameworkScore } from '../../posture/scores.ts';

export interface ReportInput {
  readonly inventory: Pick<Inventory, 'cluster'>;
  readonly engine: Pick<PostureEngine, 'resources' | 'verdicts'>;
  readonly controls: readonly Control[];
  readonly frameworks: readonly FrameworkControls[];
  readonly scores: readonly ControlScore[];
  readonly isWanted: (ref: ObjectRef) => boolean;
  readonly now: () => number;
}

/** After this long others get their turn. */
const sliceMs = 10;
const states = ['fail', 'unknown', 'pass', 'excepted'] as const;

/**
 * What the running engine says of everything in scope, in the shape of Kubescape's report, in pieces and in turns with other work: the
 * report of a large cluster is longer than is good for memory, and takes a while. An object that goes meanwhile is left out.
 */
export async function* kubescapeReport(input: ReportInput, signal: AbortSignal): AsyncGenerator<string> {
  const { inventory, engine, controls, frameworks, scores, isWanted, now } = input;
  const turn = turns(signal);
  const byId = new Map(controls.map((control) => [control.id, control]));
  const versions = new Map<ObjectRef, string>();
  for (const { object, apiVersion } of engine.resources([...byId.keys()]))
    if (isWanted(object)) versions.set(object, apiVersion);
  const objects: ObjectResult[] = [];
  for (const object of versions.keys()) {
    const found = resultOf(object, engine, byId);
    if (found !== undefined) objects.push(found);
    if (turn.isOver()) await turn.next();
  }
  const pieces = kubescapeJsonPieces({
    ...{ objects, controls, controlScores: scores, atMs: now() },
    source: { kind: 'cluster', name: inventory.cluster },
    frameworks: frameworks.map((framework) => ({
      ...frameworkScore(framework, scores),
      title: framework.name,
      controlIds: framework.controls.filter((id) => byId.has(id)),
    })),
    apiVersionOf: (object) => versions.get(object) ?? object.group,
  });
  for (const piece of pieces) {
    yield piece;
    if (turn.isOver()) await turn.next();
  }
}

/** What is said of an object now; undefined when nothing is, as of one that went meanwhile. */
function resultOf(
  object: ObjectRef,
  engine: ReportInput['engine'],
  byId: ReadonlyMap<string, Control>,
): ObjectResult | undefined {
  const found: ObjectResult = { object, failed: new Map(), unknown: new Map(), passed: [] };
  for (const verdict of engine.verdicts({ states, key: keyOf(object) })) {
    const control = byId.get(verdict.controlId);
    if (control !== undefined && verdict.object.name !== '*') note(found, control, verdict);
  }
  return found.failed.size + found.unknown.size + found.passed.length > 0 ? found : undefined;
}

function note({ failed, unknown, passed }: ObjectResult, control: Control, verdict: Verdict): void {
  const { controlId, object, state, evidence: all, related, reason = '' } = verdict;
  const severity = severityOf(control.baseScore);
  if (state === 'unknown') unknown.set(controlId, { control, severity, object, reason });
  else if (state !== 'fail') passed.push(controlId);
  else
    failed.set(
      controlId,
      all.map((evidence) => {
        const fingerprint = fnv1a64([controlId, keyOf(object), evidence.stablePath]);
        return { fingerprint, severity, control, object, evidence, related };
      }),
    );
}

function turns(signal: AbortSignal) {
  let untilMs = performance.now() + sliceMs;
  return {
    isOver: () => performance.now() >= untilMs,
    async next(): Promise<void> {
      signal.throwIfAborted();
      await nextTurn();
      untilMs = performance.now() + sliceMs;
    },
  };
}
