import type { KubeObject } from '../model/object.ts';
import type { Breach, Check, ClusterView } from './control.ts';
import { getIn, namespaceOf } from './namespaces.ts';
import { itemsOf, textsOf } from './pod-spec.ts';

/** Who a binding gives its role to. */
export interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs?: readonly string[];
}

/** What a rule of a role must allow to be of interest: one of each. */
export interface Grant {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The role that a binding gives, where the cluster has it. */
export function roleOf(binding: KubeObject, view: ClusterView): KubeObject | undefined {
  const ref = binding['roleRef'] as { kind?: string; name?: string } | null | undefined;
  if (typeof ref?.name !== 'string') return undefined;
  if (ref.kind === 'ClusterRole') return view.get('ClusterRole', '', ref.name);
  return ref.kind === 'Role' ? getIn(view, 'Role', namespaceOf(binding), ref.name) : undefined;
}

/**
 * A check of what subjects may do. Upstream judges each subject together with its binding and role; here a binding is
 * judged, and each of its subjects that the role allows too much is a breach. `relatedObjects[0]` in paths is the binding,
 * `relatedObjects[1]` the role.
 */
export function grantCheck(options: {
  readonly rule: string;
  readonly grant: Grant;
  /** What the subject may do, for people: `may run commands in containers`. */
  readonly means: string;
  /** Narrows the rules of roles that count. */
  counts?(rule: PolicyRule): boolean;
  /** Narrows the bindings that count. */
  applies?(binding: KubeObject, role: KubeObject): boolean;
  /** What is named can be taken out; it is to be looked at otherwise. */
  readonly isDeletable?: true;
}): Check {
  return bindingCheck(options.rule, (binding, role) => {
    if (options.applies?.(binding, role) === false) return [];
    const subjects = subjectsOf(binding);
    return itemsOf(role['rules'] as readonly PolicyRule[] | undefined).flatMap(({ item: rule, index }) => {
      const allowed = allowedBy(rule, options.grant, `relatedObjects[1].rules[${index}]`);
      if (allowed === undefined || options.counts?.(rule) === false) return [];
      return subjects.map(({ item: subject, index: i }): Breach => {
        const places = [...allowed, `relatedObjects[0].subjects[${i}]`, 'relatedObjects[0].roleRef.name'];
        return {
          message: `${subjectName(subject)} ${options.means}, by ${role.kind} ${role.metadata.name}`,
          ...(options.isDeletable === true ? { deletePaths: places } : { reviewPaths: places }),
          failedPaths: places,
          fixPaths: [],
          ...derived(subject, binding, role),
        };
      });
    });
  });
}

/** A check of bindings together with the role that each gives; bindings of roles that are not there give nothing. */
export function bindingCheck(
  rule: string,
  judge: (binding: KubeObject, role: KubeObject) => Breach[],
): Check {
  return {
    rule,
    kinds: ['RoleBinding', 'ClusterRoleBinding'],
    judge(binding, { view }) {
      const role = roleOf(binding, view);
      return role === undefined ? [] : judge(binding, role);
    },
  };
}

/** What upstream names in place of an object when it judges a subject with its binding and role. */
export function derived(
  subject: Subject,
  binding: KubeObject,
  role: KubeObject,
): Pick<Breach, 'external' | 'related'> {
  return { external: { ...subject, relatedObjects: [binding, role] }, related: [binding, role] };
}

/** Whether a rule of the role allows one of each that the grant names. */
export function grants(role: KubeObject, grant: Grant): boolean {
  return itemsOf(role['rules'] as readonly PolicyRule[] | undefined).some(
    ({ item }) => allowedBy(item, grant, '') !== undefined,
  );
}

/** The places in the rule that allow it; undefined when the rule does not. */
function allowedBy(rule: PolicyRule, grant: Grant, path: string): string[] | undefined {
  const places: string[] = [];
  for (const field of ['resources', 'verbs', 'apiGroups'] as const) {
    const hits = textsOf(rule[field]).filter(({ text }) => grant[field].includes(text));
    if (hits.length === 0) return undefined;
    places.push(...hits.map(({ index }) => `${path}.${field}[${index}]`));
  }
  return places;
}

/** Each subject of a binding once. */
export function subjectsOf(binding: KubeObject): { item: Subject; index: number }[] {
  const seen = new Set<string>();
  return itemsOf(binding['subjects'] as readonly Subject[] | undefined).filter(({ item }) => {
    const key = `${item.kind}/${item.namespace ?? ''}/${item.name}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export function subjectName({ kind = 'subject', namespace, name = '' }: Subject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
