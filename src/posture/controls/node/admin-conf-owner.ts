import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const adminConfOwner = defineControl({
  id: 'C-0105',
  name: 'Ensure that the admin.conf file ownership is set to root:root',
  baseScore: 7,
  category: 'Control plane',
  why: 'The owner of this file, which holds a certificate of the cluster’s administrator, may do everything in the cluster.',
  fix: 'Run `chown root:root /etc/kubernetes/admin.conf`, or better move the file off the node.',

  checks: [
    fileOwnerCheck('ensure-that-the-admin.conf-file-ownership-is-set-to-root-root', [
      { kind: 'ControlPlaneInfo', field: 'adminConfigFile' },
    ]),
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
              permissions: 384 # 0600
              ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
