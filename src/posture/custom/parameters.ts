import { groupOf, type KubeObject } from '../../model/object.ts';
import { getIn, listIn, namespaceOf } from '../namespaces.ts';
import { selects } from '../selectors.ts';
import type { Request } from './match.ts';
import type { BindingFields, PolicyFields } from './policy-fields.ts';
import { isNamespacedKind } from './resources.ts';

/** `none` stands for "the policy takes no parameters, or the binding gives none". */
export type Parameters =
  | { readonly found: readonly (KubeObject | undefined)[] }
  | { readonly missing: 'Allow' | 'Deny'; readonly what: string };

/**
 * The objects that a binding gives its policy as `params`; each is asked on its own.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources
 */
export function parametersOf(
  paramKind: PolicyFields['paramKind'],
  { paramRef }: BindingFields,
  { object, resource, view }: Request,
): Parameters {
  if (paramKind === undefined || paramRef === undefined) return { found: [undefined] };
  const { apiVersion, kind } = paramKind;
  const { name, selector, parameterNotFoundAction: missing = 'Deny' } = paramRef;
  const isNamespaced = isNamespacedKind(groupOf(apiVersion), kind, view) ?? paramRef.namespace !== undefined;
  const namespace = isNamespaced
    ? (paramRef.namespace ?? (resource.isNamespaced ? namespaceOf(object) : undefined))
    : '';
  if (namespace === undefined)
    return {
      missing: 'Deny',
      what: `the binding's parameters are in a namespace, and ${object.kind} objects are in none`,
    };
  const isOne = (one: KubeObject | undefined): one is KubeObject => one?.apiVersion === apiVersion;
  const found =
    name === undefined
      ? listIn(view, kind, namespace).filter(
          (one) => isOne(one) && selects(selector, one.metadata.labels ?? {}),
        )
      : [getIn(view, kind, namespace, name)].filter(isOne);
  if (found.length > 0) return { found };
  const which = name === undefined ? 'that the selector chooses' : `"${name}"`;
  return {
    missing,
    what: `no params found: there is no ${kind} ${which}${namespace === '' ? '' : ` in ${namespace}`}`,
  };
}
