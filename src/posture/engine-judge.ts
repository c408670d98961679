import { messageOf } from '../kit/app-error.ts';
import { type KubeObject, keyOf, type ObjectRef } from '../model/object.ts';
import type { Evidence, Verdict, VerdictState } from '../model/verdict.ts';
import type { Breach, Check, ControlInputs } from './control.ts';
import { evidenceOf, relatedOf } from './engine-evidence.ts';
import type { RecordingView } from './engine-recorder.ts';

/** A verdict without what it is about. */
export interface Judgement {
  readonly state: VerdictState;
  readonly reason?: string;
  readonly evidence: readonly Evidence[];
  readonly related: readonly ObjectRef[];
}

/**
 * What the checks of one control say of one object together: a breach outweighs what could not be judged, which outweighs
 * a pass. A check that throws, or that asked what cannot be read, could not judge. Undefined when all of them wait for
 * facts that nobody reports.
 */
export function judgeUnit(
  object: KubeObject,
  checks: readonly Check[],
  context: { readonly view: RecordingView; readonly inputs: ControlInputs },
): Judgement | undefined {
  const breaches: Breach[] = [];
  let reason: string | undefined;
  let judged = 0;
  let waiting = 0;
  for (const check of checks) {
    if (check.needs?.some((kind) => !context.view.hasAny(kind))) {
      waiting++;
      continue;
    }
    try {
      const applies = check.applies?.(object, context) ?? true;
      const found = applies ? check.judge(object, context) : [];
      const problem = context.view.takeProblem();
      if (problem === undefined) breaches.push(...found);
      else reason ??= problem;
      if (applies || problem !== undefined) judged++;
    } catch (error) {
      context.view.takeProblem();
      reason ??= `the check ${check.rule} failed on it: ${messageOf(error)}`;
      judged++;
    }
  }
  if (breaches.length > 0) {
    return { state: 'fail', evidence: evidenceOf(object, breaches), related: relatedOf(object, breaches) };
  }
  if (reason !== undefined) return { state: 'unknown', reason, evidence: [], related: [] };
  if (judged > 0) return { state: 'pass', evidence: [], related: [] };
  return waiting === checks.length ? undefined : { state: 'not-applicable', evidence: [], related: [] };
}

/** Whether a judgement says the same as the verdict that is held; those that are not held have nothing to compare. */
export function sameJudgement(judged: Judgement, held: Verdict | undefined): boolean {
  if (held === undefined) return judged.evidence.length === 0 && judged.reason === undefined;
  return (
    judged.reason === held.reason &&
    judged.evidence.length === held.evidence.length &&
    judged.evidence.every((one, i) => sameEvidence(one, held.evidence[i])) &&
    judged.related.length === held.related.length &&
    judged.related.every((ref, i) => keyOf(ref) === keyOf(held.related[i] ?? ref))
  );
}

function sameEvidence(a: Evidence, b: Evidence | undefined): boolean {
  return (
    b !== undefined &&
    a.stablePath === b.stablePath &&
    a.path === b.path &&
    a.message === b.message &&
    a.value === b.value &&
    JSON.stringify(a.fix) === JSON.stringify(b.fix)
  );
}
