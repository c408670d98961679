import { compileMatcher } from '../../kit/compile-matcher.ts';
import { metricName } from '../../model/labels.ts';
import type { LintFinding } from '../../model/rule-lint.ts';
import type { Expr } from '../../promql/ast.ts';
import { labelsOf } from './label-flow.ts';
import { mayHave } from './label-set.ts';
import type { LintRoute, LintRouting } from './lint-surroundings.ts';
import { findingOf, type LintedRule } from './linted-rule.ts';

/** What is known of a label of an alert before there is one: its value, '' when it cannot have it; undefined: any. */
type KnownLabel = (name: string) => string | undefined;

/**
 * An alert that no route takes: it ends at the default receiver, or with nobody to tell at all. What is only known when the
 * alert fires (the value of a label of its series) is taken to fit.
 */
export function noRoute(rule: LintedRule, routing: LintRouting): LintFinding[] {
  const { spec } = rule;
  if (spec.kind !== 'alerting') return [];
  const known = knownLabels(rule);
  const ends = endsOf(routing.route, known);
  const receivers = [...new Set(ends.map(({ receiver }) => receiver))];
  const silent = receivers.filter((name) => routing.isSilent(name));
  const where = `of ${routing.file}`;
  const field = Object.keys(spec.labels).length > 0 ? ({ field: 'labels' } as const) : {};
  if (silent.length === receivers.length) {
    const list = silent.map((name) => `"${name}"`).join(', ');
    return [
      findingOf(rule, {
        lint: 'no-route',
        severity: 'error',
        ...field,
        message: `Nobody would be told: the routes ${where} lead this alert to ${list} only, which ${silent.length === 1 ? 'has' : 'have'} no integrations. Its labels are ${shown(rule)}; add a route that takes them.`,
      }),
    ];
  }
  const isDefault = ends.length === 1 && ends[0] === routing.route;
  if (!isDefault || routing.route.routes.length === 0) return [];
  return [
    findingOf(rule, {
      lint: 'no-route',
      severity: 'note',
      ...field,
      message: `No route ${where} takes this alert, so it goes to the default receiver "${routing.route.receiver}". Its labels are ${shown(rule)}; if somebody else is to hear of it, add a route, or a label that one asks for.`,
    }),
  ];
}

/** Routes that may take the alert, as Alertmanager walks them. */
function endsOf(route: LintRoute, known: KnownLabel): LintRoute[] {
  const ends: LintRoute[] = [];
  for (const child of route.routes) {
    if (!mayTake(child, known)) continue;
    ends.push(...endsOf(child, known));
    // A route that only may take it leaves the ones after it a chance.
    if (!child.continue && takesForSure(child, known)) return ends;
  }
  return ends.length === 0 ? [route] : ends;
}

function mayTake({ matchers }: LintRoute, known: KnownLabel): boolean {
  return matchers.every((matcher) => {
    const value = known(matcher.name);
    return value === undefined || compileMatcher(matcher)(value);
  });
}

function takesForSure({ matchers }: LintRoute, known: KnownLabel): boolean {
  return matchers.every((matcher) => {
    const value = known(matcher.name);
    return value !== undefined && compileMatcher(matcher)(value);
  });
}

function knownLabels({ spec, expr }: LintedRule): KnownLabel {
  const available = labelsOf(expr);
  const fixed = fixedLabels(expr);
  return (name) => {
    if (name === 'alertname') return spec.name;
    const own = spec.labels[name];
    if (own !== undefined) return own.includes('{{') ? undefined : own;
    if (name === metricName || !mayHave(available, name)) return '';
    return fixed.get(name);
  };
}

/** Labels whose value the expression's one selector asks for. */
function fixedLabels(expr: Expr): ReadonlyMap<string, string> {
  let part = expr;
  for (;;) {
    if (part.kind === 'paren' || part.kind === 'unary' || part.kind === 'aggregate') part = part.expr;
    else if (part.kind === 'binary' && part.right.kind === 'number') part = part.left;
    else break;
  }
  if (part.kind !== 'selector') return new Map();
  const fixed = part.matchers.filter(({ op, value }) => op === '=' && value !== '');
  return new Map(fixed.map(({ name, value }) => [name, value]));
}

function shown({ spec }: LintedRule): string {
  const labels = Object.entries(spec.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [`alertname=${JSON.stringify(spec.name)}`, ...labels].join(', ');
}
