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
  /** The name of the exception, when it is excepted. */
  readonly exception?: string;
  readonly evidence: readonly Evidence[];
  readonly related: readonly ObjectRef[];
}

export interface JudgeContext {
  readonly view: RecordingView;
  readonly inputs: ControlInputs;
}

/**
 * What the checks of one control say of one object together: a breach outweighs what could not be judged, which outweighs
 * a pass. A check that throws, that asked what cannot be read, or that found nothing wrong in something malformed, could not
 * judge. Undefined when all of them wait for
 * facts that nobody reports.
 */
export function judgeUnit(
  object: KubeObject,
  checks: readonly Check[],
  context: JudgeContext,
): Judgement | undefined {
  const breaches: Breach[] = [];
  let reason: string | undefined;
  let judged = 0;
  const read = context.view.readable(object, true);
  const ready = checks.some(({ needs }) => needs !== undefined)
    ? checks.filter(({ needs }) => needs?.every((kind) => context.view.hasAny(kind)) ?? true)
    : checks;
  for (const check of ready) {
    const said = ask(read, check, context);
    if (said === undefined) continue;
    judged++;
    if (typeof said === 'string') reason ??= said;
    else breaches.push(...said);
  }
  if (breaches.length > 0) {
    return { state: 'fail', evidence: evidenceOf(object, breaches), related: relatedOf(object, breaches) };
  }
  if (reason !== undefined) return { state: 'unknown', reason, evidence: [], related: [] };
  if (judged > 0) return passed;
  return ready.length === 0 ? undefined : notApplicable;
}

const passed: Judgement = { state: 'pass', evidence: [], related: [] };
const notApplicable: Judgement = { state: 'not-applicable', evidence: [], related: [] };

/** What one check finds, or why it could not tell; undefined when it is not about such an object. */
function ask(
  object: KubeObject,
  check: Check,
  context: JudgeContext,
): readonly Breach[] | string | undefined {
  try {
    const applies = check.applies?.(object, context) ?? true;
    const gap = applies ? check.unreadable?.(object, context) : undefined;
    const found = applies && gap === undefined ? check.judge(object, context) : undefined;
    const fault = context.view.takeFault();
    const said = context.view.takeProblem() ?? gap ?? told(found);
    return fault !== undefined && said?.length === 0 ? fault : said;
  } catch (error) {
    context.view.takeProblem();
    return context.view.takeFault() ?? `the check ${check.rule} failed on it: ${messageOf(error)}`;
  }
}

/** The breaches among what a check says; when there are none, why it could not tell, if it could not. */
function told(said: readonly Breach[] | undefined): readonly Breach[] | string | undefined {
  const breaches = said?.filter(({ unknown, undecided }) => unknown !== true && undecided !== true);
  return breaches?.length === 0 ? (said?.[0]?.message ?? breaches) : breaches;
}

/** Whether a judgement says the same as the verdict that is held; those that are not held have nothing to compare. */
export function sameJudgement(judged: Judgement, held: Verdict | undefined): boolean {
  if (held === undefined) return judged.evidence.length === 0 && judged.reason === undefined;
  return (
    judged.reason === held.reason &&
    judged.exception === held.exception &&
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
    a.command === b.command &&
    JSON.stringify(a.fix) === JSON.stringify(b.fix)
  );
}
