import type { Labels } from './labels.ts';

/** What rules and routing would have done over a stretch of stored history. Times are Unix milliseconds. */
export interface BacktestResult {
  readonly startMs: number;
  readonly endMs: number;
  /** Where the samples came from, for people. */
  readonly source: string;
  readonly rules: readonly RuleOutcome[];
  readonly notifications: NotificationOutcome;
  /** What makes the answer less than whole, for people. */
  readonly warnings: readonly string[];
}

export interface RuleOutcome {
  readonly file: string;
  readonly line: number;
  readonly group: string;
  readonly name: string;
  readonly expr: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** How often it is evaluated. */
  readonly intervalMs: number;
  /** How many times an alert of it would have been pending, fired and resolved; all of them, also those that are not in `alerts`. */
  readonly pending: number;
  readonly fired: number;
  readonly resolved: number;
  /** Those that fired come first, longest first; bounded. */
  readonly alerts: readonly AlertOutcome[];
  /** How many more alerts there were. */
  readonly moreAlerts: number;
  /** Of the notifications, how many tell of this rule. */
  readonly notifications: number;
  /** The first error of an evaluation; empty when all went well. */
  readonly problem: string;
}

export interface AlertOutcome {
  readonly labels: Labels;
  /** Oldest first; bounded. */
  readonly episodes: readonly Episode[];
}

/** From the moment that the condition held to the one that it did not. */
export interface Episode {
  readonly activeAtMs: number;
  /** Absent when it was never true for as long as `for` asks. */
  readonly firedAtMs?: number;
  /** When it resolved, or stopped being pending; absent when it went on at the end. */
  readonly endedAtMs?: number;
}

export interface NotificationOutcome {
  readonly total: number;
  readonly byReceiver: readonly ReceiverOutcome[];
  /** Oldest first; bounded. */
  readonly sent: readonly SentNotification[];
  /** How many more there were. */
  readonly more: number;
}

export interface ReceiverOutcome {
  readonly receiver: string;
  /** `slack`, `email`, …; empty for a receiver that tells nobody. */
  readonly integration: string;
  readonly total: number;
  readonly firing: number;
  readonly resolved: number;
}

export interface SentNotification {
  readonly atMs: number;
  readonly receiver: string;
  readonly integration: string;
  readonly status: 'firing' | 'resolved';
  /** Why now: `first notification`, `new alerts`, … */
  readonly reason: string;
  readonly alertnames: readonly string[];
  /** How many alerts it tells of. */
  readonly alerts: number;
  readonly groupLabels: Labels;
}

/** How far a back-test is. */
export interface BacktestProgress {
  /** 0 to 1. */
  readonly done: number;
  /** Up to where, in the history. */
  readonly atMs: number;
}
