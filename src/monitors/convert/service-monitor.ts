import { z } from 'zod';
import type { KubeObject } from '../../model/object.ts';
import { formatSelector, labelSelectorSchema, selectorTerms } from '../label-selector.ts';
import {
  type Conversion,
  type ConvertContext,
  Notebook,
  type Rule,
  type Section,
  setFields,
} from './conversion.ts';
import { clientSection, credentialFields } from './credentials.ts';
import { limitFields, limitSection } from './limits.ts';
import {
  attachMetadataField,
  durationText,
  honours,
  namespaceSelectorField,
  noteUnknown,
  paramsField,
  portText,
  readSpec,
  schemeText,
  timing,
  wantedNamespaces,
} from './object-spec.ts';
import {
  copyFilledRule,
  copyRule,
  enforcedRules,
  keepRule,
  ownRules,
  relabelingSchema,
  rememberJob,
  runningOnly,
  sanitized,
  selectorRules,
  setRule,
  targetLabelRules,
} from './relabelings.ts';

const endpointShape = {
  port: z.string().nullish(),
  targetPort: portText,
  path: z.string().nullish(),
  scheme: schemeText,
  params: paramsField,
  interval: durationText,
  scrapeTimeout: durationText,
  honorLabels: z.boolean().nullish(),
  honorTimestamps: z.boolean().nullish(),
  trackTimestampsStaleness: z.boolean().nullish(),
  filterRunning: z.boolean().nullish(),
  enableHttp2: z.boolean().nullish(),
  relabelings: z.array(relabelingSchema).nullish(),
  metricRelabelings: z.array(relabelingSchema).nullish(),
  ...credentialFields,
};
const endpointSchema = z.looseObject(endpointShape);
type Endpoint = z.output<typeof endpointSchema>;

const specShape = {
  jobLabel: z.string().nullish(),
  targetLabels: z.array(z.string()).nullish(),
  podTargetLabels: z.array(z.string()).nullish(),
  endpoints: z.array(endpointSchema),
  selector: labelSelectorSchema,
  selectorMechanism: z.enum(['RelabelConfig', 'RoleSelector']).nullish(),
  namespaceSelector: namespaceSelectorField,
  attachMetadata: attachMetadataField,
  serviceDiscoveryRole: z.enum(['Endpoints', 'EndpointSlice']).nullish(),
  ...limitFields,
};
export const serviceMonitorSpec = z.looseObject(specShape);
type Spec = z.output<typeof serviceMonitorSpec>;

/**
 * A section for each of a ServiceMonitor's endpoints, with the relabelling that the Prometheus operator generates, in its order.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitor, and the sections
 * that the operator 0.80 writes for it.
 */
export function convertServiceMonitor(object: KubeObject, context: ConvertContext): Conversion {
  const namespace = object.metadata.namespace ?? '';
  const notebook = new Notebook(context, namespace);
  const spec = readSpec(object, serviceMonitorSpec, notebook);
  if (spec === undefined) return notebook.conversion([]);
  noteUnknown(spec, specShape, 'spec.', notebook);
  const role = (spec.serviceDiscoveryRole ?? notebook.settings.serviceDiscoveryRole).toLowerCase();
  const sections = spec.endpoints.map((endpoint, index): Section => {
    const at = `spec.endpoints[${index}].`;
    noteUnknown(endpoint, endpointShape, at, notebook);
    return {
      job_name: `serviceMonitor/${namespace}/${object.metadata.name}/${index}`,
      ...honours(endpoint, notebook),
      kubernetes_sd_configs: [discovery(spec, namespace, role, notebook)],
      ...timing(endpoint, notebook),
      ...setFields({
        metrics_path: endpoint.path,
        params: endpoint.params,
        scheme: endpoint.scheme?.toLowerCase(),
        enable_http2: endpoint.enableHttp2,
      }),
      ...clientSection(endpoint, at, notebook),
      relabel_configs: rules(spec, endpoint, role, namespace, notebook),
      ...limitSection(spec, notebook.settings),
      metric_relabel_configs: [
        ...ownRules(endpoint.metricRelabelings),
        ...enforcedRules(notebook.settings, namespace),
      ],
    };
  });
  if (sections.length === 0) notebook.refuse('spec.endpoints', 'there is none, so nothing would be scraped');
  return notebook.conversion(sections);
}

function discovery(spec: Spec, namespace: string, role: string, notebook: Notebook): Record<string, unknown> {
  const names = wantedNamespaces(spec.namespaceSelector, namespace, notebook.settings);
  const label = formatSelector(selectorTerms(spec.selector));
  return {
    role,
    ...(names.length === 0 ? {} : { namespaces: { names } }),
    ...(spec.attachMetadata ? { attach_metadata: setFields({ ...spec.attachMetadata }) } : {}),
    ...(spec.selectorMechanism === 'RoleSelector' && label !== ''
      ? { selectors: [{ role: 'service', label }] }
      : {}),
  };
}

function rules(spec: Spec, endpoint: Endpoint, role: string, namespace: string, notebook: Notebook): Rule[] {
  const prefix = role === 'endpointslice' ? '__meta_kubernetes_endpointslice' : '__meta_kubernetes_endpoint';
  const targetRef = [`${prefix}_address_target_kind`, `${prefix}_address_target_name`];
  const port = endpoint.port || String(endpoint.targetPort || '');
  return [
    rememberJob,
    ...(spec.selectorMechanism === 'RoleSelector' ? [] : selectorRules(spec.selector, 'service')),
    ...portRules(endpoint, `${prefix}_port_name`),
    { source_labels: targetRef, regex: 'Node;(.*)', target_label: 'node' },
    { source_labels: targetRef, regex: 'Pod;(.*)', target_label: 'pod' },
    copyRule('__meta_kubernetes_namespace', 'namespace'),
    copyRule('__meta_kubernetes_service_name', 'service'),
    copyRule('__meta_kubernetes_pod_name', 'pod'),
    copyRule('__meta_kubernetes_pod_container_name', 'container'),
    ...((endpoint.filterRunning ?? true) ? [runningOnly] : []),
    ...targetLabelRules(spec.targetLabels, 'service'),
    ...targetLabelRules([...(spec.podTargetLabels ?? []), ...notebook.settings.podTargetLabels], 'pod'),
    copyRule('__meta_kubernetes_service_name', 'job'),
    ...(spec.jobLabel
      ? [copyFilledRule(`__meta_kubernetes_service_label_${sanitized(spec.jobLabel)}`, 'job')]
      : []),
    ...(port === '' ? [] : [setRule('endpoint', port)]),
    ...ownRules(endpoint.relabelings),
    ...enforcedRules(notebook.settings, namespace),
  ];
}

/** A port is chosen by its name in the Service, or by name or number in the pod. */
function portRules({ port, targetPort }: Endpoint, nameLabel: string): Rule[] {
  if (port) return [keepRule(nameLabel, port)];
  if (typeof targetPort === 'string' && targetPort !== '')
    return [keepRule('__meta_kubernetes_pod_container_port_name', targetPort)];
  return targetPort ? [keepRule('__meta_kubernetes_pod_container_port_number', String(targetPort))] : [];
}
