import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';

/** Where the objects of a kind are. */
export interface KubeResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As it stands in paths: `networkpolicies`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** `apps/v1`, `v1`. */
export function apiVersionOf({ group, version }: Pick<KubeResource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Of all objects in all namespaces. */
export function pathOf(resource: KubeResource): string {
  const root = resource.group === '' ? '/api' : '/apis';
  return `${root}/${apiVersionOf(resource)}/${resource.plural}`;
}

interface GroupList {
  readonly groups?: readonly {
    readonly name: string;
    readonly versions: readonly { readonly version: string }[];
    readonly preferredVersion?: { readonly version: string };
  }[];
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/**
 * Finds where kinds are, preferred versions first. Kinds that the cluster does not have are not in the answer.
 *
 * @throws {KubeError} when discovery itself is refused.
 * @throws {UnavailableError} when the server cannot be reached.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export async function discover(
  client: KubeClient,
  kinds: readonly { readonly group: string; readonly kind: string }[],
  signal: AbortSignal,
): Promise<readonly KubeResource[]> {
  const { groups = [] } = await client.get<GroupList>({ path: '/apis', signal });
  const found: KubeResource[] = [];
  for (const group of new Set(kinds.map((kind) => kind.group))) {
    const wanted = new Set(kinds.filter((kind) => kind.group === group).map(({ kind }) => kind));
    for (const version of versionsOf(group, groups)) {
      if (wanted.size === 0) break;
      const resources = await resourcesOf(client, group, version, signal);
      found.push(...resources.filter((resource) => wanted.delete(resource.kind)));
    }
  }
  return found;
}

function versionsOf(group: string, groups: Required<GroupList>['groups']): readonly string[] {
  if (group === '') return ['v1'];
  const listed = groups.find((each) => each.name === group);
  const preferred = listed?.preferredVersion === undefined ? [] : [listed.preferredVersion.version];
  return [...new Set([...preferred, ...(listed?.versions.map(({ version }) => version) ?? [])])];
}

/** Resources of one group and version, without their parts such as `pods/log`. Empty when it has just gone. */
async function resourcesOf(
  client: KubeClient,
  group: string,
  version: string,
  signal: AbortSignal,
): Promise<readonly KubeResource[]> {
  const path = `${group === '' ? '/api' : '/apis'}/${apiVersionOf({ group, version })}`;
  try {
    const { resources = [] } = await client.get<ResourceList>({ path, signal });
    return resources
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced }) => ({ group, version, kind, plural: name, namespaced }));
  } catch (error) {
    // A group whose server is down (503) must not hide the others.
    if (error instanceof KubeError && (error.status === 404 || error.status === 503)) return [];
    throw error;
  }
}
