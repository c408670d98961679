import { z } from 'zod';
import { durationMs, flag, or, text, textOrEmpty, wholeNumber } from '../kit/yaml-fields.ts';
import { labelSelectorSchema } from './label-selector.ts';

/** Left out or null, a selector of objects selects none, and one of namespaces only the own namespace. */
const selector = labelSelectorSchema.nullish();

/** A duration of the settings, kept as text: it goes into sections that are read as a `prometheus.yml` is. */
const durationText = text.superRefine((value, context) => {
  const result = durationMs.safeParse(value);
  if (!result.success)
    context.addIssue({ code: 'custom', message: result.error.issues[0]?.message ?? 'not a duration' });
});

const limit = wholeNumber.nullish();

/**
 * `metrics.operator` of skopos.yaml: which objects of the Prometheus operator are honoured, under the names that they have in
 * the operator's `Prometheus` object, so that its selectors can be copied.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusSpec
 */
export const operatorSchema = z.strictObject({
  /** The own namespace of selectors; that of the pod when left out. */
  namespace: textOrEmpty,
  serviceMonitorSelector: selector,
  serviceMonitorNamespaceSelector: selector,
  podMonitorSelector: selector,
  podMonitorNamespaceSelector: selector,
  probeSelector: selector,
  probeNamespaceSelector: selector,
  scrapeConfigSelector: selector,
  scrapeConfigNamespaceSelector: selector,
  ruleSelector: selector,
  ruleNamespaceSelector: selector,
  /** Of what sets none itself. */
  scrapeInterval: or(durationText, '30s'),
  scrapeTimeout: durationText.nullish(),
  serviceDiscoveryRole: or(z.enum(['Endpoints', 'EndpointSlice']), 'Endpoints' as const),
  podTargetLabels: or(z.array(text), [] as string[]),
  ignoreNamespaceSelectors: or(flag, false),
  overrideHonorLabels: or(flag, false),
  overrideHonorTimestamps: or(flag, false),
  /** Every target and rule gets this label with the namespace of its object. */
  enforcedNamespaceLabel: textOrEmpty,
  enforcedSampleLimit: limit,
  enforcedTargetLimit: limit,
  enforcedLabelLimit: limit,
  enforcedLabelNameLengthLimit: limit,
  enforcedLabelValueLengthLimit: limit,
  enforcedKeepDroppedTargets: limit,
  /**
   * Whether objects that name files of this process's own file system are refused. The operator accepts them when nothing is
   * said; here nothing said refuses them, as whoever may write such an object could have any file sent anywhere.
   */
  arbitraryFSAccessThroughSMs: or(z.strictObject({ deny: or(flag, true) }), { deny: true }),
  /**
   * A folder that holds values of Secrets and ConfigMaps as `<namespace>/<name>/<key>`, for objects that need them: values are
   * not read from the cluster.
   */
  secretsFolder: text.nullish(),
});

export type OperatorSettings = z.output<typeof operatorSchema>;

/** The kinds that are honoured. */
export const monitorKinds = [
  'ServiceMonitor',
  'PodMonitor',
  'Probe',
  'ScrapeConfig',
  'PrometheusRule',
] as const;

export type MonitorKind = (typeof monitorKinds)[number];

/** The API group of all of them. */
export const monitorGroup = 'monitoring.coreos.com';

export function isMonitorKind(kind: string): kind is MonitorKind {
  return (monitorKinds as readonly string[]).includes(kind);
}
