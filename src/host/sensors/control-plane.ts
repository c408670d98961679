import type { HostFileFact } from '../../model/host.ts';
import { Gaps, type Host, type Sensor } from '../host.ts';
import { argumentOf, shownCommandLine } from '../parse/arguments.ts';
import { parseSettings, sealedSettings } from '../parse/settings-file.ts';
import { parseStaticPod, type StaticPod } from '../parse/static-pod.ts';
import { fileFact, fileFactsBelow, firstFileFact } from '../root/file-fact.ts';
import { isAbsent } from '../root/reading.ts';

interface Part {
  /** In what is reported. */
  readonly field: 'APIServerInfo' | 'controllerManagerInfo' | 'schedulerInfo';
  readonly program: string;
  /** Its kubeconfig, where it has one. */
  readonly config?: string;
}

const parts: readonly Part[] = [
  { field: 'APIServerInfo', program: 'kube-apiserver' },
  {
    field: 'controllerManagerInfo',
    program: 'kube-controller-manager',
    config: '/etc/kubernetes/controller-manager.conf',
  },
  { field: 'schedulerInfo', program: 'kube-scheduler', config: '/etc/kubernetes/scheduler.conf' },
];

const adminConfigs = [
  '/etc/kubernetes/admin.conf',
  '/etc/rancher/k3s/k3s.yaml',
  '/etc/rancher/rke2/rke2.yaml',
];
const pkiFolders = [
  '/etc/kubernetes/pki',
  '/var/lib/minikube/certs',
  '/var/lib/rancher/k3s/server/tls',
  '/var/lib/rancher/rke2/server/tls',
  '/var/lib/k0s/pki',
];
const etcdFolders = [
  '/var/lib/etcd',
  '/var/lib/minikube/etcd',
  '/var/lib/rancher/k3s/server/db/etcd',
  '/var/lib/rancher/rke2/server/db/etcd',
  '/var/lib/k0s/etcd',
];
const manifestFolders = ['/etc/kubernetes/manifests', '/var/lib/rancher/rke2/agent/pod-manifests'];

/** A cluster has some dozens; RKE2 and etcd members a few more. */
const mostPkiFiles = 500;
const mostManifestBytes = 256 * 1024;
const mostPolicyBytes = 256 * 1024;
/** Keys of providers. Source: https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/ */
const keyFields: ReadonlySet<string> = new Set(['secret']);

/** API server, controller manager, scheduler and etcd: their manifests, kubeconfigs, keys, data and command lines. Nothing on a worker. */
export const controlPlane: Sensor = {
  kind: 'ControlPlaneInfo',
  async sense(host) {
    const gaps = new Gaps();
    const infos: Record<string, unknown> = {};
    for (const part of parts) infos[part.field] = await partOf(host, part, gaps);
    const etcd = await etcdOf(host, gaps);
    const adminConfigFile = await first(host, gaps, 'adminConfigFile', adminConfigs);
    const found = [...Object.values(infos), etcd.etcdConfigFile, etcd.etcdDataDir, adminConfigFile];
    // A worker has a folder of certificates too, with the authority alone.
    if (found.every((one) => one === undefined) && gaps.list.length === 0) return undefined;
    const pki = await pkiOf(host, gaps);
    return { data: { ...infos, ...etcd, adminConfigFile, ...pki }, gaps: gaps.list };
  },
};

async function first(
  host: Host,
  gaps: Gaps,
  field: string,
  paths: readonly string[],
): Promise<HostFileFact | undefined> {
  const read = await firstFileFact(host, paths);
  return read === undefined ? undefined : gaps.take(field, read);
}

function manifestsOf(program: string): readonly string[] {
  return manifestFolders.flatMap((folder) =>
    ['yaml', 'yml', 'manifest'].map((end) => `${folder}/${program}.${end}`),
  );
}

