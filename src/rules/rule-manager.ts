import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import type { Logger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Queryable } from '../promql/queryable.ts';
import type { GroupSpec, RuleFile, RuleSpec } from './rule-file.ts';

/** A series and value that an expression gave. A scalar result is one without labels. */
export interface EvaluatedSample {
  readonly labels: Labels;
  readonly value: number;
}

/** Runs an instant query; @throws what the engine says is wrong. */
export type Evaluate = (queryable: Queryable, expr: string, atMs: number) => readonly EvaluatedSample[];

/** Structurally the store's `append`. */
export type AppendSamples = (
  batch: readonly { readonly labels: Labels; readonly atMs: number; readonly value: number | 'stale' }[],
) => unknown;

export interface RuleManagerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly evaluate: Evaluate;
  readonly store: Queryable;
  readonly append: AppendSamples;
  /** Takes alerts that fire or resolved, to be routed. */
  readonly send: (alerts: readonly Alert[]) => void;
  readonly ledger: Ledger;
  readonly externalLabels?: Labels;
  /** Without a slash at its end. */
  readonly externalURL: string;
  /** Interval of groups that set none; 1 m when left out. */
  readonly evaluationIntervalMs?: number;
  readonly queryOffsetMs?: number;
  /** How long a firing alert goes unsent before it is sent again; 1 m when left out. */
  readonly resendDelayMs?: number;
  /** Longest outage after which `for` goes on where it was; 1 h when left out. */
  readonly outageToleranceMs?: number;
  /** Least time left of `for` after such a restart; 10 m when left out. */
  readonly forGracePeriodMs?: number;
}

export type AlertState = 'inactive' | 'pending' | 'firing';

/** An alert that is pending or firing. */
export interface ActiveAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing';
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
  readonly keepFiringSinceMs?: number;
  readonly value: number;
  readonly cause?: string;
}

export interface RuleStatus {
  readonly spec: RuleSpec;
  readonly health: 'unknown' | 'ok' | 'err';
  readonly lastError?: string;
  readonly lastEvaluationMs?: number;
  readonly evaluationSeconds: number;
  /** Of alerting rules; `inactive` for others. */
  readonly state: AlertState;
  readonly alerts: readonly ActiveAlert[];
}

export interface GroupStatus {
  readonly file: string;
  readonly spec: GroupSpec;
  readonly intervalMs: number;
  readonly lastEvaluationMs?: number;
  readonly evaluationSeconds: number;
  /** Intervals that passed without an evaluation since the start. */
  readonly missed: number;
  readonly rules: readonly RuleStatus[];
}

/** Evaluates rule groups on their interval and when what they read changed; keeps the state of alerts. */
export declare class RuleManager implements Component {
  readonly name: string;
  constructor(options: RuleManagerOptions);
  /** Takes the place of all that was loaded; rules that did not change keep their state. */
  load(files: readonly RuleFile[]): void;
  /** To be called after the store took samples of these series because of an event. Returns at once. */
  inputsChanged(series: readonly Labels[], cause: string): void;
  groups(): readonly GroupStatus[];
  alerts(): readonly ActiveAlert[];
  run(signal: AbortSignal): Promise<void>;
}
