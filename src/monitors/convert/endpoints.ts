import { z } from 'zod';
import { formatSelector, labelSelectorSchema, selectorTerms } from '../label-selector.ts';
import { type Notebook, type Rule, type Section, setFields } from './conversion.ts';
import { clientSection, credentialFields } from './credentials.ts';
import { limitFields, limitSection } from './limits.ts';
import {
  attachMetadataField,
  durationText,
  honours,
  namespaceSelectorField,
  paramsField,
  portText,
  schemeText,
  timing,
  wantedNamespaces,
} from './object-spec.ts';
import { enforcedRules, ownRules, relabelingSchema } from './relabelings.ts';

/** What an endpoint of a ServiceMonitor and one of a PodMonitor both have. */
export const endpointFields = {
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
const endpointSchema = z.looseObject(endpointFields);

/** What the specs of both have. */
export const selectingFields = {
  jobLabel: z.string().nullish(),
  podTargetLabels: z.array(z.string()).nullish(),
  selector: labelSelectorSchema,
  selectorMechanism: z.enum(['RelabelConfig', 'RoleSelector']).nullish(),
  namespaceSelector: namespaceSelectorField,
  attachMetadata: attachMetadataField,
  ...limitFields,
};
const selectingSchema = z.looseObject(selectingFields);
type Selecting = z.output<typeof selectingSchema>;

/** Where the targets of a monitor are looked for: in the wanted namespaces, by the selector where the server is to apply it. */
export function discoveryOf(
  spec: Selecting,
  namespace: string,
  { role, selected }: { readonly role: string; readonly selected: 'pod' | 'service' },
  notebook: Notebook,
): Readonly<Record<string, unknown>> {
  const names = wantedNamespaces(spec.namespaceSelector, namespace, notebook.settings);
  const label = formatSelector(selectorTerms(spec.selector));
  return {
    role,
    ...(names.length === 0 ? {} : { namespaces: { names } }),
    ...(spec.attachMetadata ? { attach_metadata: setFields({ ...spec.attachMetadata }) } : {}),
    ...(spec.selectorMechanism === 'RoleSelector' && label !== ''
      ? { selectors: [{ role: selected, label }] }
      : {}),
  };
}

/** The section for one endpoint: `at` is where it stands in the object, `rules` its relabelling. */
export function endpointSection(
  spec: Selecting,
  endpoint: z.output<typeof endpointSchema>,
  given: {
    readonly jobName: string;
    readonly namespace: string;
    readonly at: string;
    readonly discovery: Readonly<Record<string, unknown>>;
    readonly rules: readonly Rule[];
  },
  notebook: Notebook,
): Section {
  return {
    job_name: given.jobName,
    ...honours(endpoint, notebook),
    kubernetes_sd_configs: [given.discovery],
    ...timing(endpoint, notebook),
    ...setFields({
      metrics_path: endpoint.path,
      params: endpoint.params,
      scheme: endpoint.scheme?.toLowerCase(),
      enable_http2: endpoint.enableHttp2,
    }),
    ...clientSection(endpoint, given.at, notebook),
    relabel_configs: given.rules,
    ...limitSection(spec, notebook.settings),
    metric_relabel_configs: [
      ...ownRules(endpoint.metricRelabelings),
      ...enforcedRules(notebook.settings, given.namespace),
    ],
  };
}