async function partOf(host: Host, { field, program, config }: Part, gaps: Gaps): Promise<unknown> {
  const specsFile = await first(host, gaps, `${field}.specsFile`, manifestsOf(program));
  const process = host.processes.find([program]);
  const configFile =
    config === undefined ? undefined : await first(host, gaps, `${field}.configFile`, [config]);
  if (specsFile === undefined && process === undefined && configFile === undefined) return undefined;
  if (process === undefined) unseenPart(host, field, program, gaps);
  const files =
    field === 'APIServerInfo' ? await filesOfFlags(host, process?.args ?? [], specsFile, gaps) : {};
  return {
    specsFile,
    configFile,
    ...files,
    ...(process === undefined ? {} : { cmdLine: shownCommandLine(process.args) }),
  };
}

/** Without the command line it is not known either which files it names. */
function unseenPart({ processes }: Host, field: string, program: string, gaps: Gaps): void {
  const reason = processes.unseen ?? `no ${program} runs on the node, although it has files of it`;
  gaps.add(`${field}.cmdLine`, reason);
  if (field !== 'APIServerInfo') return;
  for (const { field: file } of filesByFlag) gaps.add(`${field}.${file}`, reason);
}

const filesByFlag = [
  { field: 'encryptionProviderConfigFile', flag: 'encryption-provider-config' },
  { field: 'auditPolicyFile', flag: 'audit-policy-file' },
];

/** Files that flags of the API server name, in its own view of the file system. */
async function filesOfFlags(
  host: Host,
  args: readonly string[],
  specsFile: HostFileFact | undefined,
  gaps: Gaps,
): Promise<object> {
  const named = filesByFlag.flatMap(({ field, flag }) => {
    const path = argumentOf(args, flag);
    return path === undefined || path === '' ? [] : [{ field, path }];
  });
  if (named.length === 0) return {};
  const pod = await staticPodOf(host, specsFile);
  const found: Record<string, unknown> = {};
  for (const { field, path } of named)
    found[field] = await settingsFile(host, { field: `APIServerInfo.${field}`, path, pod }, gaps);
  return found;
}

async function staticPodOf(host: Host, specsFile: HostFileFact | undefined): Promise<StaticPod | undefined> {
  if (specsFile === undefined) return undefined;
  const text = await host.files.text(specsFile.path, mostManifestBytes);
  return 'value' in text ? parseStaticPod(text.value) : undefined;
}

interface SettingsFile {
  readonly field: string;
  /** In the container. */
  readonly path: string;
  readonly pod: StaticPod | undefined;
}

async function settingsFile(host: Host, { field, path, pod }: SettingsFile, gaps: Gaps): Promise<unknown> {
  // Where the manifest cannot be read, most clusters have the same paths in the container and outside.
  const place = pod?.hostPathOf(path) ?? path;
  const fact = gaps.need(field, await fileFact(host, place));
  const text = fact && gaps.need(`${field}.content`, await host.files.text(place, mostPolicyBytes));
  if (fact === undefined || text === undefined) return fact;
  const settings = parseSettings(text);
  if (settings === undefined) {
    gaps.add(`${field}.content`, `${place}: is no YAML mapping`);
    return fact;
  }
  return { ...fact, content: sealedSettings(settings, keyFields) };
}

async function etcdOf(
  host: Host,
  gaps: Gaps,
): Promise<{
  readonly etcdConfigFile: HostFileFact | undefined;
  readonly etcdDataDir: HostFileFact | undefined;
}> {
  const etcdConfigFile = await first(host, gaps, 'etcdConfigFile', manifestsOf('etcd'));
  const folder = argumentOf(host.processes.find(['etcd'])?.args ?? [], 'data-dir');
  // An etcd of an application runs on workers too: its folder is in its own view, and is none of the host.
  const own = folder?.startsWith('/') === true && etcdConfigFile !== undefined ? [folder] : [];
  const etcdDataDir = await first(host, gaps, 'etcdDataDir', [...own, ...etcdFolders]);
  return { etcdConfigFile, etcdDataDir };
}

async function pkiOf(host: Host, gaps: Gaps): Promise<object> {
  for (const folder of pkiFolders) {
    const read = await fileFact(host, folder);
    if (isAbsent(read)) continue;
    const PKIDir = gaps.take('PKIDir', read);
    const options = { suffixes: ['.crt', '.key', '.pub'], most: mostPkiFiles };
    const PKIFiles = gaps.take('PKIFiles', await fileFactsBelow(host, folder, options));
    return { PKIDir, PKIFiles };
  }
  return {};
}
