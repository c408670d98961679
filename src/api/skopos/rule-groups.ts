import { type FastifyInstance, parameters } from '../../http/server.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import { sortedPairs } from '../../model/labels.ts';
import type { RuleGroupsJson, RuleJson } from './monitoring-contract.ts';
import type { MonitoringSource, RuleGroupState } from './monitoring-source.ts';
import { base, wordParameter } from './parameters.ts';
import { holdsWords, wordsOf } from './targets.ts';

/** Of each rule, so many alerts are given. */
const mostAlerts = 100;
const states = ['firing', 'pending', 'inactive', 'failing'] as const;

/** `GET /rule-groups`: every group with how its rules go, and links to their alerts. */
export function ruleGroupRoutes(app: FastifyInstance, source: MonitoringSource): void {
  app.get(`${base}/rule-groups`, async (request): Promise<RuleGroupsJson> => {
    const all = parameters(request);
    const words = wordsOf(all);
    const state = wordParameter(all, 'state', states);
    const kind = wordParameter(all, 'kind', ['alerting', 'recording'] as const);
    const groups = source.ruleGroups();
    const isWanted = (group: RuleGroupState, rule: RuleGroupState['rules'][number]): boolean =>
      (kind === undefined || rule.spec.kind === kind) &&
      (state === undefined || isIn(rule, state)) &&
      (words.length === 0 ||
        holdsWords(`${group.spec.name} ${group.file} ${rule.spec.name} ${rule.spec.expr}`, words));
    const rules = groups.flatMap((group) => group.rules);
    const count = (of: (typeof states)[number]) => rules.filter((rule) => isIn(rule, of)).length;
    return {
      counts: {
        groups: groups.length,
        rules: rules.length,
        firing: count('firing'),
        pending: count('pending'),
        failing: count('failing'),
      },
      items: groups
        .map(({ spec, rules: own, ...group }) => ({
          name: spec.name,
          limit: spec.limit,
          ...group,
          rules: own
            .filter((rule) => isWanted({ spec, rules: own, ...group }, rule))
            .map((rule) => ruleJson(rule, source)),
        }))
        .filter((group) => group.rules.length > 0),
    };
  });
}

function isIn(
  { spec, state, health }: RuleGroupState['rules'][number],
  wanted: (typeof states)[number],
): boolean {
  return wanted === 'failing' ? health === 'err' : spec.kind === 'alerting' && state === wanted;
}

function ruleJson(rule: RuleGroupState['rules'][number], { externalLabels }: MonitoringSource): RuleJson {
  const { spec, alerts, lastError = '', ...rest } = rule;
  const { kind, name, expr, labels, annotations = {}, forMs = 0, keepFiringForMs = 0, off } = spec;
  return {
    ...{ kind, name, expr, labels, annotations, forMs, keepFiringForMs },
    ...(off === undefined ? {} : { off }),
    ...rest,
    lastError,
    alerts: alerts.slice(0, mostAlerts).map((alert) => ({
      fingerprint: fnv1a64(sortedPairs({ ...externalLabels, ...alert.labels })),
      labels: alert.labels,
      state: alert.state,
      activeAtMs: alert.activeAtMs,
      value: alert.value,
    })),
    alertCount: alerts.length,
  };
}
