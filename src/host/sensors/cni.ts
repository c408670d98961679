import type { HostFileFact } from '../../model/host.ts';
import { Gaps, type Host, type Sensor } from '../host.ts';
import { networkTypes } from '../parse/network-config.ts';
import { fileFactsBelow } from '../root/file-fact.ts';
import { isAbsent } from '../root/reading.ts';

const folders = [
  '/etc/cni/net.d',
  '/var/lib/rancher/k3s/agent/etc/cni/net.d',
  '/home/kubernetes/cni',
  '/etc/kubernetes/cni/net.d',
];
const suffixes = ['.conf', '.conflist', '.json'];
const mostFiles = 64;
const mostBytes = 64 * 1024;

interface Plugin {
  /** As Kubescape names it. */
  readonly name: string;
  /** `type` in configuration files. */
  readonly types: readonly string[];
  /** Its agents. */
  readonly programs: readonly string[];
}

const plugins: readonly Plugin[] = [
  { name: 'aws', types: ['aws-cni'], programs: ['aws-k8s-agent'] },
  { name: 'Calico', types: ['calico'], programs: ['calico-node', 'calico-felix'] },
  { name: 'Cilium', types: ['cilium-cni'], programs: ['cilium-agent'] },
  { name: 'Flannel', types: ['flannel'], programs: ['flanneld'] },
  { name: 'WeaveNet', types: ['weave-net'], programs: ['weaver'] },
  { name: 'Kindnet', types: [], programs: ['kindnetd'] },
  { name: 'Antrea', types: ['antrea'], programs: ['antrea-agent'] },
  { name: 'KubeRouter', types: ['kube-router'], programs: ['kube-router'] },
  { name: 'OVN', types: ['ovn-k8s-cni-overlay', 'kube-ovn'], programs: ['ovnkube', 'kube-ovn-daemon'] },
  { name: 'Azure', types: ['azure-vnet'], programs: ['azure-cns'] },
  { name: 'Romana', types: ['romana'], programs: ['romana_agent'] },
];

/** The network plugins of the node: their configuration files, and which they are. */
export const cni: Sensor = {
  kind: 'CNIInfo',
  async sense(host) {
    const gaps = new Gaps();
    const files = await filesOf(host, gaps);
    const types = await typesOf(host, files ?? [], gaps);
    const names = plugins
      .filter(
        ({ types: own, programs }) => own.some((type) => types.has(type)) || host.processes.has(programs),
      )
      .map(({ name }) => name);
    // A plugin that is found by its files alone is there; that there is no other takes seeing what runs.
    if (host.processes.unseen !== undefined && names.length === 0)
      gaps.add('CNINames', host.processes.unseen);
    const isKnown = !gaps.list.some(({ field }) => field === 'CNINames');
    return { data: { CNIConfigFiles: files, ...(isKnown ? { CNINames: names } : {}) }, gaps: gaps.list };
  },
};

async function filesOf(host: Host, gaps: Gaps): Promise<readonly HostFileFact[] | undefined> {
  const all: HostFileFact[] = [];
  for (const folder of folders) {
    const read = await fileFactsBelow(host, folder, { suffixes, most: mostFiles });
    if (isAbsent(read)) continue;
    const found = gaps.take('CNIConfigFiles', read);
    if (found === undefined) {
      gaps.add('CNINames', gaps.list.at(-1)?.reason ?? '');
      return undefined;
    }
    all.push(...found);
  }
  return all;
}

async function typesOf(host: Host, files: readonly HostFileFact[], gaps: Gaps): Promise<ReadonlySet<string>> {
  const types = new Set<string>();
  for (const { path } of files) {
    const text = gaps.take('CNINames', await host.files.text(path, mostBytes));
    for (const type of networkTypes(text ?? '')) types.add(type);
  }
  return types;
}
