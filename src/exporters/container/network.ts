import { statSync } from 'node:fs';
import { namesIn, readText } from '../node/host-files.ts';
import { type InterfaceUse, parseNetDev } from './cgroup/cgroup-files.ts';
import { ownerOf } from './cgroup/cgroup-path.ts';
import { FolderReader, type OnProblem } from './cgroup/read-file.ts';
import type { ReadCgroup } from './row.ts';

/** Ends of other namespaces' cables, and the loop: cAdvisor leaves them out too. */
const passedOver = /^(lo|veth|docker|nerdctl)/;

/** Of one namespace; there are pods with thousands of interfaces. */
const maxInterfaces = 64;

export interface NetworkOptions {
  readonly procfs: string;
  readonly onProblem: OnProblem;
  /** Whether the container of this id holds the namespaces of its pod. */
  readonly isSandbox: (containerId: string) => boolean;
}

/**
 * Sets the interfaces of pods and of the machine. A pod has one network, told once: at the container that holds it, as cAdvisor does,
 * or at the pod where that one is not known. That of the machine is at the root, and not told again for pods that use it.
 */
export function readNetworks(read: readonly ReadCgroup[], options: NetworkOptions): void {
  const { procfs, onProblem } = options;
  const pods = new Map<string, ReadCgroup[]>();
  for (const one of read) {
    const { owner } = one.cgroup;
    if (owner.kind === 'root') one.row.interfaces = interfacesOf(procfs, 1, onProblem);
    if (owner.podUid === undefined) continue;
    const members = pods.get(owner.podUid);
    if (members === undefined) pods.set(owner.podUid, [one]);
    else members.push(one);
  }
  let scanned: ReadonlyMap<string, number> | undefined;
  for (const [uid, members] of pods) {
    let pid = members.find((one) => one.pid !== undefined)?.pid;
    if (pid === undefined && members.some(({ row }) => row.get('processes') > 0)) {
      scanned ??= pidsOfPods(procfs);
      pid = scanned.get(uid);
    }
    const holder = holderOf(members, options.isSandbox);
    if (pid === undefined || holder === undefined || isOnHostNetwork(procfs, pid)) continue;
    holder.row.interfaces = interfacesOf(procfs, pid, onProblem);
  }
}

function holderOf(
  members: readonly ReadCgroup[],
  isSandbox: NetworkOptions['isSandbox'],
): ReadCgroup | undefined {
  const holds = ({ cgroup: { owner } }: ReadCgroup): boolean =>
    owner.containerId !== undefined && isSandbox(owner.containerId);
  return members.find(holds) ?? members.find(({ cgroup }) => cgroup.owner.kind === 'pod') ?? members[0];
}

/** Interfaces as a process sees them; none where it is gone. */
function interfacesOf(procfs: string, pid: number, onProblem: OnProblem): readonly InterfaceUse[] {
  const files = new FolderReader(`${procfs}/${pid}/net`, onProblem);
  const all = files.read('dev', parseNetDev) ?? [];
  return all.filter(({ name }) => !passedOver.test(name)).slice(0, maxInterfaces);
}

/**
 * Whether a process sees the host's own network, as those of pods with `hostNetwork` do. The file of each network namespace has a number
 * of its own, which anybody may see; the namespace itself is shown to the privileged only.
 */
function isOnHostNetwork(procfs: string, pid: number): boolean {
  const own = networkNumber(procfs, pid);
  return own === undefined || own === networkNumber(procfs, 1);
}

function networkNumber(procfs: string, pid: number): number | undefined {
  try {
    return statSync(`${procfs}/${pid}/net/dev`).ino;
  } catch {
    return undefined;
  }
}

/**
 * A process of each pod, by the pod's uid, from the cgroups of all processes: for where `cgroup.procs` gives no numbers because this
 * process does not share the host's.
 */
function pidsOfPods(procfs: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of namesIn(procfs) ?? []) {
    if (!/^\d+$/.test(name)) continue;
    for (const line of cgroupsOf(`${procfs}/${name}/cgroup`)) {
      // Outside of the host's cgroup namespace the path begins with steps upwards.
      const { podUid } = ownerOf(
        line
          .split(':')
          .slice(2)
          .join(':')
          .replace(/^(\/\.\.)+/, ''),
      );
      if (podUid !== undefined && !found.has(podUid)) found.set(podUid, Number(name));
    }
  }
  return found;
}

function cgroupsOf(path: string): string[] {
  try {
    return readText(path).split('\n');
  } catch {
    return [];
  }
}
