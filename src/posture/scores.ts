import { type Severity, severityOf } from '../model/verdict.ts';
import type { ControlCounts } from './engine-types.ts';

/** A framework, as far as scores need it. */
export interface FrameworkControls {
  readonly name: string;
  /** Ids of its controls. */
  readonly controls: readonly string[];
}

/** A control, as far as scores need it. */
export interface ScoredControl {
  readonly id: string;
  readonly name: string;
  readonly baseScore: number;
}

export type ControlState = 'pass' | 'fail' | 'unknown' | 'not-applicable';

export interface ControlScore {
  readonly controlId: string;
  readonly control: string;
  readonly severity: Severity;
  /** Over all of the control's objects: a fail before an unknown before a pass; `not-applicable` when there is nothing to judge. */
  readonly state: ControlState;
  /** Objects, excepted ones included. */
  readonly passed: number;
  readonly failed: number;
  /** Objects that could not be judged. */
  readonly unknown: number;
  /** Things that could not be read at all: kinds and facts. */
  readonly missing: number;
  /** Kubescape's compliance score, 0 to 100, not rounded. */
  readonly compliance: number;
  /** Passed of all that should have been judged, 0 to 100; absent when there is nothing to judge. */
  readonly honest?: number;
}

export interface FrameworkScore {
  readonly name: string;
  readonly compliance: number;
  /** Mean over the controls that have something to judge; absent when none has. */
  readonly honest?: number;
  readonly controls: Readonly<Record<ControlState, number>>;
}

/**
 * The scores of each control, in the order given; controls without counts have nothing to judge.
 *
 * Kubescape's: 100 for a control that passed or has nothing to judge; else the share of objects that passed, 0 where
 * there are none. Ours: what is unknown did not pass, a kind that could not be read counts as one more that did not, and
 * what has nothing to judge has no score.
 *
 * Source: https://github.com/kubescape/opa-utils/blob/master/score/score.go
 */
export function controlScores(
  controls: readonly ScoredControl[],
  counts: Iterable<ControlCounts>,
): ControlScore[] {
  const sums = new Map<string, Sum>();
  for (const { controlId, states, missing } of counts) {
    const sum = sums.get(controlId) ?? { passed: 0, failed: 0, unknown: 0, missing: 0 };
    sum.passed += states.pass + states.excepted;
    sum.failed += states.fail;
    sum.unknown += states.unknown - missing;
    sum.missing += missing;
    sums.set(controlId, sum);
  }
  return controls.map((control) => scoreOf(control, sums.get(control.id)));
}

/** A framework's scores: plain means over its controls, whatever their severity. Controls that do not exist here are left out. */
export function frameworkScore(
  framework: FrameworkControls,
  scores: readonly ControlScore[],
): FrameworkScore {
  const ids = new Set(framework.controls);
  const members = scores.filter(({ controlId }) => ids.has(controlId));
  const controls = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  for (const { state } of members) controls[state]++;
  const honest = members.flatMap((score) => score.honest ?? []);
  return {
    name: framework.name,
    compliance: mean(members.map(({ compliance }) => compliance)) ?? 0,
    ...optional('honest', mean(honest)),
    controls,
  };
}

/** Kubescape shows scores as whole numbers, rounded down: 99.5 is 99. */
export function wholeScore(score: number): number {
  // A mean of thirds may fall a hair below the whole number that it is.
  return Math.floor(score + 1e-9);
}

interface Sum {
  passed: number;
  failed: number;
  unknown: number;
  missing: number;
}

function scoreOf({ id, name, baseScore }: ScoredControl, sum: Sum | undefined): ControlScore {
  const { passed, failed, unknown, missing } = sum ?? nothing;
  const judged = passed + failed + unknown;
  const state = stateOf(passed, failed, unknown + missing);
  const isPassed = state === 'pass' || state === 'not-applicable';
  const compliance = isPassed ? 100 : judged === 0 ? 0 : (100 * passed) / judged;
  const honest = judged + missing === 0 ? undefined : (100 * passed) / (judged + missing);
  const numbers = { passed, failed, unknown, missing, compliance, ...optional('honest', honest) };
  return { controlId: id, control: name, severity: severityOf(baseScore), state, ...numbers };
}

const nothing: Sum = { passed: 0, failed: 0, unknown: 0, missing: 0 };

function stateOf(passed: number, failed: number, unknown: number): ControlState {
  if (failed > 0) return 'fail';
  if (unknown > 0) return 'unknown';
  return passed > 0 ? 'pass' : 'not-applicable';
}

function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function optional<Key extends string>(key: Key, value: number | undefined): { readonly [K in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: number });
}
