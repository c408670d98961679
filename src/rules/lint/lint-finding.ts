import type { Matcher } from '../../model/matcher.ts';

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

/** What is known of stored series. Answers may come later, as the store may be another server. */
export interface SeriesLookup {
  /** For people: `the store`, `http://prometheus:9090`. */
  readonly name: string;
  /** How far back it looks, for people: `24h`. */
  readonly window: string;
  hasSeries(matchers: readonly Matcher[]): Promise<boolean>;
  /** Values of a label among series that match, at most a few thousand; for "did you mean". */
  labelValues(label: string, matchers: readonly Matcher[]): Promise<readonly string[]>;
  /** The metric's type as scraped: `counter`, `gauge`, …; undefined when it is not known. */
  typeOf(metric: string): Promise<string | undefined>;
}

/** A node of the routing tree; the alerting configuration's own fit. */
export interface LintRoute {
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly routes: readonly LintRoute[];
}

export interface LintRouting {
  readonly file: string;
  readonly route: LintRoute;
  /** Whether a receiver has nobody to tell. */
  isSilent(receiver: string): boolean;
}
