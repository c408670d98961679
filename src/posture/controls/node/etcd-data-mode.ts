import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const etcdDataMode = defineControl({
  id: 'C-0102',
  name: 'Ensure that the etcd data directory permissions are set to 700 or more restrictive',
  baseScore: 7,
  category: 'Control plane',
  why: 'The data directory of etcd holds all of the cluster’s state. Whoever can read it, has every secret that is not encrypted at rest.',
  fix: 'Run `chmod 700` on the data directory of etcd (`--data-dir`) on each node that runs it.',

  checks: [
    fileModeCheck(
      'ensure-that-the-etcd-data-directory-permissions-are-set-to-700-or-more-restrictive',
      { kind: 'ControlPlaneInfo', field: 'etcdDataDir' },
      0o700,
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
            permissions: 448 # 0700
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
            etcdDataDir:
              path: /var/lib/etcd
              permissions: 511 # 0777
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
