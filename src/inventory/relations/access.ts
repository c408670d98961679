import { keyOf, type ObjectRef } from '../../model/object.ts';
import type { RbacRule, RbacSubject } from '../index/rbac.ts';
import type { ObjectsView } from './objects-view.ts';
import { type Action, allows, effectiveRules } from './permissions.ts';
import { subjectKeyOf } from './subjects.ts';
import { wellKnownRules } from './well-known-roles.ts';

/** What one binding gives a subject. */
export interface Permission {
  /** Where it holds; '' for everywhere. */
  readonly namespace: string;
  readonly rules: readonly RbacRule[];
  readonly binding: ObjectRef;
  readonly role: ObjectRef;
  /** Whom the binding names: the subject, or a group that it is in. */
  readonly named: RbacSubject;
}

/** A role that a binding gives and that is not there: what it allows cannot be told. */
export interface UnknownRole {
  readonly binding: ObjectRef;
  readonly role: ObjectRef;
}

/** Somebody who may do what was asked, and why. */
export interface Allowed {
  readonly subject: RbacSubject;
  readonly permission: Permission;
}

/**
 * Who may do what, by role-based access control: bindings, roles, aggregated roles, and the groups that service accounts
 * are in. What webhooks and other authorizers allow besides is not in it.
 *
 * It shows one moment: make another after objects of access control changed.
 */
export class AccessGraph {
  readonly view: ObjectsView;
  readonly #rules = new Map<string, readonly RbacRule[] | undefined>();
  readonly #permissions = new Map<string, readonly Permission[]>();
  #subjects: readonly RbacSubject[] | undefined;

  constructor(view: ObjectsView) {
    this.view = view;
  }

  /** All that bindings name, every service account there is, and those that something runs as; each once. */
  subjects(): readonly RbacSubject[] {
    if (this.#subjects !== undefined) return this.#subjects;
    const found = new Map<string, RbacSubject>();
    for (const subject of this.view.index.rbac.subjects()) found.set(subjectKeyOf(subject), subject);
    const declared = this.view
      .list('ServiceAccount')
      .map(({ metadata: { namespace = '', name } }) => ({ namespace, name }));
    for (const { namespace, name } of [...declared, ...this.view.index.accounts.all()]) {
      const account: RbacSubject = { kind: 'ServiceAccount', namespace, name };
      found.set(subjectKeyOf(account), account);
    }
    this.#subjects = [...found.values()];
    return this.#subjects;
  }

  /** What the subject is given by bindings whose role is there. */
  permissionsOf(subject: RbacSubject): readonly Permission[] {
    const key = subjectKeyOf(subject);
    const known = this.#permissions.get(key);
    if (known !== undefined) return known;
    const permissions = this.view.index.rbac.grantsOf(subject).flatMap((grant): readonly Permission[] => {
      const rules = this.#rulesOf(grant.role);
      if (rules === undefined) return [];
      const { namespace, binding, role, subject: named } = grant;
      return [{ namespace, rules, binding, role, named }];
    });
    this.#permissions.set(key, permissions);
    return permissions;
  }

  unknownRolesOf(subject: RbacSubject): readonly UnknownRole[] {
    return this.view.index.rbac
      .grantsOf(subject)
      .filter(({ role }) => this.#rulesOf(role) === undefined)
      .map(({ binding, role }) => ({ binding, role }));
  }

  /** Why the subject may do it in the namespace ('': everywhere); undefined when no permission allows it. */
  mayBy(subject: RbacSubject, action: Action, namespace: string): Permission | undefined {
    return this.permissionsOf(subject).find(
      (permission) =>
        (permission.namespace === '' || permission.namespace === namespace) &&
        permission.rules.some((rule) => allows(rule, action)),
    );
  }

  /** All that bindings name who may do it, each once; members of a named group are told by the group. */
  whoMay(action: Action, namespace: string): readonly Allowed[] {
    return this.view.index.rbac.subjects().flatMap((subject): readonly Allowed[] => {
      const permission = this.permissionsOf(subject).find(
        (one) =>
          subjectKeyOf(one.named) === subjectKeyOf(subject) &&
          (one.namespace === '' || one.namespace === namespace) &&
          one.rules.some((rule) => allows(rule, action)),
      );
      return permission === undefined ? [] : [{ subject, permission }];
    });
  }

  #rulesOf(role: ObjectRef): readonly RbacRule[] | undefined {
    const key = keyOf(role);
    if (this.#rules.has(key)) return this.#rules.get(key);
    const object = this.view.object(key);
    const rules =
      object === undefined
        ? wellKnownRules(role)
        : effectiveRules(object, () => this.view.list('ClusterRole'));
    this.#rules.set(key, rules);
    return rules;
  }
}
