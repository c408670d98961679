/** Every lint of rules, in the order of the help. Those that promtool has keep its names. */
export const ruleLints = [
  'duplicate-rules',
  'counter-without-rate',
  'count-below-one',
  'for-below-two-intervals',
  'selector-matches-nothing',
  'template-label-dropped',
  'no-route',
  'missing-summary',
  'missing-runbook',
] as const;

export type RuleLint = (typeof ruleLints)[number];

/** `error`: the rule cannot do what it is for. `warning`: it does something else than it seems. `note`: good manners. */
export type LintSeverity = 'error' | 'warning' | 'note';

export const lintSeverities: readonly LintSeverity[] = ['error', 'warning', 'note'];

/** What is wrong with one rule. */
export interface LintFinding {
  readonly lint: RuleLint;
  readonly severity: LintSeverity;
  readonly file: string;
  /** From 1: the line of the field at fault, or of the rule. */
  readonly line: number;
  readonly group: string;
  /** Name of the alert or of the recorded series. */
  readonly rule: string;
  readonly kind: 'alerting' | 'recording';
  /** What is wrong and why it matters, in whole sentences. */
  readonly message: string;
  /** The whole expression as it should be; absent where only a person can tell. */
  readonly suggestion?: string;
}
