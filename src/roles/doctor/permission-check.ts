import { stringify } from 'yaml';
import type { DoctorCheckJson, DoctorItemJson } from '../../api/skopos/doctor-contract.ts';
import { type Permission, resourceName } from '../../inventory/permissions/permission.ts';
import { type RoleSubject, roleManifests } from '../../inventory/permissions/role-manifests.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';

export interface PermissionCheckOptions {
  readonly permissions: readonly Permission[];
  readonly concerned: (permission: Permission) => readonly string[];
  /** Skopos' own namespace, for what is needed there alone. */
  readonly namespace?: string;
}

/** Reviews that are asked for at a time. */
const atATime = 8;

const check = { id: 'permissions', title: 'Permissions' };

/** Asks the API server for each permission whether we have it, and makes a manifest of those that we have not. */
export async function checkPermissions(
  client: KubeClient,
  { permissions, concerned, namespace }: PermissionCheckOptions,
  signal: AbortSignal,
): Promise<DoctorCheckJson> {
  const { name, subject } = await whoAmI(client, signal);
  const own = namespace ?? (subject.kind === 'ServiceAccount' ? subject.namespace : 'skopos');
  const groups = await groupsOf(client, signal);
  const wanted = permissions.filter(
    ({ optional, group }) => optional !== true || (groups?.has(group) ?? true),
  );
  const missing: Permission[] = [];
  const waiting = [...wanted];
  const ask = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const verbs = await refusedVerbs(client, one, own, signal);
      if (verbs.length > 0) missing.push({ ...one, verbs });
    }
  };
  await Promise.all(Array.from({ length: atATime }, ask));
  if (missing.length === 0)
    return {
      ...check,
      state: 'ok',
      message: `${name} may do all that is needed: ${wanted.length} resources`,
      advice: '',
    };
  // In the order in which they were wanted, whoever answered first.
  const ordered = wanted.flatMap(({ group, resource, names }) =>
    missing.filter((one) => one.group === group && one.resource === resource && one.names === names),
  );
  const manifests = roleManifests(ordered, { name: 'skopos-missing', namespace: own, subject });
  return {
    ...check,
    state: 'fail',
    message: `${name} may not do all that is needed: ${ordered.length} of ${wanted.length} resources are out of reach, and what rests on them is unknown`,
    advice: 'Apply the manifest with kubectl, or take the controls that need it out of the configuration.',
    items: ordered.map((one) => itemOf(one, own, concerned(one))),
    manifest: manifests.map((manifest) => stringify(manifest)).join('---\n'),
  };
}

function itemOf(permission: Permission, own: string, controls: readonly string[]): DoctorItemJson {
  const { verbs, scope, purpose } = permission;
  const where = scope === 'cluster' ? 'in all namespaces' : `in ${own}`;
  const ids = controls.length === 0 ? '' : `; concerned: ${controls.join(', ')}`;
  return {
    name: resourceName(permission),
    state: 'fail',
    message: `may not ${verbs.join(' and ')} ${where} (${purpose})${ids}`,
  };
}

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

/** Every user may ask this of itself: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
async function refusedVerbs(
  client: KubeClient,
  { group, resource, verbs, scope, names = [''] }: Permission,
  own: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const place = scope === 'cluster' ? {} : { namespace: own };
  const [whole, subresource] = resource.split('/');
  const attributes = subresource === undefined ? { resource: whole } : { resource: whole, subresource };
  const refused: string[] = [];
  for (const verb of verbs)
    for (const name of names) {
      const { status } = await client.write<Review>({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: {
            resourceAttributes: { verb, group, ...attributes, ...place, ...(name === '' ? {} : { name }) },
          },
        },
        signal,
      });
      if (status?.allowed !== true && !refused.includes(verb)) refused.push(verb);
    }
  return refused;
}

/** Who the API server takes us for. */
async function whoAmI(
  client: KubeClient,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly subject: RoleSubject }> {
  try {
    const { status } = await client.write<{ status?: { userInfo?: { username?: string } } }>({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      signal,
    });
    const name = status?.userInfo?.username ?? '';
    if (name !== '') return { name, subject: subjectOf(name) };
  } catch (error) {
    // Kubernetes before 1.28 does not say.
    if (!(error instanceof KubeError)) throw error;
  }
  return { name: 'this user', subject: { kind: 'User', name: 'your-user' } };
}

function subjectOf(username: string): RoleSubject {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? [];
  if (namespace === undefined || name === undefined) return { kind: 'User', name: username };
  return { kind: 'ServiceAccount', namespace, name };
}

/** API groups that the cluster has, the core group among them; undefined when it does not tell us. */
async function groupsOf(client: KubeClient, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  try {
    const { groups = [] } = await client.get<{ groups?: readonly { name: string }[] }>({
      path: '/apis',
      signal,
    });
    return new Set(['', ...groups.map(({ name }) => name)]);
  } catch (error) {
    if (error instanceof KubeError) return undefined;
    throw error;
  }
}
