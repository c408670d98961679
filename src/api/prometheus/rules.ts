import { type FastifyInstance, parameters } from '../../http/server.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import { formatValue } from '../../telemetry/registry.ts';
import { success } from './envelope.ts';
import { booleanParameter, invalid, matcherLists } from './parameters.ts';
import { pageOf } from './rule-pages.ts';
import type { MatcherLists } from './source.ts';

/** Rule groups as the rule manager tells of them. */
export interface RuleGroups {
  groups(): readonly GroupState[];
}

export interface GroupState {
  readonly file: string;
  readonly spec: { readonly name: string; readonly limit: number };
  readonly intervalMs: number;
  readonly lastEvaluationMs?: number;
  readonly evaluationSeconds: number;
  readonly rules: readonly RuleState[];
}

export interface RuleState {
  readonly spec: RuleSpec;
  readonly health: 'unknown' | 'ok' | 'err';
  readonly lastError?: string;
  readonly lastEvaluationMs?: number;
  readonly evaluationSeconds: number;
  readonly state: string;
  readonly alerts: readonly ActiveAlert[];
}

type Names = Readonly<Record<string, string>>;

type RuleSpec =
  | { readonly kind: 'recording'; readonly name: string; readonly expr: string; readonly labels: Names }
  | {
      readonly kind: 'alerting';
      readonly name: string;
      readonly expr: string;
      readonly labels: Names;
      readonly annotations: Names;
      readonly forMs: number;
      readonly keepFiringForMs: number;
    };

interface ActiveAlert {
  readonly labels: Names;
  readonly annotations: Names;
  readonly state: string;
  readonly activeAtMs: number;
  readonly keepFiringSinceMs?: number;
  readonly value: number;
}

/** `GET /api/v1/rules` and `/api/v1/alerts`. */
export function ruleRoutes(app: FastifyInstance, rules: RuleGroups): void {
  app.get('/api/v1/rules', (request) => {
    const all = parameters(request);
    const type = all.get('type') ?? '';
    if (!['', 'alert', 'record'].includes(type)) throw invalid('type', `not supported value "${type}"`);
    const wanted = (name: string) => new Set(all.getAll(`${name}[]`));
    const [files, groupNames, ruleNames] = [wanted('file'), wanted('rule_group'), wanted('rule_name')];
    const matches = matchOf(matcherLists(all));
    const withAlerts = !booleanParameter(all, 'exclude_alerts');
    const wantedGroups = rules
      .groups()
      .filter(
        (group) =>
          (files.size === 0 || files.has(group.file)) &&
          (groupNames.size === 0 || groupNames.has(group.spec.name)),
      );
    const page = pageOf(wantedGroups, all);
    const groups = page.groups
      .map((group) => ({
        ...groupJson(group),
        rules: group.rules
          .filter(
            ({ spec }) =>
              (type === '' || (type === 'alert') === (spec.kind === 'alerting')) &&
              (ruleNames.size === 0 || ruleNames.has(spec.name)) &&
              matches(spec.labels),
          )
          .map((rule) => ruleJson(rule, withAlerts)),
      }))
      .filter(
        (group) => group.rules.length > 0 || (ruleNames.size === 0 && type === '' && !all.has('match[]')),
      );
    return success({ groups, ...(page.nextToken === undefined ? {} : { groupNextToken: page.nextToken }) });
  });

  app.get('/api/v1/alerts', () =>
    success({
      alerts: rules.groups().flatMap((group) => group.rules.flatMap((rule) => rule.alerts.map(alertJson))),
    }),
  );
}

/** Whether a rule's labels fulfil any of the lists; any rule's do where there are none. */
function matchOf(lists: MatcherLists): (labels: Names) => boolean {
  if (lists.length === 0) return () => true;
  const tests = lists.map((list) =>
    list.map((matcher) => ({ name: matcher.name, matches: compileMatcher(matcher) })),
  );
  return (labels) => tests.some((all) => all.every(({ name, matches }) => matches(labels[name] ?? '')));
}

function groupJson(group: GroupState): Record<string, unknown> {
  return {
    name: group.spec.name,
    file: group.file,
    interval: group.intervalMs / 1000,
    limit: group.spec.limit,
    evaluationTime: group.evaluationSeconds,
    lastEvaluation: goTime(group.lastEvaluationMs),
  };
}

function ruleJson(rule: RuleState, withAlerts: boolean): unknown {
  const { spec } = rule;
  const common = {
    name: spec.name,
    query: spec.expr,
    labels: spec.labels,
    health: rule.health === 'unknown' ? 'unknown' : rule.health,
    ...(rule.lastError === undefined ? {} : { lastError: rule.lastError }),
    evaluationTime: rule.evaluationSeconds,
    lastEvaluation: goTime(rule.lastEvaluationMs),
  };
  if (spec.kind === 'recording') return { ...common, type: 'recording' };
  return {
    ...common,
    type: 'alerting',
    state: rule.state,
    duration: spec.forMs / 1000,
    keepFiringFor: spec.keepFiringForMs / 1000,
    annotations: spec.annotations,
    ...(withAlerts ? { alerts: rule.alerts.map(alertJson) } : {}),
  };
}

function alertJson(alert: ActiveAlert): unknown {
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    state: alert.state,
    activeAt: goTime(alert.activeAtMs),
    ...(alert.keepFiringSinceMs === undefined ? {} : { keepFiringSince: goTime(alert.keepFiringSinceMs) }),
    value: formatValue(alert.value),
  };
}

/** Go's zero time stands for never. */
export function goTime(ms: number | undefined): string {
  return ms === undefined ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString();
}
