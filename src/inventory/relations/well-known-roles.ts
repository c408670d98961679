import type { ObjectRef } from '../../model/object.ts';
import type { RbacRule } from '../index/rbac.ts';

const none: readonly string[] = [];

function rule(
  verbs: readonly string[],
  apiGroups: readonly string[],
  resources: readonly string[],
): RbacRule {
  return { verbs, apiGroups, resources, resourceNames: none, nonResourceURLs: none };
}

/**
 * Roles that every cluster makes by itself, and that manifests use without bringing them along.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
 */
const wellKnown: ReadonlyMap<string, readonly RbacRule[]> = new Map([
  ['cluster-admin', [{ ...rule(['*'], ['*'], ['*']), nonResourceURLs: ['*'] }]],
]);

/** What a role allows that is not held, where that is the same in every cluster; undefined for any other. */
export function wellKnownRules({ kind, name }: ObjectRef): readonly RbacRule[] | undefined {
  return kind === 'ClusterRole' ? wellKnown.get(name) : undefined;
}
