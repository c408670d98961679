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

const endpointShape = { ...endpointFields, portNumber: z.int().nullish() };
const endpointSchema = z.looseObject(endpointShape);
type Endpoint = z.output<typeof endpointSchema>;

const specShape = { ...selectingFields, podMetricsEndpoints: z.array(endpointSchema).nullish() };
export const podMonitorSpec = z.looseObject(specShape);
type Spec = z.output<typeof podMonitorSpec>;

/**
 * A section for each of a PodMonitor's endpoints, with the relabelling that the Prometheus operator generates, in its order.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor, and the sections that
 * the operator 0.80 writes for it.
 */
export function convertPodMonitor(object: KubeObject, context: ConvertContext): Conversion {
  const namespace = object.metadata.namespace ?? '';
  const notebook = new Notebook(context, namespace);
  const spec = readSpec(object, podMonitorSpec, notebook);
  if (spec === undefined) return notebook.conversion([]);
  noteUnknown(spec, specShape, 'spec.', notebook);
  const discovery = discoveryOf(spec, namespace, { role: 'pod', selected: 'pod' }, notebook);
  const job = `${namespace}/${object.metadata.name}`;
  const sections = (spec.podMetricsEndpoints ?? []).map((endpoint, index): Section => {
    const at = `spec.podMetricsEndpoints[${index}].`;
    noteUnknown(endpoint, endpointShape, at, notebook);
    const jobName = `podMonitor/${job}/${index}`;
    const given = { jobName, namespace, at, discovery, rules: rules(spec, endpoint, job, notebook) };
    return endpointSection(spec, endpoint, given, notebook);
  });
  if (sections.length === 0)
    notebook.refuse('spec.podMetricsEndpoints', 'there is none, so nothing would be scraped');
  return notebook.conversion(sections);
}

function rules(spec: Spec, endpoint: Endpoint, job: string, notebook: Notebook): Rule[] {
  const [namespace = ''] = job.split('/');
  const port = endpoint.port || String(endpoint.portNumber || endpoint.targetPort || '');
  return [
    rememberJob,
    ...((endpoint.filterRunning ?? true) ? [runningOnly] : []),
    ...(spec.selectorMechanism === 'RoleSelector' ? [] : selectorRules(spec.selector, 'pod')),
    ...portRules(endpoint),
    copyRule('__meta_kubernetes_namespace', 'namespace'),
    copyRule('__meta_kubernetes_pod_container_name', 'container'),
    copyRule('__meta_kubernetes_pod_name', 'pod'),
    ...targetLabelRules([...(spec.podTargetLabels ?? []), ...notebook.settings.podTargetLabels], 'pod'),
    setRule('job', job),
    ...(spec.jobLabel
      ? [copyFilledRule(`__meta_kubernetes_pod_label_${sanitized(spec.jobLabel)}`, 'job')]
      : []),
    ...(port === '' ? [] : [setRule('endpoint', port)]),
    ...ownRules(endpoint.relabelings),
    ...enforcedRules(notebook.settings, namespace),
  ];
}

function portRules({ port, portNumber, targetPort }: Endpoint): Rule[] {
  const name = port || (typeof targetPort === 'string' ? targetPort : '');
  if (name !== '' && !(portNumber && !port))
    return [keepRule('__meta_kubernetes_pod_container_port_name', name)];
  const number = portNumber || targetPort;
  return number ? [keepRule('__meta_kubernetes_pod_container_port_number', String(number))] : [];
}
