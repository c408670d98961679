import { type Severity, severities } from '../../model/verdict.ts';
import { wholeScore } from '../../posture/scores.ts';
import type { ScanResult } from './scan-result.ts';

export interface Gates {
  /** Findings from this severity on; `low` takes in those of no severity too. With a baseline, new ones only. */
  readonly severity?: Exclude<Severity, 'unknown'>;
  /** Least honest score of each framework, 0 to 100. */
  readonly score?: number;
  /** Least compliance, as Kubescape counts it, of each framework. */
  readonly compliance?: number;
  /** Least share of what was to be judged that could be, over all controls, 0 to 100. */
  readonly coverage?: number;
}

/** Why the scan does not pass, a sentence each; empty when it does. */
export function breachesOf(result: ScanResult, gates: Gates): readonly string[] {
  return [...bySeverity(result, gates), ...byScore(result, gates), ...byCoverage(result, gates)];
}

function bySeverity({ findings, baseline }: ScanResult, { severity }: Gates): string[] {
  if (severity === undefined) return [];
  const limit = severity === 'low' ? severities.length : severities.indexOf(severity);
  const over = findings.filter(
    (finding) => severities.indexOf(finding.severity) <= limit && finding.isNew !== false,
  );
  if (over.length === 0) return [];
  const what = `${over.length} ${baseline === undefined ? '' : 'new '}finding${over.length === 1 ? '' : 's'}`;
  return [`${what}${severity === 'low' ? '' : ` of severity ${severity} or more`}`];
}

function byScore({ frameworks }: ScanResult, { score, compliance: limit }: Gates): string[] {
  return frameworks.flatMap(({ name, honest, compliance }) => [
    ...(score !== undefined && honest === undefined
      ? [`${name} has nothing that could be judged, so it has no score`]
      : []),
    ...(score !== undefined && honest !== undefined && below(honest, score)
      ? [`the score of ${name} is ${wholeScore(honest)}, under ${score}`]
      : []),
    ...(limit !== undefined && below(compliance, limit)
      ? [`the compliance of ${name} is ${wholeScore(compliance)}, under ${limit}`]
      : []),
  ]);
}

function byCoverage(result: ScanResult, { coverage: limit }: Gates): string[] {
  if (limit === undefined) return [];
  const coverage = coverageOf(result);
  return below(coverage, limit) ? [`${wholeScore(coverage)} % could be judged, under ${limit} %`] : [];
}

/** Share of what was to be judged that could be, 0 to 100; 0 when nothing was there. */
export function coverageOf({ controlScores }: Pick<ScanResult, 'controlScores'>): number {
  let judged = 0;
  let all = 0;
  for (const { passed, failed, unknown, missing } of controlScores) {
    judged += passed + failed;
    all += passed + failed + unknown + missing;
  }
  return all === 0 ? 0 : (100 * judged) / all;
}

/** A mean of thirds may fall a hair below the number that it is. */
function below(value: number, limit: number): boolean {
  return value < limit - 1e-9;
}
