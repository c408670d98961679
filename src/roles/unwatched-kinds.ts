import type { LookedAtKind } from '../findings/kind-looks.ts';
import { pluralOf } from '../inventory/permissions/watch-permissions.ts';
import { groupOf, type KubeObject } from '../model/object.ts';
import { policyKinds } from '../posture/custom/custom-controls.ts';
import { kindOfResource } from '../posture/custom/resources.ts';

/** A kind that a policy is about, or takes its parameters from, and that nobody watches. */
export interface UnwatchedKind extends LookedAtKind {
  /** Names of the policies, in order. */
  readonly policies: readonly string[];
}

interface PolicySpec {
  readonly policyName?: unknown;
  readonly paramKind?: { readonly apiVersion?: unknown; readonly kind?: unknown } | null;
  readonly matchConstraints?: { readonly resourceRules?: unknown } | null;
}

/**
 * What policies that have a binding ask about beyond what is watched. A cluster's kinds are chosen at the start, so that a policy which
 * comes later may be about one of which there are no objects here: it would pass, as if there were none anywhere. A kind that we do not
 * know goes by the name of its resource. Rules for all resources (`*`) ask for nothing more than what there is.
 */
export function unwatchedKinds(
  objects: Iterable<KubeObject>,
  watched: readonly LookedAtKind[],
): readonly UnwatchedKind[] {
  const all = [...objects].map((object) => ({ ...object, own: (object['spec'] ?? {}) as PolicySpec }));
  const bound = new Set(all.map(({ own }) => own.policyName));
  const isWatched = new Set(
    watched.flatMap(({ group, kind }) => [`${group}/${kind}`, `${group}/${pluralOf(kind)}`]),
  );
  const found = new Map<string, { readonly kind: LookedAtKind; readonly policies: string[] }>();
  for (const { kind, metadata, own } of all) {
    if (kind !== policyKinds[0] || !bound.has(metadata.name)) continue;
    for (const one of [...judgedKinds(own), ...parameterKinds(own)]) {
      const key = `${one.group}/${one.kind}`;
      if (isWatched.has(key)) continue;
      const known = found.get(key);
      if (known === undefined) found.set(key, { kind: one, policies: [metadata.name] });
      else if (!known.policies.includes(metadata.name)) known.policies.push(metadata.name);
    }
  }
  return [...found.values()].map(({ kind, policies }) => ({ ...kind, policies: policies.sort() }));
}

function* judgedKinds({ matchConstraints }: PolicySpec): Generator<LookedAtKind> {
  for (const rule of listOf<Readonly<Record<string, unknown>> | null>(matchConstraints?.resourceRules))
    for (const name of listOf<string>(rule?.['resources'])) {
      const [resource = '', ...sub] = String(name).split('/');
      if (resource === '*' || sub.length > 0) continue;
      for (const group of listOf<string>(rule?.['apiGroups']))
        if (group !== '*') yield { group: String(group), kind: kindOfResource.get(resource) ?? resource };
    }
}

function* parameterKinds({ paramKind }: PolicySpec): Generator<LookedAtKind> {
  const { apiVersion, kind } = paramKind ?? {};
  if (typeof apiVersion === 'string' && typeof kind === 'string') yield { group: groupOf(apiVersion), kind };
}

/** What is written wrongly is told of elsewhere. */
function listOf<Item>(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value : [];
}
