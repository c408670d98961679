import type { NodeTarget } from '../../host/channel/fetch-facts.ts';
import type { NodesWanted } from '../../host/channel/node-poller.ts';
import type { HostSettings } from '../../host/settings.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { KubeObject } from '../../model/object.ts';

type View = Pick<Inventory, 'list' | 'each'>;

/**
 * Nodes whose facts are wanted: those of the settings, those that a pod of `skopos node` runs on, and all others of the cluster, which cannot
 * be asked. A pod is asked at the address that the API server gives, for the node that it says the pod is on: the answer counts for no other.
 */
export function wantedNodes({ nodes, pods }: HostSettings, view: View): NodesWanted {
  const targets = new Map<string, NodeTarget>(nodes.map(({ name, url }) => [name, { node: name, url }]));
  if (pods === undefined) return { targets: [...targets.values()], unasked: new Map(), isGone: () => false };
  const waiting = new Map<string, string>();
  for (const pod of view.list('Pod', pods.namespace)) {
    const found = podOf(pod, pods.labels);
    if (found === undefined || targets.has(found.node)) continue;
    const { node, address, name } = found;
    if (address === undefined) waiting.set(node, `the pod ${pods.namespace}/${name} does not run yet`);
    else targets.set(node, { node, url: `${pods.scheme}://${urlHost(address)}:${pods.port}` });
  }
  const all = new Set<string>();
  const unasked = new Map<string, string>();
  for (const node of view.each('Node')) {
    const { name } = node.metadata;
    all.add(name);
    if (targets.has(name) || !canRunPods(node)) continue;
    const labels = Object.entries(pods.labels).map(([key, value]) => `${key}=${value}`);
    unasked.set(
      name,
      waiting.get(name) ??
        `no pod of the node process (${labels.join(',')} in ${pods.namespace}) runs on it; look at the DaemonSet’s tolerations and node selector`,
    );
  }
  return { targets: [...targets.values()], unasked, isGone: (node) => all.size > 0 && !all.has(node) };
}

interface FoundPod {
  readonly node: string;
  readonly name: string;
  /** Undefined until it runs. */
  readonly address: string | undefined;
}

function podOf(
  { metadata, spec, status }: KubeObject,
  labels: Readonly<Record<string, string>>,
): FoundPod | undefined {
  if (!Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value)) return undefined;
  const { nodeName } = (spec ?? {}) as { nodeName?: unknown };
  if (typeof nodeName !== 'string' || nodeName === '') return undefined;
  const { podIP, phase } = (status ?? {}) as { podIP?: unknown; phase?: unknown };
  const isRunning = typeof podIP === 'string' && podIP !== '' && phase !== 'Failed' && phase !== 'Succeeded';
  return { node: nodeName, name: metadata.name, address: isRunning ? podIP : undefined };
}

/** DaemonSets run on no Windows nodes of ours, and not on nodes that are only an interface to a cloud. */
function canRunPods({ metadata }: KubeObject): boolean {
  const labels = metadata.labels ?? {};
  return (
    labels['kubernetes.io/os'] !== 'windows' &&
    labels['eks.amazonaws.com/compute-type'] !== 'fargate' &&
    labels['type'] !== 'virtual-kubelet'
  );
}

function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
