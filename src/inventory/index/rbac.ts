import { type KubeObject, keyOf, type ObjectRef } from '../../model/object.ts';
import { fieldsAt, fieldsList, textList, textOf } from './fields.ts';

/** Who may be granted something. `namespace` is '' for users and groups. */
export interface RbacSubject {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  readonly namespace: string;
  readonly name: string;
}

export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly verbs: readonly string[];
}

/** What one binding grants. */
export interface RbacGrant {
  readonly binding: ObjectRef;
  readonly role: ObjectRef;
  /** Where it holds; '' for everywhere. */
  readonly namespace: string;
  /** Undefined when the role is not held, so that nothing can be said of it. */
  readonly rules: readonly RbacRule[] | undefined;
  /** The subject that the binding names: the one asked for, or a group that it is in. */
  readonly subject: RbacSubject;
}

interface Binding {
  readonly ref: ObjectRef;
  readonly role: ObjectRef;
  readonly subjects: readonly RbacSubject[];
}

const rbacGroup = 'rbac.authorization.k8s.io';

/** Subjects → bindings → roles → rules. Roles are opened when asked for; only the bindings are held. */
export class RbacIndex {
  readonly #open: (key: string) => KubeObject | undefined;
  readonly #bindings = new Map<string, Binding>();
  readonly #bySubject = new Map<string, Set<string>>();
  readonly #byRole = new Map<string, Set<string>>();

  constructor(open: (key: string) => KubeObject | undefined) {
    this.#open = open;
  }

  put(key: string, ref: ObjectRef, object: KubeObject): void {
    this.delete(key);
    if (ref.kind !== 'RoleBinding' && ref.kind !== 'ClusterRoleBinding') return;
    const binding = { ref, role: roleOf(ref, object), subjects: subjectsOf(ref, object) };
    this.#bindings.set(key, binding);
    for (const subject of binding.subjects) add(this.#bySubject, subjectKey(subject), key);
    add(this.#byRole, keyOf(binding.role), key);
  }

  delete(key: string): void {
    const binding = this.#bindings.get(key);
    if (binding === undefined) return;
    this.#bindings.delete(key);
    for (const subject of binding.subjects) drop(this.#bySubject, subjectKey(subject), key);
    drop(this.#byRole, keyOf(binding.role), key);
  }

  /** All that a binding names, each once. */
  subjects(): readonly RbacSubject[] {
    const found = new Map<string, RbacSubject>();
    for (const { subjects } of this.#bindings.values())
      for (const subject of subjects) found.set(subjectKey(subject), subject);
    return [...found.values()];
  }

  /** All that the subject is granted, through the groups as well that everybody of its kind is in. */
  grantsOf(subject: RbacSubject): readonly RbacGrant[] {
    return [subject, ...groupsOf(subject)].flatMap((named) =>
      [...(this.#bySubject.get(subjectKey(named)) ?? [])].flatMap((key) => this.#grant(key, named)),
    );
  }

  /** Keys of the bindings that grant the role. */
  bindingsOfRole(roleKey: string): readonly string[] {
    return [...(this.#byRole.get(roleKey) ?? [])];
  }

  #grant(key: string, subject: RbacSubject): readonly RbacGrant[] {
    const binding = this.#bindings.get(key);
    if (binding === undefined) return [];
    const { ref, role } = binding;
    const object = this.#open(keyOf(role));
    const rules = object === undefined ? undefined : rulesOf(object);
    return [{ binding: ref, role, namespace: ref.namespace, rules, subject }];
  }
}

/** The rules of a Role or ClusterRole. */
export function rulesOf(role: KubeObject): readonly RbacRule[] {
  return fieldsList(role['rules']).map((rule) => ({
    apiGroups: textList(rule['apiGroups']),
    resources: textList(rule['resources']),
    resourceNames: textList(rule['resourceNames']),
    nonResourceURLs: textList(rule['nonResourceURLs']),
    verbs: textList(rule['verbs']),
  }));
}

function roleOf(binding: ObjectRef, object: KubeObject): ObjectRef {
  const role = fieldsAt(object, 'roleRef');
  const kind = textOf(role['kind']);
  return {
    group: textOf(role['apiGroup']) || rbacGroup,
    kind,
    namespace: kind === 'Role' ? binding.namespace : '',
    name: textOf(role['name']),
  };
}

function subjectsOf(binding: ObjectRef, object: KubeObject): readonly RbacSubject[] {
  return fieldsList(object['subjects']).flatMap((subject): readonly RbacSubject[] => {
    const kind = textOf(subject['kind']);
    const name = textOf(subject['name']);
    if (kind === 'ServiceAccount')
      return [{ kind, namespace: textOf(subject['namespace']) || binding.namespace, name }];
    return kind === 'User' || kind === 'Group' ? [{ kind, namespace: '', name }] : [];
  });
}

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
function groupsOf({ kind, namespace, name }: RbacSubject): readonly RbacSubject[] {
  if (kind === 'Group') return [];
  const groups =
    kind === 'ServiceAccount'
      ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
      : [name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'];
  return groups.map((group) => ({ kind: 'Group', namespace: '', name: group }));
}

function subjectKey({ kind, namespace, name }: RbacSubject): string {
  return `${kind}/${namespace}/${name}`;
}

function add(index: Map<string, Set<string>>, at: string, key: string): void {
  const keys = index.get(at);
  if (keys === undefined) index.set(at, new Set([key]));
  else keys.add(key);
}

function drop(index: Map<string, Set<string>>, at: string, key: string): void {
  const keys = index.get(at);
  keys?.delete(key);
  if (keys?.size === 0) index.delete(at);
}
