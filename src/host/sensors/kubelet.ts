import type { HostFileFact } from '../../model/host.ts';
import { Gaps, type Host, type Sensor } from '../host.ts';
import { argumentOf, shownCommandLine } from '../parse/arguments.ts';
import { fieldOf, parseSettings, sealedSettings } from '../parse/settings-file.ts';
import { fileFact, firstFileFact } from '../root/file-fact.ts';

/** Where it is when no flag says so: of kubeadm, of EKS, of GKE and of AKS. */
const configFiles = [
  '/var/lib/kubelet/config.yaml',
  '/etc/kubernetes/kubelet/kubelet-config.json',
  '/etc/kubernetes/kubelet/config.json',
  '/home/kubernetes/kubelet-config.yaml',
  '/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf',
];
const kubeConfigs = [
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kubelet/kubeconfig',
  '/var/lib/rancher/k3s/agent/kubelet.kubeconfig',
  '/var/lib/rancher/rke2/agent/kubelet.kubeconfig',
];
const authorities = [
  '/etc/kubernetes/pki/ca.crt',
  '/etc/kubernetes/certs/ca.crt',
  '/etc/srv/kubernetes/pki/ca-certificates.crt',
  '/var/lib/rancher/k3s/agent/client-ca.crt',
  '/var/lib/rancher/rke2/agent/client-ca.crt',
];
const unitFolders = [
  '/etc/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
/** What starts the kubelet, each with the places that it may be at; the first counts, as for systemd. */
const serviceFiles = [
  'kubelet.service',
  'kubelet.service.d/10-kubeadm.conf',
  'k3s.service',
  'k3s-agent.service',
  'rke2-server.service',
  'rke2-agent.service',
].map((name) => unitFolders.map((folder) => `${folder}/${name}`));

const mostConfigBytes = 256 * 1024;
/** Headers of the request for static pods may hold a token. Source: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
const secretFields: ReadonlySet<string> = new Set(['staticPodURLHeader']);

/** The kubelet: its command line, and its files. */
export const kubelet: Sensor = {
  kind: 'KubeletInfo',
  async sense(host) {
    const gaps = new Gaps();
    const process = host.processes.find(['kubelet']);
    const args = process?.args ?? [];
    if (process === undefined) gaps.add('cmdLine', host.processes.unseen ?? insideOfAnother);
    const config = await configOf(host, args, gaps);
    const settings = config?.settings;
    const authority =
      argumentOf(args, 'client-ca-file') ?? fieldOf(settings, 'authentication', 'x509', 'clientCAFile');
    const data = {
      serviceFiles: await servicesOf(host, gaps),
      configFile: config?.file,
      kubeConfigFile: await named(host, gaps, {
        field: 'kubeConfigFile',
        path: argumentOf(args, 'kubeconfig'),
        usual: kubeConfigs,
      }),
      clientCAFile: await named(host, gaps, { field: 'clientCAFile', path: authority, usual: authorities }),
      ...(process === undefined ? {} : { cmdLine: shownCommandLine(args) }),
    };
    return { data, gaps: gaps.list };
  },
};

const insideOfAnother =
  'the kubelet runs inside of another program here (k3s, RKE2, k0s, MicroK8s), whose flags are not the kubelet’s';

interface Named {
  readonly field: string;
  /** What a flag or setting says; anything but a text is nothing. */
  readonly path: unknown;
  readonly usual: readonly string[];
}

/** A file that is named somewhere has to be there; others are where they usually are, or nowhere. */
async function named(
  host: Host,
  gaps: Gaps,
  { field, path, usual }: Named,
): Promise<HostFileFact | undefined> {
  if (typeof path === 'string' && path.startsWith('/')) return gaps.need(field, await fileFact(host, path));
  const found = await firstFileFact(host, usual);
  return found === undefined ? undefined : gaps.take(field, found);
}

interface KubeletConfig {
  readonly file: HostFileFact;
  readonly settings: Readonly<Record<string, unknown>> | undefined;
}

async function configOf(host: Host, args: readonly string[], gaps: Gaps): Promise<KubeletConfig | undefined> {
  const field = 'configFile';
  const file = await named(host, gaps, { field, path: argumentOf(args, 'config'), usual: configFiles });
  if (file === undefined) return undefined;
  const text = gaps.need(`${field}.content`, await host.files.text(file.path, mostConfigBytes));
  if (text === undefined) return { file, settings: undefined };
  const settings = parseSettings(text);
  if (settings === undefined) {
    gaps.add(`${field}.content`, `${file.path}: is no YAML mapping, so that its settings cannot be read`);
    return { file, settings };
  }
  const more = argumentOf(args, 'config-dir');
  if (more !== undefined) {
    gaps.add(
      `${field}.content`,
      `${file.path}: files in ${more} (--config-dir) may say otherwise, and are not read`,
    );
    return { file, settings };
  }
  return { file: { ...file, content: sealedSettings(settings, secretFields) }, settings };
}

async function servicesOf(host: Host, gaps: Gaps): Promise<readonly HostFileFact[]> {
  const found: HostFileFact[] = [];
  for (const paths of serviceFiles) {
    const read = await firstFileFact(host, paths);
    const fact = read === undefined ? undefined : gaps.take('serviceFiles', read);
    if (fact !== undefined) found.push(fact);
  }
  return found;
}
