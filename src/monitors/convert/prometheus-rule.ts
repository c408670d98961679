import type { KubeObject } from '../../model/object.ts';
import type { OperatorSettings } from '../operator-settings.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The rule file that a PrometheusRule stands for, as data. What only Thanos reads (`partial_response_strategy`) is left out.
 * With an enforced namespace label every rule gets it; expressions are not rewritten.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
 */
export function ruleFileOf(object: KubeObject, settings: OperatorSettings): Fields {
  const label = settings.enforcedNamespaceLabel;
  const enforced = label === '' ? undefined : { [label]: object.metadata.namespace ?? '' };
  const spec = fields(object['spec']);
  const groups = Array.isArray(spec['groups']) ? spec['groups'] : [];
  return { ...spec, groups: groups.map((group) => groupOf(group, enforced)) };
}

/** The name of that file, unique among all objects. */
export function ruleFileName({ metadata }: KubeObject): string {
  return `prometheusRule/${metadata.namespace ?? ''}/${metadata.name}`;
}

function groupOf(group: unknown, enforced: Fields | undefined): unknown {
  const { partial_response_strategy: _strategy, ...rest } = fields(group);
  if (enforced === undefined || !Array.isArray(rest['rules'])) return rest;
  const rules = rest['rules'].map((rule) => ({
    ...fields(rule),
    labels: { ...fields(fields(rule)['labels']), ...enforced },
  }));
  return { ...rest, rules };
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
