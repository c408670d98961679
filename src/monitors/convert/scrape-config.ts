import { z } from 'zod';
import type { KubeObject } from '../../model/object.ts';
import { type Conversion, type ConvertContext, Notebook, setFields } from './conversion.ts';
import { clientSection, credentialFields } from './credentials.ts';
import { limitFields, limitSection } from './limits.ts';
import {
  attachMetadataField,
  durationText,
  honours,
  noteUnknown,
  paramsField,
  readSpec,
  schemeText,
  timing,
} from './object-spec.ts';
import { enforcedRules, ownRules, relabelingSchema, rememberJob, setRule } from './relabelings.ts';

const { bearerTokenFile: _file, bearerTokenSecret: _secret, ...credentials } = credentialFields;

const staticField = z.looseObject({
  targets: z.array(z.string()),
  labels: z.record(z.string(), z.string()).nullish(),
});
const fileField = z.looseObject({ files: z.array(z.string()), refreshInterval: durationText });
const httpField = z.looseObject({ url: z.string(), refreshInterval: durationText, ...credentials });
const dnsField = z.looseObject({
  names: z.array(z.string()),
  type: z.string().nullish(),
  port: z.int().nullish(),
  refreshInterval: durationText,
});
const kubernetesField = z.looseObject({
  role: z.string(),
  apiServer: z.string().nullish(),
  namespaces: z
    .looseObject({ ownNamespace: z.boolean().nullish(), names: z.array(z.string()).nullish() })
    .nullish(),
  selectors: z
    .array(
      z.looseObject({
        role: z.string(),
        label: z.string().nullish(),
        field: z.string().nullish(),
      }),
    )
    .nullish(),
  attachMetadata: attachMetadataField,
});

const specShape = {
  jobName: z.string().nullish(),
  staticConfigs: z.array(staticField).nullish(),
  fileSDConfigs: z.array(fileField).nullish(),
  httpSDConfigs: z.array(httpField).nullish(),
  dnsSDConfigs: z.array(dnsField).nullish(),
  kubernetesSDConfigs: z.array(kubernetesField).nullish(),
  relabelings: z.array(relabelingSchema).nullish(),
  metricRelabelings: z.array(relabelingSchema).nullish(),
  metricsPath: z.string().nullish(),
  scrapeInterval: durationText,
  scrapeTimeout: durationText,
  honorLabels: z.boolean().nullish(),
  honorTimestamps: z.boolean().nullish(),
  trackTimestampsStaleness: z.boolean().nullish(),
  params: paramsField,
  scheme: schemeText,
  enableCompression: z.boolean().nullish(),
  enableHTTP2: z.boolean().nullish(),
  nameValidationScheme: z.string().nullish(),
  nameEscapingScheme: z.string().nullish(),
  ...credentials,
  ...limitFields,
};
const specSchema = z.looseObject(specShape);
type Spec = z.output<typeof specSchema>;

/** What the operator calls name schemes to what `prometheus.yml` does. */
const schemes: Readonly<Record<string, string>> = {
  UTF8: 'utf8',
  Legacy: 'legacy',
  AllowUTF8: 'allow-utf-8',
  Underscores: 'underscores',
  Dots: 'dots',
  Values: 'values',
};

/**
 * The section of a ScrapeConfig. Kinds of discovery that are not supported are noted, and the others go on.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.ScrapeConfig
 */
export function convertScrapeConfig(object: KubeObject, context: ConvertContext): Conversion {
  const namespace = object.metadata.namespace ?? '';
  const notebook = new Notebook(context, namespace);
  const spec = readSpec(object, specSchema, notebook);
  if (spec === undefined) return notebook.conversion([]);
  for (const key of Object.keys(spec))
    if (/SDConfigs$/.test(key) && !Object.hasOwn(specShape, key))
      notebook.notes.push(`spec.${key}: this kind of discovery is not supported; it finds no targets`);
    else noteUnknown({ [key]: true }, specShape, 'spec.', notebook);
  const section = {
    job_name: `scrapeConfig/${namespace}/${object.metadata.name}`,
    ...honours(spec, notebook),
    ...timing({ interval: spec.scrapeInterval, scrapeTimeout: spec.scrapeTimeout }, notebook),
    ...setFields({
      metrics_path: spec.metricsPath,
      params: spec.params,
      scheme: spec.scheme?.toLowerCase(),
      enable_compression: spec.enableCompression,
      enable_http2: spec.enableHTTP2,
      metric_name_validation_scheme: schemes[spec.nameValidationScheme ?? ''],
      metric_name_escaping_scheme: schemes[spec.nameEscapingScheme ?? ''],
    }),
    ...clientSection(spec, 'spec.', notebook),
    ...limitSection(spec, notebook.settings),
    ...discovery(spec, notebook),
    relabel_configs: [
      rememberJob,
      ...(spec.jobName ? [setRule('job', spec.jobName)] : []),
      ...ownRules(spec.relabelings),
      ...enforcedRules(notebook.settings, namespace),
    ],
    metric_relabel_configs: [
      ...ownRules(spec.metricRelabelings),
      ...enforcedRules(notebook.settings, namespace),
    ],
  };
  return notebook.conversion([section]);
}

function discovery(spec: Spec, notebook: Notebook): Record<string, unknown> {
  return setFields({
    static_configs: spec.staticConfigs?.map(({ targets, labels }) => setFields({ targets, labels })),
    file_sd_configs: spec.fileSDConfigs?.map(({ files, refreshInterval }, index) => {
      for (const file of files) notebook.ownFile(`spec.fileSDConfigs[${index}].files`, file);
      return setFields({ files, refresh_interval: refreshInterval });
    }),
    http_sd_configs: spec.httpSDConfigs?.map((one, index) => ({
      ...setFields({ url: one.url, refresh_interval: one.refreshInterval }),
      ...clientSection(one, `spec.httpSDConfigs[${index}].`, notebook),
    })),
    dns_sd_configs: spec.dnsSDConfigs?.map(({ names, type, port, refreshInterval }) =>
      setFields({ names, type, port, refresh_interval: refreshInterval }),
    ),
    kubernetes_sd_configs: spec.kubernetesSDConfigs?.map((one, index) => {
      if (one.apiServer)
        notebook.refuse(
          `spec.kubernetesSDConfigs[${index}].apiServer`,
          'an object may not send Skopos to another API server; use kubernetes_sd_configs of prometheus.yml',
        );
      return setFields({
        role: one.role.toLowerCase(),
        namespaces:
          one.namespaces &&
          setFields({ own_namespace: one.namespaces.ownNamespace, names: one.namespaces.names }),
        selectors: one.selectors?.map(({ role, label, field }) =>
          setFields({ role: role.toLowerCase(), label, field }),
        ),
        attach_metadata: one.attachMetadata && setFields({ ...one.attachMetadata }),
      });
    }),
  });
}
