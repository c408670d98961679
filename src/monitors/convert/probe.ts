import { z } from 'zod';
import type { KubeObject } from '../../model/object.ts';
import { labelSelectorSchema } from '../label-selector.ts';
import { type Conversion, type ConvertContext, Notebook, type Rule, setFields } from './conversion.ts';
import { clientSection, credentialFields } from './credentials.ts';
import { limitFields, limitSection } from './limits.ts';
import {
  durationText,
  namespaceSelectorField,
  noteUnknown,
  readSpec,
  schemeText,
  timing,
  wantedNamespaces,
} from './object-spec.ts';
import {
  copyRule,
  enforcedRules,
  ownRules,
  relabelingSchema,
  rememberJob,
  selectorRules,
  setRule,
} from './relabelings.ts';

const { bearerTokenFile: _file, followRedirects: _redirects, ...credentials } = credentialFields;

const relabelings = z.array(relabelingSchema).nullish();

const specShape = {
  jobName: z.string().nullish(),
  prober: z.looseObject({
    url: z.string().min(1, 'the address of the prober is missing'),
    path: z.string().nullish(),
    scheme: schemeText,
    proxyUrl: z.string().nullish(),
  }),
  module: z.string().nullish(),
  params: z.array(z.looseObject({ name: z.string(), values: z.array(z.string()).nullish() })).nullish(),
  targets: z.looseObject({
    staticConfig: z
      .looseObject({
        static: z.array(z.string()).nullish(),
        labels: z.record(z.string(), z.string()).nullish(),
        relabelingConfigs: relabelings,
      })
      .nullish(),
    ingress: z
      .looseObject({
        selector: labelSelectorSchema.nullish(),
        namespaceSelector: namespaceSelectorField,
        relabelingConfigs: relabelings,
      })
      .nullish(),
  }),
  interval: durationText,
  scrapeTimeout: durationText,
  metricRelabelings: relabelings,
  ...credentials,
  ...limitFields,
};
export const probeSpec = z.looseObject(specShape);
type Spec = z.output<typeof probeSpec>;

/**
 * The section of a Probe: its targets are asked for at the prober, as `target`.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Probe, and the sections that the
 * operator 0.80 writes for it.
 */
export function convertProbe(object: KubeObject, context: ConvertContext): Conversion {
  const namespace = object.metadata.namespace ?? '';
  const notebook = new Notebook(context, namespace);
  const spec = readSpec(object, probeSpec, notebook);
  if (spec === undefined) return notebook.conversion([]);
  noteUnknown(spec, specShape, 'spec.', notebook);
  const found = targets(spec, namespace, notebook);
  const { prober } = spec;
  const params = Object.fromEntries([
    ...(spec.module ? [['module', [spec.module]] as const] : []),
    ...(spec.params ?? []).map(({ name, values }) => [name, values ?? []] as const),
  ]);
  const section = {
    job_name: `probe/${namespace}/${object.metadata.name}`,
    honor_timestamps: !notebook.settings.overrideHonorTimestamps,
    metrics_path: prober.path || '/probe',
    ...timing(spec, notebook),
    ...setFields({ scheme: prober.scheme?.toLowerCase() }),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...found.discovery,
    ...clientSection({ ...spec, proxyUrl: spec.proxyUrl ?? prober.proxyUrl }, 'spec.', notebook),
    ...limitSection(spec, notebook.settings),
    relabel_configs: [
      rememberJob,
      ...(spec.jobName ? [setRule('job', spec.jobName)] : []),
      ...found.rules,
      ...enforcedRules(notebook.settings, namespace),
    ],
    metric_relabel_configs: [
      ...ownRules(spec.metricRelabelings),
      ...enforcedRules(notebook.settings, namespace),
    ],
  };
  return notebook.conversion([section]);
}

/** Static targets win where both are given, as the operator's reference says. */
function targets(
  { targets: { staticConfig, ingress }, prober }: Spec,
  namespace: string,
  notebook: Notebook,
): { readonly discovery: Record<string, unknown>; readonly rules: readonly Rule[] } {
  const toProber = [copyRule('__param_target', 'instance'), setRule('__address__', prober.url)];
  if (staticConfig)
    return {
      discovery: {
        static_configs: [
          { targets: staticConfig.static ?? [], labels: { namespace, ...staticConfig.labels } },
        ],
      },
      rules: [
        copyRule('__address__', '__param_target'),
        ...toProber,
        ...ownRules(staticConfig.relabelingConfigs),
      ],
    };
  if (!ingress) {
    notebook.refuse(
      'spec.targets',
      'neither staticConfig nor ingress is given, so there is nothing to probe',
    );
    return { discovery: {}, rules: [] };
  }
  const names = wantedNamespaces(ingress.namespaceSelector, namespace, notebook.settings);
  return {
    discovery: {
      kubernetes_sd_configs: [{ role: 'ingress', ...(names.length === 0 ? {} : { namespaces: { names } }) }],
    },
    rules: [
      ...selectorRules(ingress.selector ?? {}, 'ingress'),
      {
        source_labels: ['__meta_kubernetes_ingress_scheme', '__address__', '__meta_kubernetes_ingress_path'],
        regex: '(.+);(.+);(.+)',
        target_label: '__param_target',
        replacement: `$1://$2$3`,
      },
      copyRule('__meta_kubernetes_namespace', 'namespace'),
      copyRule('__meta_kubernetes_ingress_name', 'ingress'),
      copyRule('__address__', '__tmp_ingress_address'),
      ...toProber,
      ...ownRules(ingress.relabelingConfigs),
    ],
  };
}
