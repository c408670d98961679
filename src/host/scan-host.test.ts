import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../kit/clock.ts';
import type { HostFact, HostKind } from '../model/host.ts';
import {
  k3sServer,
  kubeadmControlPlane,
  kubeadmWorker,
  managedNode,
  type RecordedHost,
} from './host-testing.ts';
import { scanHost } from './scan-host.ts';

function recorded(make: (root: string) => RecordedHost): RecordedHost {
  const root = mkdtempSync(join(tmpdir(), 'skopos-host-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return make(root);
}

async function scanned({ root }: RecordedHost): Promise<(kind: HostKind) => HostFact | undefined> {
  const facts = await scanHost({ root, clock: systemClock });
  return (kind) => facts.find((fact) => fact.kind === kind);
}

const rootOwned = expect.objectContaining({ username: 'root', groupname: 'root' });
const file = (path: string, permissions = 0o600) =>
  expect.objectContaining({ path, permissions, ownership: rootOwned });

function decoded(fact: HostFact | undefined, ...fields: readonly string[]): unknown {
  const content = fields.reduce<unknown>((at, field) => (at as Record<string, unknown>)[field], fact?.data);
  return JSON.parse(Buffer.from(String(content), 'base64').toString('utf8'));
}

describe('a worker of kubeadm', () => {
  it('tells of its kubelet, without what is secret', async () => {
    const fact = (await scanned(recorded(kubeadmWorker)))('KubeletInfo');
    expect(fact?.gaps).toEqual([]);
    expect(fact?.data).toMatchObject({
      cmdLine:
        '/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml',
      configFile: file('/var/lib/kubelet/config.yaml'),
      kubeConfigFile: file('/etc/kubernetes/kubelet.conf'),
      clientCAFile: file('/etc/kubernetes/pki/ca.crt'),
      serviceFiles: [file('/etc/systemd/system/kubelet.service')],
    });
    expect(decoded(fact, 'configFile', 'content')).toMatchObject({
      authorization: { mode: 'Webhook' },
      authentication: { anonymous: { enabled: false } },
    });
    expect(JSON.stringify(decoded(fact, 'configFile', 'content'))).not.toContain('hunter2');
  });

  it('has no control plane, and says which network it has, what is open, and what it runs on', async () => {
    const of = await scanned(recorded(kubeadmWorker));
    expect(of('ControlPlaneInfo')).toBeUndefined();
    expect(of('KubeProxyInfo')?.data).toEqual({
      cmdLine: '/usr/local/bin/kube-proxy --config=/var/lib/kube-proxy/config.conf',
    });
    expect(of('CNIInfo')).toMatchObject({
      data: { CNINames: ['Flannel'], CNIConfigFiles: [file('/etc/cni/net.d/10-flannel.conflist')] },
      gaps: [],
    });
    expect(of('OpenPortsList')?.data).toEqual({
      tcpPorts: [
        { port: 6666, address: '0.0.0.0' },
        { port: 10000, address: '127.0.0.1' },
      ],
      udpPorts: [{ port: 53, address: '0.0.0.0' }],
      icmpPorts: [],
    });
    expect(of('LinuxKernelVariables')?.data).toContainEqual({
      key: 'unprivileged_userns_clone',
      source: '/proc/sys/kernel/unprivileged_userns_clone',
      value: '1\n',
    });
    expect(of('KernelVersion')?.data).toContain('6.1.0-13-amd64');
    expect(of('OsReleaseFile')?.data).toContain('Example Linux');
    expect(of('cloudProviderInfo')).toEqual({ kind: 'cloudProviderInfo', data: {}, gaps: [] });
  });

  it('has the kubelet that is no pod, whatever pods call their programs', async () => {
    const host = recorded(kubeadmWorker).process(
      20,
      ['kubelet', '--anonymous-auth=false'],
      '0::/kubepods.slice/evil',
    );
    expect((await scanned(host))('KubeletInfo')?.data).toMatchObject({
      cmdLine: expect.stringContaining('/usr/bin/kubelet'),
    });
  });
});

describe('a control plane of kubeadm', () => {
  it('tells of its files, and never what is in keys', async () => {
    const fact = (await scanned(recorded(kubeadmControlPlane)))('ControlPlaneInfo');
    expect(fact?.gaps).toEqual([]);
    expect(fact?.data).toMatchObject({
      APIServerInfo: {
        specsFile: file('/etc/kubernetes/manifests/kube-apiserver.yaml'),
        encryptionProviderConfigFile: file('/srv/encryption/enc.yaml'),
        auditPolicyFile: file('/etc/kubernetes/audit.yaml'),
        cmdLine: expect.stringContaining('--encryption-provider-config'),
      },
      controllerManagerInfo: { configFile: file('/etc/kubernetes/controller-manager.conf') },
      schedulerInfo: { specsFile: file('/etc/kubernetes/manifests/kube-scheduler.yaml') },
      etcdConfigFile: file('/etc/kubernetes/manifests/etcd.yaml'),
      etcdDataDir: file('/var/lib/etcd', 0o700),
      adminConfigFile: file('/etc/kubernetes/admin.conf'),
      PKIFiles: [
        file('/etc/kubernetes/pki/ca.crt'),
        file('/etc/kubernetes/pki/ca.key'),
        file('/etc/kubernetes/pki/etcd/server.key'),
      ],
    });
    const text = JSON.stringify(fact);
    expect(text).not.toContain(Buffer.from('PRIVATE').toString('base64'));
    const encryption = decoded(fact, 'APIServerInfo', 'encryptionProviderConfigFile', 'content');
    expect(encryption).toEqual({
      resources: [
        {
          resources: ['secrets'],
          providers: [{ secretbox: { keys: [{ name: 'a', secret: '<withheld>' }] } }],
        },
      ],
    });
  });

  it('that hides its processes leaves gaps for what they would tell', async () => {
    const host = recorded(kubeadmControlPlane);
    rmSync(join(host.root, 'proc'), { recursive: true });
    host.file('/proc/1/cmdline', '/sbin/init\0');
    const of = await scanned(host);
    const reason = expect.stringContaining('hostPID');
    expect(of('KubeletInfo')?.gaps).toEqual([{ field: 'cmdLine', reason }]);
    expect(of('KubeProxyInfo')?.gaps).toEqual([{ field: '', reason }]);
    expect(of('ControlPlaneInfo')?.gaps.map(({ field }) => field)).toContain(
      'APIServerInfo.encryptionProviderConfigFile',
    );
    expect(of('OpenPortsList')?.gaps).toContainEqual({
      field: 'tcpPorts',
      reason: expect.stringContaining('/1/net/tcp'),
    });
  });
});

it('finds the files of k3s, and says that its flags are not the kubelet’s', async () => {
  const of = await scanned(recorded(k3sServer));
  expect(of('KubeletInfo')).toMatchObject({
    data: {
      kubeConfigFile: file('/var/lib/rancher/k3s/agent/kubelet.kubeconfig'),
      clientCAFile: file('/var/lib/rancher/k3s/agent/client-ca.crt'),
      serviceFiles: [file('/etc/systemd/system/k3s.service')],
    },
    gaps: [{ field: 'cmdLine', reason: expect.stringContaining('k3s') }],
  });
  expect(of('ControlPlaneInfo')?.data).toMatchObject({
    adminConfigFile: file('/etc/rancher/k3s/k3s.yaml'),
    etcdDataDir: file('/var/lib/rancher/k3s/server/db/etcd', 0o700),
    PKIFiles: [file('/var/lib/rancher/k3s/server/tls/client-ca.key')],
  });
  expect(of('CNIInfo')?.data).toMatchObject({ CNINames: ['Flannel'] });
});

it('finds the cloud of a managed node, and tries nothing on one that was recorded', async () => {
  const of = await scanned(recorded(managedNode));
  expect(of('ControlPlaneInfo')).toBeUndefined();
  expect(of('CNIInfo')?.data).toMatchObject({ CNINames: ['aws'] });
  expect(of('KubeletInfo')?.data).toMatchObject({
    configFile: file('/etc/kubernetes/kubelet/config.json', 0o644),
  });
  expect(of('cloudProviderInfo')).toEqual({
    kind: 'cloudProviderInfo',
    data: { provider: 'aws' },
    gaps: [{ field: 'providerMetaDataAPIAccess', reason: expect.stringContaining('169.254.169.254') }],
  });
});

describe('a hostile host', () => {
  it('costs no more than the gaps for what it did', async () => {
    const host = recorded(kubeadmControlPlane);
    const { root } = host;
    const at = (path: string) => join(root, path);
    for (const path of [
      '/var/lib/kubelet/config.yaml',
      '/etc/kubernetes/audit.yaml',
      '/etc/kubernetes/admin.conf',
    ])
      rmSync(at(path));
    execFileSync('mkfifo', [at('/var/lib/kubelet/config.yaml')]);
    host.file('/etc/kubernetes/audit.yaml');
    truncateSync(at('/etc/kubernetes/audit.yaml'), 1024 ** 3);
    symlinkSync('../../../../../../../../etc/shadow', at('/etc/kubernetes/admin.conf'));
    symlinkSync('.', at('/etc/kubernetes/pki/loop'));
    host.file('/etc/cni/net.d/20-evil.conf', '{"type":'.repeat(1000));
    host.file('/srv/encryption/enc.yaml', 'a: &a [1]\nb: *b\n');
    const of = await scanned(host);
    expect(of('KubeletInfo')?.gaps).toEqual([
      { field: 'configFile.content', reason: '/var/lib/kubelet/config.yaml: is no regular file' },
    ]);
    const control = of('ControlPlaneInfo');
    expect(control?.gaps).toContainEqual({
      field: 'APIServerInfo.auditPolicyFile.content',
      reason: '/etc/kubernetes/audit.yaml: has more than 262144 bytes',
    });
    expect(control?.gaps).toContainEqual({
      field: 'APIServerInfo.encryptionProviderConfigFile.content',
      reason: '/srv/encryption/enc.yaml: is no YAML mapping',
    });
    expect(control?.data).not.toHaveProperty('adminConfigFile.path');
    expect(of('CNIInfo')?.data).toMatchObject({ CNINames: ['Flannel'] });
    expect(JSON.stringify([...(control?.gaps ?? [])])).not.toContain('shadow');
  });

  it('is no host at all without its files', async () => {
    await expect(scanHost({ root: '/nowhere/at/all', clock: systemClock })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('--host-root'),
    });
  });
});
