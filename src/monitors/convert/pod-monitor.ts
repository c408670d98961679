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
  portNumber: z.int().nullish(),
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
  podTargetLabels: z.array(z.string()).nullish(),
  podMetricsEndpoints: z.array(endpointSchema).nullish(),
  selector: labelSelectorSchema,
  selectorMechanism: z.enum(['RelabelConfig', 'RoleSelector']).nullish(),
  namespaceSelector: namespaceSelectorField,
  attachMetadata: attachMetadataField,
  ...limitFields,
};
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
  const names = wantedNamespaces(spec.namespaceSelector, namespace, notebook.settings);
  const label = formatSelector(selectorTerms(spec.selector));
  const job = `${namespace}/${object.metadata.name}`;
  const sections = (spec.podMetricsEndpoints ?? []).map((endpoint, index): Section => {
    const at = `spec.podMetricsEndpoints[${index}].`;
    noteUnknown(endpoint, endpointShape, at, notebook);
    return {
      job_name: `podMonitor/${job}/${index}`,
      ...honours(endpoint, notebook),
      kubernetes_sd_configs: [
        {
          role: 'pod',
          ...(names.length === 0 ? {} : { namespaces: { names } }),
          ...(spec.attachMetadata ? { attach_metadata: setFields({ ...spec.attachMetadata }) } : {}),
          ...(spec.selectorMechanism === 'RoleSelector' && label !== ''
            ? { selectors: [{ role: 'pod', label }] }
            : {}),
        },
      ],
      ...timing(endpoint, notebook),
      ...setFields({
        metrics_path: endpoint.path,
        params: endpoint.params,
        scheme: endpoint.scheme?.toLowerCase(),
        enable_http2: endpoint.enableHttp2,
      }),
      ...clientSection(endpoint, at, notebook),
      relabel_configs: rules(spec, endpoint, job, notebook),
      ...limitSection(spec, notebook.settings),
      metric_relabel_configs: [
        ...ownRules(endpoint.metricRelabelings),
        ...enforcedRules(notebook.settings, namespace),
      ],
    };
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
