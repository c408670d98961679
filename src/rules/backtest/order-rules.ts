import { compileMatcher } from '../../kit/compile-matcher.ts';
import { type Labels, metricName } from '../../model/labels.ts';
import type { Expr } from '../../promql/ast.ts';
import { selectorUsesOf } from '../../promql/inspect.ts';
import { parseExpr } from '../../promql/parser.ts';
import type { GroupSpec, RuleFile, RuleSpec } from '../rule-file.ts';

/** One rule of a back-test. */
export interface TestedRule {
  readonly spec: RuleSpec;
  readonly expr: Expr;
  readonly group: GroupSpec;
  readonly file: string;
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
}

export interface OrderedRules {
  /** Alerting rules, and the recording rules that they rest on, each after those that it reads. */
  readonly rules: readonly TestedRule[];
  /** Names of rules that read each other in a circle. */
  readonly circles: readonly string[];
  /** Whether a rule reads ALERTS or ALERTS_FOR_STATE. */
  readonly readsAlerts: boolean;
  /** Rules that read what another of them writes. */
  readonly dependents: readonly TestedRule[];
}

const alertSeries = ['ALERTS', 'ALERTS_FOR_STATE'];

/** Which rules a back-test evaluates, and in which order. */
export function orderRules(
  files: readonly RuleFile[],
  defaults: { readonly intervalMs: number; readonly queryOffsetMs?: number },
): OrderedRules {
  const all = files.flatMap(({ path, groups }) =>
    groups.flatMap((group) =>
      group.rules.map(
        (spec): TestedRule => ({
          spec,
          expr: parseExpr(spec.expr),
          group,
          file: path,
          intervalMs: group.intervalMs || defaults.intervalMs,
          queryOffsetMs: group.queryOffsetMs ?? defaults.queryOffsetMs ?? 0,
        }),
      ),
    ),
  );
  const needs = new Map(
    all.map((rule) => {
      const reads = readerOf(rule.expr);
      return [rule, all.filter((other) => writtenBy(other).some(reads))] as const;
    }),
  );

  const rules: TestedRule[] = [];
  const circles = new Set<string>();
  const state = new Map<TestedRule, 'open' | 'done'>();
  const visit = (rule: TestedRule): void => {
    const known = state.get(rule);
    if (known === 'open') circles.add(rule.spec.name);
    if (known !== undefined) return;
    state.set(rule, 'open');
    for (const needed of needs.get(rule) ?? []) visit(needed);
    state.set(rule, 'done');
    rules.push(rule);
  };
  for (const rule of all) if (rule.spec.kind === 'alerting') visit(rule);
  return {
    rules,
    circles: [...circles],
    readsAlerts: rules.some((rule) => (needs.get(rule) ?? []).some(({ spec }) => spec.kind === 'alerting')),
    dependents: rules.filter((rule) => (needs.get(rule) ?? []).length > 0),
  };
}

/** What is known of the labels of a rule's series. */
function writtenBy({ spec }: TestedRule): readonly Labels[] {
  if (spec.kind === 'recording') return [{ [metricName]: spec.name }];
  return alertSeries.map((name) => ({ [metricName]: name, alertname: spec.name }));
}

/** Whether an expression may read series of which so much is known. Selectors that do not name a metric are passed over. */
function readerOf(expr: Expr): (known: Labels) => boolean {
  const selectors = selectorUsesOf(expr)
    .filter(({ matchers }) => matchers.some(({ name }) => name === metricName))
    .map(({ matchers }) =>
      matchers.map((matcher) => ({ name: matcher.name, accepts: compileMatcher(matcher) })),
    );
  return (known) =>
    selectors.some((tests) =>
      tests.every(({ name, accepts }) => known[name] === undefined || accepts(known[name])),
    );
}
