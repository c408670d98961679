import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const etcdManifestMode = defineControl({
  id: 'C-0098',
  name: 'Ensure that the etcd pod specification file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'Whoever can write the manifest of etcd decides how etcd is started, and with that owns the cluster; its flags tell readers where keys lie.',
  fix: 'Run `chmod 600 /etc/kubernetes/manifests/etcd.yaml` on each node of the control plane.',

  checks: [
    fileModeCheck(
      'ensure-that-the-etcd-pod-specification-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'ControlPlaneInfo', field: 'etcdConfigFile' },
      0o600,
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: ControlPlaneInfo
        metadata: { name: node-a }
        data:
          etcdConfigFile:
            path: /etc/kubernetes/manifests/etcd.yaml
            permissions: 384 # 0600
            ownership: { username: root, groupname: root }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: ControlPlaneInfo
          metadata: { name: node-a }
          data:
            etcdConfigFile:
              path: /etc/kubernetes/manifests/etcd.yaml
              permissions: 420 # 0644
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
