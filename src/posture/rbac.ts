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

interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
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
}): Check {
  return {
    rule: options.rule,
    kinds: ['RoleBinding', 'ClusterRoleBinding'],
    judge(binding, { view }) {
      const role = roleOf(binding, view);
      if (role === undefined) return [];
      const subjects = subjectsOf(binding);
      const rules = itemsOf(role['rules'] as readonly PolicyRule[] | undefined);
      return rules.flatMap(({ item: rule, index }) => {
        const allowed = allowedBy(rule, options.grant, `relatedObjects[1].rules[${index}]`);
        if (allowed === undefined) return [];
        return subjects.map(({ item: subject, index: i }): Breach => {
          const places = [...allowed, `relatedObjects[0].subjects[${i}]`, 'relatedObjects[0].roleRef.name'];
          return {
            message: `${subjectName(subject)} ${options.means}, by ${role.kind} ${role.metadata.name}`,
            reviewPaths: places,
            failedPaths: places,
            fixPaths: [],
            external: { ...subject, relatedObjects: [binding, role] },
            related: [binding, role],
          };
        });
      });
    },
  };
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
function subjectsOf(binding: KubeObject): { item: Subject; index: number }[] {
  const seen = new Set<string>();
  return itemsOf(binding['subjects'] as readonly Subject[] | undefined).filter(({ item }) => {
    const key = `${item.kind}/${item.namespace ?? ''}/${item.name}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function subjectName({ kind = 'subject', namespace, name = '' }: Subject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
