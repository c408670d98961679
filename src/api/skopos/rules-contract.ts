/** The JSON of lints and back-tests of rules in our own API; types only, like contract.ts, which it is exported from. */
import type { BacktestProgress, BacktestResult } from '../../model/backtest.ts';
import type { LintFinding } from '../../model/rule-lint.ts';

export type * from '../../model/backtest.ts';
export type * from '../../model/rule-lint.ts';

/** GET /rules/lint: of the rules that run. POST /rules/lint with {@link RulesTextInputJson}: of a text. */
export interface RuleLintsJson {
  readonly atMs: number;
  /** How many rules were looked at. */
  readonly rules: number;
  /** By file and line. */
  readonly items: readonly LintFinding[];
}

/** Rules as people write them in a file. */
export interface RulesTextInputJson {
  readonly rules: string;
}

/** POST /backtests. Without `rules`, those that run; `group` and `rule` narrow them. */
export interface BacktestInputJson {
  readonly rules?: string;
  readonly group?: string;
  readonly rule?: string;
  /** How far back: `7d`. */
  readonly since: string;
}

/** GET /backtests/:id, and what POST /backtests answers. One runs at a time; the newest few are kept. */
export interface BacktestJson {
  readonly id: string;
  readonly startedAtMs: number;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** What is tried, for people. */
  readonly what: string;
  readonly since: string;
  readonly progress: BacktestProgress;
  /** Why it failed; empty otherwise. */
  readonly problem: string;
  readonly result?: BacktestResult;
}

/** GET /backtests: newest first, without their results. */
export interface BacktestsJson {
  readonly items: readonly BacktestJson[];
  /** What can be chosen: groups of the running rules that hold alerts. */
  readonly groups: readonly { readonly name: string; readonly rules: readonly string[] }[];
}
