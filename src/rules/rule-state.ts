import { labelsKey } from '../model/labels.ts';
import type { Expr } from '../promql/ast.ts';
import type { AlertInstance, AlertingRule, WrittenSeries } from './alerting-rule.ts';
import type { RuleSpec } from './rule-file.ts';
import type { ActiveAlert, RuleStatus } from './rule-status.ts';

/** Series that a rule wrote at an evaluation, by the key of their labels. */
export type Written = ReadonlyMap<string, WrittenSeries>;

/** One rule of a group, and what came of its evaluation. */
export interface RuleRun {
  readonly spec: RuleSpec;
  readonly expr: Expr;
  readonly alerting: AlertingRule | undefined;
  /** Series of the evaluation before, to mark stale those that are gone. */
  written: Written;
  health: 'unknown' | 'ok' | 'err';
  lastError?: string;
  lastEvaluationMs?: number;
  evaluationSeconds: number;
  /** Series that the expression gave at the last evaluation. */
  matched?: number;
}

/** By this a rule is known after its file was loaded again. */
export function identity(spec: RuleSpec): string {
  return `${spec.kind} ${spec.name} ${labelsKey(spec.labels)}`;
}

/** What the API tells of a rule. */
export function statusOf(run: RuleRun): RuleStatus {
  return {
    spec: run.spec,
    health: run.health,
    ...(run.lastError === undefined ? {} : { lastError: run.lastError }),
    ...(run.lastEvaluationMs === undefined ? {} : { lastEvaluationMs: run.lastEvaluationMs }),
    evaluationSeconds: run.evaluationSeconds,
    ...(run.matched === undefined ? {} : { matched: run.matched }),
    state: run.alerting?.state() ?? 'inactive',
    alerts: run.alerting?.active().flatMap(activeAlert) ?? [],
  };
}

function activeAlert(alert: AlertInstance): ActiveAlert[] {
  if (alert.state === 'inactive') return [];
  const { firedAtMs, keepFiringSinceMs, cause } = alert;
  return [
    {
      labels: alert.labels,
      annotations: alert.annotations,
      state: alert.state,
      activeAtMs: alert.activeAtMs,
      value: alert.value,
      ...(firedAtMs === undefined ? {} : { firedAtMs }),
      ...(keepFiringSinceMs === undefined ? {} : { keepFiringSinceMs }),
      ...(cause === undefined ? {} : { cause }),
    },
  ];
}
