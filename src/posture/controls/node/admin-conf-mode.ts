import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const adminConfMode = defineControl({
  id: 'C-0104',
  name: 'Ensure that the admin.conf file permissions are set to 600',
  baseScore: 7,
  category: 'Control plane',
  why: 'This file holds a certificate of the cluster’s administrator: whoever reads it may do everything.',
  fix: 'Run `chmod 600 /etc/kubernetes/admin.conf`, or better move the file off the node.',

  checks: [
    fileModeCheck(
      'ensure-that-the-admin.conf-file-permissions-are-set-to-600',
      { kind: 'ControlPlaneInfo', field: 'adminConfigFile' },
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
          adminConfigFile:
            path: /etc/kubernetes/admin.conf
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
            adminConfigFile:
              path: /etc/kubernetes/admin.conf
              permissions: 420 # 0644
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
