import type { KubeObject } from '../../model/object.ts';
import { fieldsAt, fieldsList, labelsOf } from '../index/fields.ts';
import { type RbacRule, rulesOf } from '../index/rbac.ts';
import { labelSelector } from '../index/selectors.ts';

/** One thing that somebody may want to do with the Kubernetes API. */
export interface Action {
  readonly verb: string;
  /** '' for the core group. */
  readonly group: string;
  /** `pods`, or with a part of it: `pods/exec`. */
  readonly resource: string;
  /** Of one object; any when left out, as a rule that names objects does not allow the action on all. */
  readonly name?: string;
}

/** Actions that come without the name of an object, so that a rule that names objects never allows them. */
const nameless = new Set(['create', 'deletecollection']);

/**
 * Whether a rule allows the action. One that names objects allows it on those only; `list` and `watch` of one name are
 * allowed by it, as the API server takes a field selector for the name.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
export function allows(rule: RbacRule, action: Action): boolean {
  return (
    has(rule.verbs, action.verb) &&
    has(rule.apiGroups, action.group) &&
    rule.resources.some((resource) => coversResource(resource, action.resource)) &&
    (rule.resourceNames.length === 0 ||
      (action.name !== undefined &&
        (!nameless.has(action.verb) || action.resource.includes('/')) &&
        rule.resourceNames.includes(action.name)))
  );
}

/** Names that a rule limits the action to; undefined when it does not allow it at all, empty when on every object. */
export function namesAllowed(rule: RbacRule, action: Action): readonly string[] | undefined {
  if (rule.resourceNames.length === 0) return allows(rule, action) ? [] : undefined;
  const names = rule.resourceNames.filter((name) => allows(rule, { ...action, name }));
  return names.length === 0 ? undefined : names;
}

/** Whether a rule allows a request to a path that is no resource, as `/metrics`. A last `*` stands for any rest. */
export function allowsUrl(rule: RbacRule, verb: string, url: string): boolean {
  return (
    has(rule.verbs, verb) &&
    rule.nonResourceURLs.some(
      (pattern) => pattern === url || (pattern.endsWith('*') && url.startsWith(pattern.slice(0, -1))),
    )
  );
}

/** `*` covers all, `pods/*` is no pattern of Kubernetes, and a part of any resource is covered by its name after a star. */
function coversResource(pattern: string, resource: string): boolean {
  if (pattern === '*' || pattern === resource) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && pattern === `*${resource.slice(slash)}`;
}

function has(list: readonly string[], text: string): boolean {
  return list.includes('*') || list.includes(text);
}

/**
 * The rules of a role as a cluster fills them in: those of an aggregated ClusterRole are the rules of all that its selectors
 * choose, whatever stands in it. Where none of them is there (a manifest by itself), what stands in it counts.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
export function effectiveRules(
  role: KubeObject,
  clusterRoles: () => readonly KubeObject[],
): readonly RbacRule[] {
  const selectors = fieldsList(fieldsAt(role, 'aggregationRule')['clusterRoleSelectors']).map(labelSelector);
  if (role.kind !== 'ClusterRole' || selectors.length === 0) return rulesOf(role);
  const parts = clusterRoles().filter(
    (one) =>
      one.metadata.name !== role.metadata.name &&
      selectors.some((selects) => selects(labelsOf(one.metadata.labels))),
  );
  return parts.length === 0 ? rulesOf(role) : parts.flatMap(rulesOf);
}
