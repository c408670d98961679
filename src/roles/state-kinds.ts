import type { CustomKind } from '../exporters/state/custom/custom-resources.ts';
import { resources } from '../exporters/state/resources/index.ts';
import { selectFamilies } from '../exporters/state/select-families.ts';
import type { StateSettings } from '../exporters/state/settings.ts';
import type { RenderedKind } from '../exporters/state/state-objects.ts';
import { stateResources } from '../exporters/state/state-resources.ts';

/** The kinds that are rendered with these settings, so that they are watched. */
export function stateKinds(
  settings: StateSettings,
  custom: readonly CustomKind[],
): readonly { readonly group: string; readonly kind: string; readonly isOptional?: boolean }[] {
  const named = chosenResources(settings);
  return [
    ...stateResources.filter(({ resource }) => named.has(resource)),
    ...custom.map(({ group, kind }) => ({ group, kind, isOptional: true })),
  ];
}

/**
 * The same with what each becomes.
 *
 * @throws {BadInputError} for a pattern of the settings that is none.
 */
export function renderedKinds(
  settings: StateSettings,
  custom: readonly CustomKind[],
): readonly RenderedKind[] {
  const named = chosenResources(settings);
  const selection = {
    metricAllowlist: settings.metric_allowlist,
    metricDenylist: settings.metric_denylist,
    metricOptInList: settings.metric_opt_in_list,
    labelsAllowlist: settings.metric_labels_allowlist,
    annotationsAllowlist: settings.metric_annotations_allowlist,
  };
  const own = selectFamilies(
    resources.filter(({ resource }) => named.has(resource)),
    selection,
  ).flatMap((resource) => {
    const found = stateResources.find((one) => one.resource === resource.resource);
    return found === undefined ? [] : [{ group: found.group, kind: found.kind, resource }];
  });
  const more = custom.flatMap(({ group, kind, resource }) =>
    selectFamilies([resource], selection).map((selected) => ({ group, kind, resource: selected })),
  );
  return [...own, ...more];
}

function chosenResources({
  resources: named,
  exclude_resources: excluded,
}: StateSettings): ReadonlySet<string> {
  const all = named ?? stateResources.filter(({ isDefault }) => isDefault).map(({ resource }) => resource);
  return new Set(all.filter((resource) => !excluded.includes(resource)));
}
