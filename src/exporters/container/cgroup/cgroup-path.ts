/** What a cgroup's path says about who is in it. */
export interface CgroupOwner {
  /** `group`: a slice, a class of service or a service; `inner`: something that a container made below itself. */
  readonly kind: 'root' | 'group' | 'pod' | 'container' | 'inner';
  /** With dashes, as the API has it; of a static pod the hash of its file. */
  readonly podUid?: string;
  /** 64 hexadecimal digits. */
  readonly containerId?: string;
}

const uid = '[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32}';
const podName = new RegExp(`(?:^|-)pod(${uid})(?:\\.slice)?$`);
/** `<runtime>-<id>.scope` of systemd, `<id>` alone of cgroupfs, and `…slice:cri-containerd:<id>` of containerd below a service. */
const containerName =
  /^(?:(?:(?:cri-containerd|containerd|crio|docker|libpod)-)?([0-9a-f]{64})(?:\.scope)?|(.*):(?:cri-containerd|crio|docker):([0-9a-f]{64}))$/;
/** The slices of kubelet and its classes of service, as both drivers name them, and with a root that is configured (kind). */
const kubeGroup = /^(?:kubelet|kubepods|besteffort|burstable)$|kubepods[^:]*\.slice$|^kubelet\.slice$/;
const nodeServices = new Set(['kubelet', 'containerd', 'crio', 'docker', 'k3s', 'k3s-agent', 'rke2-agent']);

/**
 * Whose cgroup it is, by its path below the root of the hierarchy (`/` or `/a/b`): those of the kubelet with the drivers
 * `systemd` and `cgroupfs`, under containerd, CRI-O, Docker and Podman.
 *
 * Source: https://kubernetes.io/docs/setup/production-environment/container-runtimes/#cgroup-drivers and
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/cm/cgroup_manager_linux.go (names)
 */
export function ownerOf(path: string): CgroupOwner {
  if (path === '/') return { kind: 'root' };
  const parts = path.slice(1).split('/');
  const told = parts.map(idsIn);
  // A pod of a node that is itself a container begins anew.
  const pod = told.findLastIndex((ids) => ids?.podUid !== undefined);
  const container = told.slice(Math.max(0, pod)).findLast((ids) => ids?.containerId !== undefined);
  const ids = { ...told[pod], ...container };
  const last = told.at(-1);
  if (last !== undefined) return { kind: last.containerId === undefined ? 'pod' : 'container', ...ids };
  if (pod >= 0 || container !== undefined) return { kind: 'inner', ...ids };
  return { kind: parts.length === 1 || isGroup(parts.at(-1) ?? '') ? 'group' : 'inner' };
}

/** What one folder's name tells: a pod, a container, or neither. */
function idsIn(part: string): Pick<CgroupOwner, 'podUid' | 'containerId'> | undefined {
  const podUid = podUidOf(part);
  if (podUid !== undefined) return { podUid };
  const match = containerName.exec(part);
  const containerId = match?.[1] ?? match?.[3];
  if (containerId === undefined) return undefined;
  const ofPart = podUidOf(match?.[2] ?? '');
  return ofPart === undefined ? { containerId } : { podUid: ofPart, containerId };
}

function isGroup(name: string): boolean {
  return kubeGroup.test(name) || nodeServices.has(name.replace(/\.service$/, ''));
}

function podUidOf(part: string): string | undefined {
  return podName.exec(part)?.[1]?.replaceAll('_', '-');
}
