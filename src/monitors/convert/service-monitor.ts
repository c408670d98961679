import { z } from 'zod';
import type { KubeObject } from '../../model/object.ts';
import { type Conversion, type ConvertContext, Notebook, type Rule, type Section } from './conversion.ts';
import { discoveryOf, endpointFields, endpointSection, selectingFields } from './endpoints.ts';
import { noteUnknown, readSpec } from './object-spec.ts';
import {
  copyFilledRule,
  copyRule,
  enforcedRules,
  keepRule,
  ownRules,
  rememberJob,
  runningOnly,
  sanitized,
  selectorRules,
  setRule,
  targetLabelRules,
} from './relabelings.ts';

const endpointShape = endpointFields;
const endpointSchema = z.looseObject(endpointShape);
type Endpoint = z.output<typeof endpointSchema>;

const specShape = {
  ...selectingFields,
  targetLabels: z.array(z.string()).nullish(),
  endpoints: z.array(endpointSchema),
  serviceDiscoveryRole: z.enum(['Endpoints', 'EndpointSlice']).nullish(),
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
  const discovery = discoveryOf(spec, namespace, { role, selected: 'service' }, notebook);
  const sections = spec.endpoints.map((endpoint, index): Section => {
    const at = `spec.endpoints[${index}].`;
    noteUnknown(endpoint, endpointShape, at, notebook);
    const jobName = `serviceMonitor/${namespace}/${object.metadata.name}/${index}`;
    const given = {
      jobName,
      namespace,
      at,
      discovery,
      rules: rules(spec, endpoint, role, namespace, notebook),
    };
    return endpointSection(spec, endpoint, given, notebook);
  });
  if (sections.length === 0) notebook.refuse('spec.endpoints', 'there is none, so nothing would be scraped');
  return notebook.conversion(sections);
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
