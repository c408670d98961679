import type { KubeObject } from '../model/object.ts';
import { formatSelector, type LabelSelector, selectorTerms, unmetTerms } from './label-selector.ts';
import type { MonitorKind, OperatorSettings } from './operator-settings.ts';

/** Whether a selector takes an object, and the reason in words. */
export interface Choice {
  readonly isTaken: boolean;
  readonly reason: string;
}

const selectorKeys = {
  ServiceMonitor: 'serviceMonitor',
  PodMonitor: 'podMonitor',
  Probe: 'probe',
  ScrapeConfig: 'scrapeConfig',
  PrometheusRule: 'rule',
} as const satisfies Record<MonitorKind, string>;

/** Whether the selector for the kind takes an object with these labels. */
export function choiceByLabels(settings: OperatorSettings, kind: MonitorKind, object: KubeObject): Choice {
  const key = `${selectorKeys[kind]}Selector` as const;
  const selector = settings[key];
  if (!selector)
    return { isTaken: false, reason: `metrics.operator.${key} is not set, so no ${kind} is selected` };
  return byLabels(selector, object.metadata.labels ?? {}, `metrics.operator.${key}`, 'its labels');
}

/** Whether objects of the kind are looked for in the object's namespace. */
export function choiceByNamespace(
  settings: OperatorSettings,
  kind: MonitorKind,
  namespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> | undefined },
  ownNamespace: string,
): Choice {
  const key = `${selectorKeys[kind]}NamespaceSelector` as const;
  const selector = settings[key];
  const place = `metrics.operator.${key}`;
  if (selector) {
    if (namespace.labels === undefined && selectorTerms(selector).length > 0)
      return {
        isTaken: false,
        reason: `${place} asks for labels of the namespace ${namespace.name}, which is not among the objects`,
      };
    return byLabels(selector, namespace.labels ?? {}, place, `the labels of the namespace ${namespace.name}`);
  }
  if (ownNamespace === '')
    return {
      isTaken: false,
      reason: `${place} is not set, which means the own namespace alone, and metrics.operator.namespace does not say which that is`,
    };
  return ownNamespace === namespace.name
    ? { isTaken: true, reason: `it is in the own namespace, ${ownNamespace}` }
    : {
        isTaken: false,
        reason: `${place} is not set, so only the own namespace, ${ownNamespace}, is looked at; it is in ${namespace.name}`,
      };
}

function byLabels(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
  place: string,
  whose: string,
): Choice {
  const terms = selectorTerms(selector);
  if (terms.length === 0) return { isTaken: true, reason: `${place} is empty and selects everything` };
  const unmet = unmetTerms(selector, labels);
  if (unmet.length === 0)
    return { isTaken: true, reason: `${whose} fulfil ${place}: ${formatSelector(terms)}` };
  const has = unmet
    .map(({ key }) => (Object.hasOwn(labels, key) ? `${key}=${labels[key]}` : `no ${key}`))
    .join(', ');
  return {
    isTaken: false,
    reason: `${place} wants ${formatSelector(unmet)}, and ${whose} have ${has}`,
  };
}
