import type { Labels } from '../../../model/labels.ts';
import type { Attribute, OtlpScope } from '../../../wire/otlp/metrics.ts';
import { labelName, type NameSettings } from './names.ts';

/** `otlp` of a `prometheus.yml`. */
export interface OtlpSettings extends NameSettings {
  readonly promote_all_resource_attributes: boolean;
  readonly promote_resource_attributes: readonly string[];
  readonly ignore_resource_attributes: readonly string[];
  readonly keep_identifying_resource_attributes: boolean;
  readonly convert_histograms_to_nhcb: boolean;
  readonly promote_scope_metadata: boolean;
}

/** They become `job` and `instance`. */
const identifying = ['service.namespace', 'service.name', 'service.instance.id'];

/** Labels of a point: its attributes, those of its resource that are promoted, its scope where that is wanted, `job` and `instance`. */
export function pointLabels(
  attributes: readonly Attribute[],
  around: { readonly resource: readonly Attribute[]; readonly scope: OtlpScope },
  settings: OtlpSettings,
): Record<string, string> {
  const labels = merged(attributes, settings);
  for (const [name, value] of promoted(around.resource, settings))
    setNew(labels, labelName(name, settings), value);
  if (settings.promote_scope_metadata) {
    const { name, version, schemaUrl, attributes: own } = around.scope;
    for (const [key, value] of own) setNew(labels, labelName(`otel_scope_${key}`, settings), value);
    for (const [key, value] of Object.entries({ name, version, schema_url: schemaUrl }))
      if (value !== '') labels[`otel_scope_${key}`] = value;
  }
  Object.assign(labels, identity(around.resource));
  return labels;
}

/** Labels of `target_info`, which carries what is known of a resource; undefined where there is nothing to tell, or nobody to tell it of. */
export function targetInfoLabels(resource: readonly Attribute[], settings: OtlpSettings): Labels | undefined {
  const told = resource.filter(([name]) => !identifying.includes(name));
  const who = identity(resource);
  if (told.length === 0 || Object.keys(who).length === 0) return undefined;
  const kept = settings.keep_identifying_resource_attributes ? resource : told;
  return { ...merged(kept, settings), ...who, __name__: 'target_info' };
}

/** Attributes whose names become the same are joined, in the order of what they were. */
function merged(attributes: readonly Attribute[], settings: OtlpSettings): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [name, value] of [...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const label = labelName(name, settings);
    labels[label] = Object.hasOwn(labels, label) ? `${labels[label]};${value}` : value;
  }
  return labels;
}

function promoted(resource: readonly Attribute[], settings: OtlpSettings): readonly Attribute[] {
  const { promote_all_resource_attributes: all, promote_resource_attributes: some } = settings;
  return resource.filter(([name]) =>
    all ? !settings.ignore_resource_attributes.includes(name) : some.includes(name),
  );
}

function identity(resource: readonly Attribute[]): Labels {
  const of = new Map(resource);
  const [space, service, instance] = identifying.map((name) => of.get(name));
  return {
    ...(service === undefined ? {} : { job: space === undefined ? service : `${space}/${service}` }),
    ...(instance === undefined ? {} : { instance }),
  };
}

function setNew(labels: Record<string, string>, name: string, value: string): void {
  if (!Object.hasOwn(labels, name)) labels[name] = value;
}
