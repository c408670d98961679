import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';

/**
 * What a Lease says. Empty texts and undefined are what the API leaves out.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/
 */
export interface LeaseSpec {
  /** Who holds it; absent or '' when nobody does. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** RFC 3339 with microseconds, by the holder's own clock: never compared with ours. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  /** How often it has gone from one holder to another. */
  readonly leaseTransitions?: number;
}

/** One `coordination.k8s.io/v1` Lease. */
export interface Lease {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: LeaseSpec;
}

/** Leases of one namespace, as electors and members use them. Every call may be refused, or not answered. */
export interface LeaseApi {
  /** Undefined when there is none of that name. */
  get(name: string, signal: AbortSignal): Promise<Lease | undefined>;
  /** Those with all of these labels. */
  list(labels: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly Lease[]>;
  /** @throws {KubeError} 409 when there is one of that name already. */
  create(lease: Lease, signal: AbortSignal): Promise<Lease>;
  /** @throws {KubeError} 409 when it is no longer at `metadata.resourceVersion`. */
  update(lease: Lease, signal: AbortSignal): Promise<Lease>;
  /** No failure when there is none. */
  delete(name: string, signal: AbortSignal): Promise<void>;
}

/** What using {@link kubeLeases} takes, in the namespace of the leases. */
export const leaseRules = [
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'list', 'create', 'update', 'delete'],
  },
] as const;

/** Leases of a namespace of a real cluster. */
export function kubeLeases(client: Pick<KubeClient, 'get' | 'write'>, namespace: string): LeaseApi {
  const base = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const bodyOf = (lease: Lease) => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', ...lease });
  return {
    get: (name, signal) => found(client.get<Lease>({ path: `${base}/${name}`, signal })),
    async list(labels, signal) {
      const labelSelector = Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      // There is one for each replica, so that one page has them all.
      const query = { labelSelector, limit: '500' };
      return (await client.get<{ items: readonly Lease[] }>({ path: base, query, signal })).items;
    },
    create: (lease, signal) => client.write({ method: 'POST', path: base, body: bodyOf(lease), signal }),
    update: (lease, signal) =>
      client.write({
        method: 'PUT',
        path: `${base}/${lease.metadata.name}`,
        body: bodyOf(lease),
        signal,
      }),
    async delete(name, signal) {
      await found(client.write<unknown>({ method: 'DELETE', path: `${base}/${name}`, signal }));
    },
  };
}

async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}

/** A time as Leases have it. */
export function microTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}
