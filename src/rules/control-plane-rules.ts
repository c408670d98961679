import { literalsOf } from '../kit/compile-matcher.ts';
import type { Matcher } from '../model/matcher.ts';
import { childrenOf, type Expr } from '../promql/ast.ts';
import { selectorsOf } from '../promql/inspect.ts';
import { parseExpr } from '../promql/parser.ts';
import type { AlertingSpec, RuleFile, RuleSpec } from './rule-file.ts';

/** Components that a provider who manages the control plane keeps to itself, by the jobs that scrape them. */
const components = new Set([
  'kube-scheduler',
  'kube-controller-manager',
  'etcd',
  'kube-etcd',
  'scheduler',
  'controller-manager',
]);

const absences = new Set(['absent', 'absent_over_time']);

/**
 * Whether an alert says that a component of the control plane is missing, and reads nothing else: where the control plane is the
 * provider's it would fire for ever, as nobody may scrape it there.
 */
export function needsOwnControlPlane(rule: RuleSpec): rule is AlertingSpec {
  if (rule.kind !== 'alerting') return false;
  const expr = parseExpr(rule.expr);
  const selectors = selectorsOf(expr);
  return selectors.length > 0 && selectors.every(isOfComponent) && asksForAbsence(expr);
}

/** Alerts that {@link needsOwnControlPlane} tells, by name, each once. */
export function controlPlaneAlerts(files: readonly RuleFile[]): readonly string[] {
  const all = files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
  return [...new Set(all.filter(needsOwnControlPlane).map(({ name }) => name))].sort();
}

/** The same rules, with those alerts off, for a reason that people are shown. */
export function withoutControlPlane(files: readonly RuleFile[], reason: string): readonly RuleFile[] {
  return files.map((file) => ({
    ...file,
    groups: file.groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => (needsOwnControlPlane(rule) ? { ...rule, off: reason } : rule)),
    })),
  }));
}

function isOfComponent(matchers: readonly Matcher[]): boolean {
  return matchers.some(({ name, op, value }) => {
    if (name !== 'job') return false;
    if (op === '=') return components.has(value);
    const jobs = op === '=~' ? literalsOf(value) : undefined;
    return jobs !== undefined && jobs.length > 0 && jobs.every((job) => components.has(job));
  });
}

function asksForAbsence(expr: Expr): boolean {
  if (expr.kind === 'call' && absences.has(expr.name)) return true;
  return childrenOf(expr).some(asksForAbsence);
}
