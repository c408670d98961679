import { stringify } from 'yaml';
import { stateResources } from '../../exporters/state/state-resources.ts';
import { watchPermissions } from '../../inventory/permissions/watch-permissions.ts';
import type { Control } from '../../posture/control.ts';
import type { Framework } from '../../posture/frameworks/framework.ts';
import { kindsReadBy } from '../../posture/kinds-read.ts';
import { type Wanted, watchedKinds } from '../../roles/watched-kinds.ts';

/** Resources by their group. */
type Resources = Readonly<Record<string, readonly string[]>>;

const nothing: Wanted = { judged: [], targets: false, monitors: false };

/**
 * What the chart makes its ClusterRole of, as helm cannot ask us: the resources that are always watched, and those that a setting or a
 * control adds, with the frameworks that have such a control.
 */
export function chartPermissions(controls: readonly Control[], frameworks: readonly Framework[]): string {
  const always = resourcesOf(nothing);
  const byControl = new Map<string, { group: string; resource: string; controls: string[] }>();
  for (const control of controls)
    for (const [group, resources] of Object.entries(
      without(resourcesOf({ ...nothing, judged: kindsReadBy([control]) }), always),
    ))
      for (const resource of resources) {
        const key = `${group}/${resource}`;
        const known = byControl.get(key) ?? { group, resource, controls: [] };
        known.controls.push(control.id);
        byControl.set(key, known);
      }
  const conditional = [...byControl].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const telling = new Set(conditional.flatMap((one) => one.controls));
  const document = {
    always,
    targets: without(resourcesOf({ ...nothing, targets: true }), always),
    monitors: without(resourcesOf({ ...nothing, monitors: true }), always),
    state: stateResources.map(({ resource, group, isDefault }) => ({ resource, group, isDefault })),
    byControl: conditional,
    frameworks: Object.fromEntries(
      frameworks.map(({ name, controls: ids }) => [name.toLowerCase(), ids.filter((id) => telling.has(id))]),
    ),
  };
  const head =
    '# Written by scripts/generate.mjs; run `npm run generate` after a change of controls or of what is watched.\n';
  return head + stringify(document, { lineWidth: 120, flowCollectionPadding: false });
}

function resourcesOf(wanted: Wanted): Resources {
  const byGroup: Record<string, string[]> = {};
  for (const { group, resource } of watchPermissions(watchedKinds(wanted)))
    byGroup[group] = [...(byGroup[group] ?? []), resource].sort();
  return byGroup;
}

function without(all: Resources, known: Resources): Resources {
  const left = Object.entries(all).map(
    ([group, resources]) => [group, resources.filter((one) => known[group]?.includes(one) !== true)] as const,
  );
  return Object.fromEntries(left.filter(([, resources]) => resources.length > 0));
}
