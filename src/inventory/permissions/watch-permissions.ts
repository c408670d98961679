import type { WatchedKind } from '../cluster/kinds.ts';
import type { Permission } from './permission.ts';

/** A kind is listed in pages and then watched; single objects are not asked for. */
export const watchVerbs = ['list', 'watch'] as const;

/** What it takes to watch these kinds in all namespaces. */
export function watchPermissions(kinds: readonly WatchedKind[]): readonly Permission[] {
  return kinds.map(({ group, kind, metadataOnly, optional }) => ({
    group,
    resource: pluralOf(kind),
    kind,
    verbs: watchVerbs,
    scope: 'cluster',
    purpose: `to watch ${kind} objects${metadataOnly === true ? ', of which only metadata is asked for' : ''}`,
    ...(optional === true ? { optional } : {}),
  }));
}

/**
 * The resource of a kind that we watch, where no API server is at hand to say it. Kinds go by the plural of English, all but
 * `Endpoints`, which is one.
 *
 * Source: https://github.com/kubernetes/apimachinery/blob/v0.35.0/pkg/api/meta/restmapper.go (UnsafeGuessKindToResource)
 */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}
