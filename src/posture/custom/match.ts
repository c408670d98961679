import type { KubeObject } from '../../model/object.ts';
import type { ClusterView } from '../control.ts';
import { getIn, namespaceOf } from '../namespaces.ts';
import { type LabelSelector, selects } from '../selectors.ts';
import type { MatchFields, RuleFields } from './policy-fields.ts';
import type { Resource } from './resources.ts';

/** Policies do not apply to what admission itself is made of. */
const exempt: ReadonlySet<string> = new Set([
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
]);

/** An object that is about to be created, and what the API server calls it. */
export interface Request {
  readonly object: KubeObject;
  readonly resource: Resource;
  readonly view: ClusterView;
}

/**
 * Whether creating the object is something that these fields choose; a text says why nobody can tell.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ (matchConstraints)
 *
 * @param isBinding a binding without rules takes everything that its policy takes.
 */
export function isChosen(match: MatchFields, request: Request, isBinding = false): boolean | string {
  const { object, resource } = request;
  if (exempt.has(resource.name) && resource.group === 'admissionregistration.k8s.io') return false;
  const { resourceRules = [], excludeResourceRules = [] } = match;
  const isAnyVersion = match.matchPolicy !== 'Exact';
  const takes = (rule: RuleFields) => ruleTakes(rule, object, resource, isAnyVersion);
  if (excludeResourceRules.some(takes)) return false;
  if (resourceRules.length === 0 ? !isBinding : !resourceRules.some(takes)) return false;
  if (match.objectSelector !== undefined && !selects(match.objectSelector, object.metadata.labels ?? {}))
    return false;
  return match.namespaceSelector === undefined || isInNamespace(match.namespaceSelector, request);
}

function ruleTakes(
  rule: RuleFields,
  { metadata }: KubeObject,
  resource: Resource,
  isAnyVersion: boolean,
): boolean {
  const has = (list: readonly string[] | undefined, own: string) =>
    list?.some((one) => one === '*' || one === own) === true;
  const { resourceNames = [], scope = '*' } = rule;
  return (
    has(rule.operations, 'CREATE') &&
    has(rule.apiGroups, resource.group) &&
    (isAnyVersion || has(rule.apiVersions, resource.version)) &&
    rule.resources?.some((name) => isResource(name, resource.name)) === true &&
    (scope === '*' || (scope === 'Namespaced') === resource.isNamespaced) &&
    (resourceNames.length === 0 || resourceNames.includes(metadata.name))
  );
}

/** `pods`, `*`, `pods/*`, and `*` with a slash and another; those of other sub-resources are no objects. */
function isResource(pattern: string, own: string): boolean {
  const [name = '', part = ''] = pattern.split('/');
  return (name === '*' || name === own) && (part === '' || part === '*');
}

/** The label that every namespace has. */
const nameLabel = 'kubernetes.io/metadata.name';

function isInNamespace(selector: LabelSelector, { object, resource, view }: Request): boolean | string {
  if (object.kind === 'Namespace' && resource.group === '')
    return selects(selector, { ...object.metadata.labels, [nameLabel]: object.metadata.name });
  if (!resource.isNamespaced) return true;
  const name = namespaceOf(object);
  const namespace = getIn(view, 'Namespace', '', name);
  if (namespace === undefined && keysOf(selector).some((key) => key !== nameLabel))
    return `it depends on the labels of Namespace ${name}, which is not among the objects here`;
  return selects(selector, { ...namespace?.metadata.labels, [nameLabel]: name });
}

function keysOf({ matchLabels, matchExpressions }: LabelSelector): readonly string[] {
  return [...Object.keys(matchLabels ?? {}), ...(matchExpressions ?? []).map(({ key = '' }) => key)];
}
