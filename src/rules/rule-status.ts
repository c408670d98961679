import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { AlertState } from './alerting-rule.ts';
import type { GroupSpec, RuleSpec } from './rule-file.ts';

/** Structurally the store's `append`. */
export type AppendSamples = (
  batch: readonly {
    readonly labels: Labels;
    readonly atMs: number;
    readonly value: number | 'stale' | FloatHistogram;
  }[],
) => unknown;

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
  /** Series that its expression gave at the last evaluation; undefined before the first that worked. */
  readonly matched?: number;
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
