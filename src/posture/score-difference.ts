import type { ControlScore, FrameworkControls } from './scores.ts';

/** Why a framework's honest score is not its compliance score, in points that add up exactly. */
export interface ScoreDifference {
  /** What is lost because controls without anything to judge no longer count as 100; never above 0. */
  readonly irrelevant: number;
  readonly irrelevantControls: number;
  /** What is lost because things that could not be read count as not passed; never above 0. */
  readonly unreadable: number;
  readonly unreadableControls: number;
}

/**
 * The way from the compliance score to the honest one: `compliance + irrelevant + unreadable = honest`. First the
 * controls with nothing to judge are left out of the mean, then each control's own score is replaced by its honest one.
 *
 * Undefined when nothing could be judged, for then there is no honest score.
 */
export function scoreDifference(
  framework: FrameworkControls,
  scores: readonly ControlScore[],
): ScoreDifference | undefined {
  const ids = new Set(framework.controls);
  const members = scores.filter(({ controlId }) => ids.has(controlId));
  const judged = members.flatMap(({ compliance, honest }) =>
    honest === undefined ? [] : [{ compliance, honest }],
  );
  if (judged.length === 0) return undefined;
  const before = mean(members.map(({ compliance }) => compliance));
  const relevant = mean(judged.map(({ compliance }) => compliance));
  const honest = mean(judged.map((score) => score.honest));
  return {
    irrelevant: relevant - before,
    irrelevantControls: members.length - judged.length,
    unreadable: honest - relevant,
    unreadableControls: judged.filter((score) => score.honest < score.compliance).length,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
