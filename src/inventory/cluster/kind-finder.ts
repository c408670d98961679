import { discover, type KubeResource } from '../../kube/discovery.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { WatchedKind } from './kinds.ts';

/**
 * All groups with their kinds in one document with an ETag, where the server has it (from Kubernetes 1.26); else the groups alone.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 */
const aggregated = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/** Servers that tell of groups alone do not show that a group has a new kind: every so many times all is asked for anyway. */
const askAnywayEach = 20;

/**
 * Finds where the wanted kinds are, again and again: custom resources are defined, changed and deleted while we run. Asking needs no
 * permission beyond what every user has, and costs next to nothing while nothing changed.
 */
export class KindFinder {
  readonly #client: KubeClient;
  readonly #wanted: readonly WatchedKind[];
  #mark: string | undefined;
  #rounds = 0;

  constructor(client: KubeClient, wanted: readonly WatchedKind[]) {
    this.#client = client;
    this.#wanted = wanted;
  }

  /**
   * @returns what of the wanted kinds there is now, or undefined when nothing changed since it was last asked.
   * @throws as `discover`.
   */
  async find(signal: AbortSignal): Promise<readonly KubeResource[] | undefined> {
    const seen = await this.#client.getUnlessSame({ path: '/apis', accept: aggregated, signal }, this.#mark);
    this.#rounds++;
    if (seen === undefined && this.#rounds % askAnywayEach !== 0) return undefined;
    const found = await discover(this.#client, this.#wanted, signal);
    // Only now: what failed half way is asked for again.
    if (seen !== undefined) this.#mark = seen.mark;
    return found;
  }

  /** Something does not fit what was found: ask for all of it next time. */
  forget(): void {
    this.#mark = undefined;
  }
}
