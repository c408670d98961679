import type { KubeObject } from '../../model/object.ts';
import { type Permission, rulesOf } from './permission.ts';

/** Whom the roles are for. */
export type RoleSubject =
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'User' | 'Group'; readonly name: string };

export interface RoleManifestOptions {
  /** Of all the objects. */
  readonly name: string;
  /** Skopos' own, where it has some; roles of the own namespace are made there. */
  readonly namespace: string;
  readonly subject: RoleSubject;
  readonly labels?: Readonly<Record<string, string>>;
}

const rbacGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${rbacGroup}/v1`;

/** The roles that give these permissions, and their bindings: cluster-wide first. A role without rules is left out. */
export function roleManifests(
  permissions: readonly Permission[],
  { name, namespace, subject, labels }: RoleManifestOptions,
): readonly KubeObject[] {
  const within = (scope: Permission['scope']) => rulesOf(permissions.filter((one) => one.scope === scope));
  const [everywhere, own] = [within('cluster'), within('own-namespace')];
  const labelled = labels === undefined ? {} : { labels };
  const subjects = [subject.kind === 'ServiceAccount' ? subject : { ...subject, apiGroup: rbacGroup }];
  const made = (kind: string, place: object, content: object): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name, ...place, ...labelled },
    ...content,
  });
  const roleRef = (kind: string) => ({ apiGroup: rbacGroup, kind, name });
  return [
    ...(everywhere.length === 0
      ? []
      : [
          made('ClusterRole', {}, { rules: everywhere }),
          made('ClusterRoleBinding', {}, { roleRef: roleRef('ClusterRole'), subjects }),
        ]),
    ...(own.length === 0
      ? []
      : [
          made('Role', { namespace }, { rules: own }),
          made('RoleBinding', { namespace }, { roleRef: roleRef('Role'), subjects }),
        ]),
  ];
}
