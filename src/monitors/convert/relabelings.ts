import { z } from 'zod';
import { type LabelSelector, selectorTerms } from '../label-selector.ts';
import type { OperatorSettings } from '../operator-settings.ts';
import { type Rule, setFields } from './conversion.ts';

export const relabelingSchema = z.looseObject({
  sourceLabels: z.array(z.string()).nullish(),
  separator: z.string().nullish(),
  targetLabel: z.string().nullish(),
  regex: z.string().nullish(),
  modulus: z.int().min(0).nullish(),
  replacement: z.string().nullish(),
  action: z.string().nullish(),
});

type Relabeling = z.output<typeof relabelingSchema>;

/** An object's own rules, in the spelling of `prometheus.yml`. */
export function ownRules(relabelings: readonly Relabeling[] | null | undefined): Rule[] {
  return (relabelings ?? []).map(({ sourceLabels, separator, targetLabel, replacement, ...rest }) => ({
    ...setFields({
      source_labels: sourceLabels,
      target_label: targetLabel,
      regex: rest.regex,
      modulus: rest.modulus || undefined,
      action: rest.action?.toLowerCase(),
    }),
    // An empty one means something: a separator of nothing, a label taken away.
    ...(separator === undefined || separator === null ? {} : { separator }),
    ...(replacement === undefined || replacement === null ? {} : { replacement }),
  }));
}

/** As labels of discovery are spelled. */
export function sanitized(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_');
}

/** Remembers the name of the job, which later rules overwrite. */
export const rememberJob: Rule = { source_labels: ['job'], target_label: '__tmp_prometheus_job_name' };

/** Keeps targets of objects of a role that a selector selects: rules rather than a watch of its own, as the operator does it. */
export function selectorRules(selector: LabelSelector, role: 'service' | 'pod' | 'ingress'): Rule[] {
  return selectorTerms(selector).map(({ key, operator, values }) => {
    const present = `__meta_kubernetes_${role}_labelpresent_${sanitized(key)}`;
    const isSet = operator === 'In' || operator === 'NotIn';
    return {
      action: operator === 'In' || operator === 'Exists' ? 'keep' : 'drop',
      source_labels: isSet ? [`__meta_kubernetes_${role}_label_${sanitized(key)}`, present] : [present],
      regex: isSet ? `(${values.join('|')});true` : 'true',
    };
  });
}

/** Keeps targets whose label is this. */
export function keepRule(label: string, value: string): Rule {
  return { action: 'keep', source_labels: [label], regex: value };
}

export function copyRule(from: string, to: string): Rule {
  return { source_labels: [from], target_label: to };
}

/** Copies a label where it has a value; else what is there stays. */
export function copyFilledRule(from: string, to: string): Rule {
  return { source_labels: [from], target_label: to, regex: '(.+)' };
}

export function setRule(label: string, value: string): Rule {
  return { target_label: label, replacement: value };
}

/** Labels of a Service, Pod or Ingress that targets get under their own names. */
export function targetLabelRules(
  names: readonly string[] | null | undefined,
  role: 'service' | 'pod' | 'ingress',
): Rule[] {
  return (names ?? []).map((name) =>
    copyFilledRule(`__meta_kubernetes_${role}_label_${sanitized(name)}`, sanitized(name)),
  );
}

/** Pods that ended have nothing to scrape. */
export const runningOnly: Rule = {
  action: 'drop',
  source_labels: ['__meta_kubernetes_pod_phase'],
  regex: '(Failed|Succeeded)',
};

/** The label that says whose an object's targets are, which the object's own rules cannot take away. */
export function enforcedRules(settings: OperatorSettings, namespace: string): Rule[] {
  return settings.enforcedNamespaceLabel === '' ? [] : [setRule(settings.enforcedNamespaceLabel, namespace)];
}
