import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const etcdDataOwner = defineControl({
  id: 'C-0103',
  name: 'Ensure that the etcd data directory ownership is set to etcd:etcd',
  baseScore: 7,
  category: 'Control plane',
  why: 'The owner of etcd’s data directory can read and change all of the cluster’s state, past every rule of the API server.',
  fix: 'Give the data directory to the user that etcd runs as: `root:root` where it runs as a static pod, `etcd:etcd` where it is a service of its own.',

  checks: [
    fileOwnerCheck(
      'ensure-that-the-etcd-data-directory-ownership-is-set-to-etcd-etcd',
      [{ kind: 'ControlPlaneInfo', field: 'etcdDataDir' }],
      ['etcd:etcd'],
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: ControlPlaneInfo
        metadata: { name: node-a }
        data:
          etcdDataDir:
            path: /var/lib/etcd
            permissions: 384 # 0600
            ownership: { username: root, groupname: root }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: ControlPlaneInfo
        metadata: { name: node-a }
        data:
          etcdDataDir:
            path: /var/lib/etcd
            permissions: 448 # 0700
            ownership: { username: etcd, groupname: etcd }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: ControlPlaneInfo
          metadata: { name: node-a }
          data:
            etcdDataDir:
              path: /var/lib/etcd
              permissions: 384 # 0600
              ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
