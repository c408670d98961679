import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** For tests: a host in a folder. */
export class RecordedHost {
  readonly root: string;

  /** With accounts of the user who runs the test, whose files count as root's. */
  constructor(root: string) {
    this.root = root;
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    this.file('/etc/passwd', `root:x:${uid}:${gid}:root:/root:/bin/bash\n`);
    this.file('/etc/group', `root:x:${gid}:\n`);
    this.file('/etc/os-release', 'NAME="Example Linux"\nVERSION_ID="3"\n');
    this.file('/proc/version', 'Linux version 6.1.0-13-amd64 (builder) #1 SMP\n');
    this.file('/proc/1/cmdline', '/sbin/init\0');
    this.file(
      '/proc/1/net/tcp',
      `${netHead}\n   0: 0100007F:2710 00000000:0000 0A 0 0\n   1: 00000000:1A0A 00000000:0000 0A 0 0\n`,
    );
    this.file(
      '/proc/1/net/udp',
      `${netHead}\n   0: 00000000:0035 00000000:0000 07 0 0\n   1: 00000000:C000 00000000:0000 07 0 0\n`,
    );
    this.file('/proc/sys/net/ipv4/ip_local_port_range', '32768\t60999\n');
    this.file('/proc/sys/kernel/unprivileged_userns_clone', '1\n');
    this.file('/proc/sys/kernel/kptr_restrict', '1\n');
    this.file('/sys/class/dmi/id/sys_vendor', 'Example Boards\n');
  }

  file(path: string, text = '', mode = 0o600): this {
    const place = join(this.root, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
    chmodSync(place, mode);
    return this;
  }

  folder(path: string, mode: number): this {
    mkdirSync(join(this.root, path), { recursive: true });
    return this.mode(path, mode);
  }

  mode(path: string, mode: number): this {
    chmodSync(join(this.root, path), mode);
    return this;
  }

  process(pid: number, args: readonly string[], cgroup = '0::/system.slice/x.service'): this {
    this.file(`/proc/${pid}/cgroup`, `${cgroup}\n`, 0o644);
    return this.file(`/proc/${pid}/cmdline`, args.map((arg) => `${arg}\0`).join(''), 0o444);
  }
}

const netHead = '  sl  local_address rem_address   st tx_queue rx_queue';

/** A worker that kubeadm made, and that nothing is wrong with. */
export function kubeadmWorker(root: string): RecordedHost {
  return new RecordedHost(root)
    .process(700, [
      '/usr/bin/kubelet',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/var/lib/kubelet/config.yaml',
    ])
    .process(900, ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'], '0::/kubepods/x')
    .process(950, ['flanneld', '--ip-masq'], '0::/kubepods/y')
    .file('/etc/kubernetes/kubelet.conf', 'a kubeconfig with a token')
    .file('/etc/kubernetes/pki/ca.crt', 'a certificate')
    .file('/etc/systemd/system/kubelet.service', '[Service]\n')
    .file(
      '/etc/cni/net.d/10-flannel.conflist',
      '{ "name": "cbr0", "plugins": [{ "type": "flannel" }, { "type": "portmap" }] }',
    )
    .file(
      '/var/lib/kubelet/config.yaml',
      [
        'apiVersion: kubelet.config.k8s.io/v1beta1',
        'kind: KubeletConfiguration',
        'authentication: { anonymous: { enabled: false }, x509: { clientCAFile: /etc/kubernetes/pki/ca.crt } }',
        'authorization: { mode: Webhook }',
        'staticPodURLHeader: { Authorization: [Bearer hunter2] }',
        '',
      ].join('\n'),
    );
}

/** The same as a control plane. */
export function kubeadmControlPlane(root: string): RecordedHost {
  const host = kubeadmWorker(root)
    .process(800, [
      'kube-apiserver',
      '--encryption-provider-config=/etc/enc/enc.yaml',
      '--audit-policy-file=/etc/kubernetes/audit.yaml',
    ])
    .process(810, ['kube-controller-manager', '--leader-elect=true'])
    .process(820, ['kube-scheduler', '--leader-elect=true'])
    .process(830, ['etcd', '--data-dir=/var/lib/etcd'])
    .file(
      '/etc/kubernetes/manifests/kube-apiserver.yaml',
      [
        'apiVersion: v1',
        'kind: Pod',
        'metadata: { name: kube-apiserver, namespace: kube-system }',
        'spec:',
        '  containers:',
        '    - { name: kube-apiserver, volumeMounts: [{ name: enc, mountPath: /etc/enc }, { name: k8s, mountPath: /etc/kubernetes }] }',
        '  volumes:',
        '    - { name: enc, hostPath: { path: /srv/encryption } }',
        '    - { name: k8s, hostPath: { path: /etc/kubernetes } }',
        '',
      ].join('\n'),
    )
    .file(
      '/srv/encryption/enc.yaml',
      'resources: [{ resources: [secrets], providers: [{ secretbox: { keys: [{ name: a, secret: aHVudGVyMg== }] } }] }]\n',
    )
    .file('/etc/kubernetes/audit.yaml', 'rules: [{ level: Metadata }]\n')
    .file('/etc/kubernetes/admin.conf', 'a kubeconfig')
    .file('/etc/kubernetes/controller-manager.conf', 'a kubeconfig')
    .file('/etc/kubernetes/scheduler.conf', 'a kubeconfig')
    .file('/etc/kubernetes/pki/ca.key', 'PRIVATE')
    .file('/etc/kubernetes/pki/etcd/server.key', 'PRIVATE')
    .folder('/var/lib/etcd', 0o700);
  for (const name of ['kube-controller-manager', 'kube-scheduler', 'etcd'])
    host.file(`/etc/kubernetes/manifests/${name}.yaml`, 'apiVersion: v1\nkind: Pod\n');
  return host;
}

/** A server of k3s: one program, and files elsewhere. */
export function k3sServer(root: string): RecordedHost {
  return new RecordedHost(root)
    .process(600, ['/usr/local/bin/k3s', 'server'])
    .file('/etc/systemd/system/k3s.service', '[Service]\n')
    .file('/etc/rancher/k3s/k3s.yaml', 'a kubeconfig')
    .file('/var/lib/rancher/k3s/agent/kubelet.kubeconfig', 'a kubeconfig')
    .file('/var/lib/rancher/k3s/agent/client-ca.crt', 'a certificate')
    .file('/var/lib/rancher/k3s/server/tls/client-ca.key', 'PRIVATE')
    .file(
      '/var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist',
      '{ "plugins": [{ "type": "flannel" }] }',
    )
    .folder('/var/lib/rancher/k3s/server/db/etcd', 0o700);
}

/** A node of a managed cluster in a cloud: no control plane, and a plugin of the cloud's own. */
export function managedNode(root: string): RecordedHost {
  return new RecordedHost(root)
    .process(500, [
      '/usr/bin/kubelet',
      '--config',
      '/etc/kubernetes/kubelet/config.json',
      '--kubeconfig',
      '/var/lib/kubelet/kubeconfig',
    ])
    .process(700, ['/app/aws-k8s-agent'], '0::/kubepods/z')
    .file(
      '/etc/kubernetes/kubelet/config.json',
      '{ "kind": "KubeletConfiguration", "authentication": { "anonymous": { "enabled": true } } }',
      0o644,
    )
    .file('/var/lib/kubelet/kubeconfig', 'a kubeconfig', 0o644)
    .file('/etc/cni/net.d/10-aws.conflist', '{ "plugins": [{ "type": "aws-cni" }] }', 0o644)
    .file('/sys/class/dmi/id/sys_vendor', 'Amazon EC2\n');
}
