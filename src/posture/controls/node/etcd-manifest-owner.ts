import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const etcdManifestOwner = defineControl({
  id: 'C-0099',
  name: 'Ensure that the etcd pod specification file ownership is set to root:root',
  baseScore: 6,
  category: 'Control plane',
  why: 'The owner of the manifest of etcd can change how etcd is started, and with that owns the cluster.',
  fix: 'Run `chown root:root /etc/kubernetes/manifests/etcd.yaml` on each node of the control plane.',

  checks: [
    fileOwnerCheck('ensure-that-the-etcd-pod-specification-file-ownership-is-set-to-root-root', [
      { kind: 'ControlPlaneInfo', field: 'etcdConfigFile' },
    ]),
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
              permissions: 384 # 0600
              ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
