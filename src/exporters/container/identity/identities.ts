import type { FoundCgroup } from '../cgroup/walk.ts';
import type { ContainerIdentity, PodName } from './identity.ts';
import { LogNames } from './log-names.ts';
import { readRuntimeState } from './runtime-state.ts';

/** A container whose runtime says nothing is asked about at so many scrapes, and then taken for what its log says. */
const maxAttempts = 5;

interface Known {
  identity: ContainerIdentity | undefined;
  /** Whether the runtime itself told it, so that nothing is missing. */
  isWhole: boolean;
  attempts: number;
}

/**
 * Who is in which cgroup. What the runtime says is asked once for each container; the names of logs fill in where it cannot be read.
 * Neither needs the API server, the kubelet or a token. Containers that are gone are forgotten.
 */
export class Identities {
  readonly #containers = new Map<string, Known>();
  readonly #pods = new Map<string, PodName>();
  #logs: LogNames | undefined;

  /** Looks at what is there now; to be called before the others at each scrape. @throws when the folders of logs cannot be listed. */
  refresh(found: readonly FoundCgroup[], rootfs: string): void {
    this.#logs = undefined;
    const ids = new Set<string>();
    const uids = new Set<string>();
    for (const { owner } of found) {
      if (owner.podUid !== undefined) uids.add(owner.podUid);
      if (owner.kind !== 'container' || owner.containerId === undefined) continue;
      ids.add(owner.containerId);
      this.#learn(owner.containerId, owner.podUid, rootfs);
    }
    for (const uid of uids) this.#learnPod(uid, rootfs);
    keepOnly(this.#containers, ids);
    keepOnly(this.#pods, uids);
    this.#logs = undefined;
  }

  containerOf(id: string): ContainerIdentity | undefined {
    return this.#containers.get(id)?.identity;
  }

  podOf(uid: string): PodName | undefined {
    return this.#pods.get(uid);
  }

  #learn(id: string, uid: string | undefined, rootfs: string): void {
    let known = this.#containers.get(id);
    if (known === undefined) {
      known = { identity: undefined, isWhole: false, attempts: 0 };
      this.#containers.set(id, known);
    }
    if (!known.isWhole && known.attempts < maxAttempts) {
      known.attempts++;
      const told = readRuntimeState(rootfs, id);
      known.isWhole = told !== undefined;
      known.identity = told ?? this.#logsOf(rootfs).containerOf(id) ?? known.identity;
    }
    const { identity } = known;
    const podUid = uid ?? identity?.podUid ?? '';
    if (identity !== undefined && podUid !== '')
      this.#pods.set(podUid, { namespace: identity.namespace, pod: identity.pod });
  }

  #learnPod(uid: string, rootfs: string): void {
    const pod = this.#pods.get(uid) ?? this.#logsOf(rootfs).podOf(uid);
    if (pod !== undefined) this.#pods.set(uid, pod);
  }

  #logsOf(rootfs: string): LogNames {
    this.#logs ??= new LogNames(rootfs);
    return this.#logs;
  }
}

function keepOnly(map: Map<string, unknown>, keys: ReadonlySet<string>): void {
  for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
}
